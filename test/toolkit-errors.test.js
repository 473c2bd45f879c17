'use strict';

// Errors of Go in JavaScript: thrown by a sync member, rejected by an async one, and the same in both.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { GoPanicError, QuiesceError, ReleaseFailedError } = require('quiesce/addon');
const { shapes, toolkit } = require('./support/toolkit.js');

const { Failer, Faulty, Plain, countLives } = shapes;
const failer = new Failer('none');

after(() => toolkit.freeAll({ deadline: 0 }));

/** The error of a failure; every member that fails so gives the same one. */
async function failure(how) {
  const calls = [
    () => failer.fail(how),
    () => failer.failOr(how),
    () => failer.failLater(how),
    () => failer.failOrLater(how),
    () => failer.child(how),
    () => new Failer(how),
    () => Failer.open(how),
    () => shapes.tryFail(how),
    () => shapes.tryFailLater(how),
  ];
  const errors = [];
  for (const call of calls) await (async () => call())().catch((error) => errors.push(error));
  assert.equal(errors.length, calls.length, `${how} fails everywhere`);
  for (const each of errors) assert.deepEqual(described(each), described(errors[0]));
  return errors[0];
}

/** What is the same for all: not the stacks, nor the name of the member before the message of a panic. */
function described(error) {
  const { goStack, cause, errors, ...rest } = error;
  return {
    ...rest,
    name: error.name,
    message: error.message.replace(/^[\w. ]+\(\): /, ''),
    hasStack: goStack !== undefined,
    cause: cause && described(cause),
    errors: errors?.map(described),
  };
}

test('no error: the result, undefined where there is none', async () => {
  assert.equal(failer.fail('none'), undefined);
  assert.equal(failer.failOr('none'), 7);
  assert.equal(await failer.failLater('none'), undefined);
  assert.deepEqual(await failer.failOrLater('none'), { word: 'word', count: 1 });
});

test('a plain error has its message and nothing else', async () => {
  const error = await failure('plain');
  assert.ok(error instanceof Error && !(error instanceof QuiesceError));
  assert.deepEqual([error.name, error.message, Object.keys(error)], ['Error', 'plain', []]);
  assert.ok(!('cause' in error));
  assert.equal((await failure('empty')).message, '');
  assert.equal((await failure('unicode')).message, 'ünïcode "quoted"\n\0 \ufffd');
});

test('the code comes from a Code() method, or from the directive at a variable; also where it is wrapped', async () => {
  assert.equal((await failure('coded')).code, 'ERR_CODED');
  const sentinel = await failure('sentinel');
  assert.deepEqual([sentinel.code, sentinel.message], ['ERR_EMPTY', 'it is empty']);
  const full = await failure('full');
  assert.deepEqual(
    [full.code, full.message, full.cause.code],
    ['ERR_FULL', 'the box: it is full', 'ERR_FULL'],
  );
});

test('a chain of wrapped errors becomes a chain of causes', async () => {
  const chain = await failure('chain');
  assert.deepEqual(
    [chain.message, chain.cause.message, chain.cause.cause.message, chain.cause.cause.cause],
    ['outer: middle: plain', 'middle: plain', 'plain', undefined],
  );
  const wrapped = await failure('wrapped');
  assert.deepEqual([wrapped.code, wrapped.cause.cause.code], ['ERR_EMPTY', 'ERR_EMPTY']);
  const causes = await failure('causes');
  assert.deepEqual(
    [causes.code, causes.cause.code, causes.cause.cause.code],
    ['ERR_OUTER', 'ERR_INNER', undefined],
  );
});

test('joined errors are a list', async () => {
  const { message, code, errors, cause } = await failure('joined');
  assert.deepEqual([message, code, cause], ['plain\nagain: it is empty', 'ERR_EMPTY', undefined]);
  assert.deepEqual(
    errors.map((each) => [each.message, each.code]),
    [
      ['plain', undefined],
      ['again: it is empty', 'ERR_EMPTY'],
    ],
  );
  assert.equal(errors[1].cause.message, 'it is empty');
});

test("errors of files and of the system look like Node's own", async () => {
  const { errno } = require('node:os').constants;
  const { message, ...path } = await failure('path').then((error) => ({ ...error, message: error.message }));
  assert.deepEqual(path, { code: 'ENOENT', errno: -errno.ENOENT, syscall: 'open', path: 'some/file' });
  assert.equal(message, "ENOENT: no such file or directory, open 'some/file'");
  assert.deepEqual(
    { ...(await failure('link')) },
    {
      ...{ code: 'EXDEV', errno: -errno.EXDEV, syscall: 'rename', path: 'old', dest: 'new' },
    },
  );
  assert.deepEqual(
    { ...(await failure('syscall')) },
    { code: 'ENOMEM', errno: -errno.ENOMEM, syscall: 'mmap' },
  );
  assert.equal((await failure('read')).path, '/no/such/folder/file');
});

test('Name() makes a TypeError, a RangeError, or an Error of that name', async () => {
  assert.ok((await failure('TypeError')) instanceof TypeError);
  assert.ok((await failure('RangeError')) instanceof RangeError);
  const named = await failure('QuotaError');
  assert.equal(String(named), 'QuotaError: an error that is named');
});

for (const [how, message] of [
  ['panic', /mine/],
  ['panic error', /mine: it is empty/],
  ['nil', /nil pointer/],
  ['index', /index out of range \[5\] with length 0/],
  ['divide', /divide by zero/],
]) {
  test(`a panic (${how}) is an error with Go's stack, and the object goes on`, async () => {
    const error = await failure(how);
    assert.ok(error instanceof GoPanicError && error instanceof QuiesceError);
    assert.deepEqual([error.name, error.code], ['GoPanicError', 'ERR_GO_PANIC']);
    assert.match(error.message, message);
    assert.match(error.goStack, /shapes\.fail/);
    assert.equal(failer.failOr('none'), 7);
  });
}

test('a panic in a method without an error as result; the end of a goroutine; an error that panics', async () => {
  assert.throws(() => failer.panic('text'), { code: 'ERR_GO_PANIC', message: /^Failer\.panic\(\): .*text/ });
  await assert.rejects(failer.quit(), { code: 'ERR_GO_PANIC', name: 'GoPanicError' });
  assert.match((await failure('bad')).message, /no text.*badError/);
  assert.equal(toolkit.handles().find((each) => each.token === failer.token).inFlight, 0);
});

test('a failed constructor leaves nothing behind', async () => {
  const [{ opened }, { live }] = [countLives(), toolkit.stats()];
  for (const how of ['plain', 'panic']) {
    assert.throws(() => new Failer(how));
    await assert.rejects(Failer.open(how));
    assert.throws(() => failer.child(how));
  }
  assert.deepEqual([countLives().opened, toolkit.stats().live], [opened, live]);
});

test('a Close that fails or panics rejects the free; the object is gone all the same', async () => {
  for (const [how, cause] of [
    ['plain', 'plain'],
    ['wrapped', 'outer: middle: it is empty'],
    ['panic', /mine/],
    ['nil', /nil pointer/],
  ]) {
    const { closed } = countLives();
    const [faulty, again] = [new Faulty(how), new Faulty(how)];
    const error = await faulty.free().catch((thrown) => thrown);
    assert.ok(error instanceof ReleaseFailedError);
    assert.equal(error.code, 'ERR_RELEASE_FAILED');
    assert.match(error.cause.message, cause instanceof RegExp ? cause : new RegExp(`^${cause}$`));
    assert.throws(() => again.freeSync(), { code: 'ERR_RELEASE_FAILED' });
    assert.equal(await faulty.free(), 'already-freeing');
    assert.equal(countLives().closed, closed + 2);
  }
  assert.equal((await new Faulty('wrapped').free().catch((error) => error)).cause.code, 'ERR_EMPTY');
});

test('a Close without a result: it succeeds, or it panics', async () => {
  const plain = new Plain('none');
  assert.equal(plain.how(), 'none');
  assert.equal(await plain.free(), 'drained');
  const panics = await new Plain('plain').free().catch((error) => error);
  assert.deepEqual([panics.code, panics.cause.code], ['ERR_RELEASE_FAILED', 'ERR_GO_PANIC']);
  assert.match(panics.cause.goStack, /Plain/);
});
