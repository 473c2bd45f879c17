// The package as a CommonJS module.

import quiesce = require('quiesce');

const { Guard, Handle, MappedFile, HandleFreedError, freeAll, handles, stats } = quiesce;

const guard: quiesce.Guard = new Guard();
const token: quiesce.Token = guard.share({ ttl: 1000 });
const handle: quiesce.Handle = Handle.attach(token);
const outcome: Promise<quiesce.Outcome> = handle.free({ deadline: 1000 });
const size: Promise<number> = MappedFile.open('x').then((file: quiesce.MappedFile) => file.size);
const info: quiesce.HandleInfo[] = handles();
const counts: quiesce.Stats = stats();
const all: Promise<quiesce.FreeAllResult> = freeAll();

function isFreed(error: unknown): error is quiesce.HandleFreedError {
  return error instanceof HandleFreedError && error.code === 'ERR_HANDLE_FREED';
}

// @ts-expect-error: there is no default export
quiesce.default;
// @ts-expect-error: the module itself is not callable
quiesce();

export = { all, counts, info, isFreed, outcome, size };
