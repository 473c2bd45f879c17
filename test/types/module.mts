// The package as an ES module: it has names, and no default.

import * as all from 'quiesce';

all satisfies { Guard: unknown; Handle: unknown; MappedFile: unknown; freeAll: unknown };
// @ts-expect-error: there is no default export
all.default;
// @ts-expect-error: GuardOp is a type only
all.GuardOp;
// @ts-expect-error: no other file of the package is public
export type Private = typeof import('quiesce/lib/handle.js');
