'use strict';

// Errors of Go as JS errors: classes, codes, causes, and what Node's own errors have.

const assert = require('node:assert');
const { test } = require('node:test');
const errors = require('../lib/errors.js');
const { loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');

const { Counter, Echo, Failer, Sleeper } = loadTestAddon();

/** What the failure is as an error, sync and async; both must agree in all that is not the stack. */
async function failure(how) {
  const caught = [];
  try {
    Failer.fail(how);
  } catch (error) {
    caught.push(error);
  }
  await Failer.failAsync(how).catch((error) => caught.push(error));
  assert.strictEqual(caught.length, 2, `${how} failed both ways`);
  for (const error of caught) delete error.goStack; // differs: another goroutine
  const [sync, async] = caught.map(described);
  assert.deepStrictEqual(sync, async);
  return caught[0];
}

const described = (error) =>
  error && { ...error, name: error.name, message: error.message, cause: described(error.cause) };

test('a plain error has its message and nothing else', async () => {
  const error = await failure('plain');
  assert.ok(error instanceof Error);
  assert.strictEqual(error.message, 'plain');
  assert.strictEqual(error.name, 'Error');
  assert.deepStrictEqual(Object.keys(error), []);
  assert.ok(!('cause' in error));
});

test("an error's Code() becomes its code, and a plain error's wrapping keeps it", async () => {
  assert.strictEqual((await failure('coded')).code, 'E_CODED');
  const join = await failure('join');
  assert.strictEqual(join.message, 'plain\na coded error');
  assert.strictEqual(join.code, 'E_JOINED');
  assert.deepStrictEqual(
    join.errors.map((error) => [error.message, error.code]),
    [
      ['plain', undefined],
      ['a coded error', 'E_JOINED'],
    ],
  );
});

test('a chain of wrapped errors becomes a chain of causes', async () => {
  const chain = await failure('chain');
  assert.deepStrictEqual(
    [chain.message, chain.cause.message, chain.cause.cause.message, chain.cause.cause.cause],
    ['outer: middle: plain', 'middle: plain', 'plain', undefined],
  );
  const causes = await failure('causes');
  assert.deepStrictEqual(
    [causes.code, causes.cause.code, causes.cause.cause.code],
    ['E_OUTER', 'E_INNER', undefined],
  );
});

test('a chain of causes is cut off in the end', async () => {
  let length = 0;
  for (let error = await failure('deep'); error; error = error.cause) length++;
  assert.ok(length > 3 && length < 40, `${length}`);
});

test('file errors look like those of node:fs: code, errno, syscall, path, dest', async () => {
  const { errno } = require('node:os').constants;
  const path = await failure('path');
  assert.deepStrictEqual(
    { ...path },
    { code: 'ENOENT', errno: -errno.ENOENT, syscall: 'open', path: 'some/file' },
  );
  assert.match(path.message, /^ENOENT: no such file or directory, open 'some\/file'$/);
  const link = await failure('link');
  assert.deepStrictEqual(
    { ...link },
    { code: 'EXDEV', errno: -errno.EXDEV, syscall: 'rename', path: 'old/file', dest: 'new/file' },
  );
  assert.match(link.message, / 'old\/file' -> 'new\/file'$/);
  assert.deepStrictEqual(
    { ...(await failure('syscall')) },
    { code: 'ENOMEM', errno: -errno.ENOMEM, syscall: 'mmap' },
  );
});

test('an errno without more has its code; an error that wraps one keeps its own words', async () => {
  const { errno } = require('node:os').constants;
  const bare = await failure('errno');
  assert.deepStrictEqual({ code: bare.code, errno: bare.errno }, { code: 'EACCES', errno: -errno.EACCES });
  const wrapped = await failure('wrapped');
  assert.match(wrapped.message, /^while reading: /);
  assert.strictEqual(wrapped.code, 'EISDIR');
  assert.strictEqual(wrapped.cause.syscall, 'read');
  assert.strictEqual(wrapped.cause.path, 'some/file');
});

test("an error's own code is not hidden by an errno below it", async () => {
  const error = await failure('codedErrno');
  assert.strictEqual(error.code, 'E_OWN');
  assert.strictEqual(error.cause.code, 'EIO');
});

test('Name() makes a TypeError, a RangeError, or an Error of that name', async () => {
  assert.ok((await failure('typeError')) instanceof TypeError);
  assert.ok((await failure('rangeError')) instanceof RangeError);
  const named = await failure('named');
  assert.strictEqual(named.name, 'QuotaError');
  assert.strictEqual(String(named), 'QuotaError: an error that is named');
});

test('an error that ends a context is told as it is when nothing has cancelled the op', async () => {
  assert.strictEqual((await failure('canceled')).message, 'context canceled');
  assert.strictEqual((await failure('deadline')).message, 'context deadline exceeded');
});

testAlone('FAULTS 24: an error whose own methods panic (a nil pointer in an error) is an error', async () => {
  const error = await failure('hostile');
  assert.ok(error instanceof errors.GoPanicError);
  assert.strictEqual(error.code, 'ERR_GO_PANIC');
  assert.match(error.message, /nil pointer.*\*main\.hostile/);
});

test('a message may hold anything, and be long', async () => {
  assert.strictEqual(
    (await failure('text')).message,
    'quotes " and \\, line\nbreaks, \x00, \ufffd and \u2028 \u{1F600}',
  );
  assert.strictEqual((await failure('long')).message.length, 1_000_000);
});

test("the stack of a sync error begins at the caller's line, not in the boundary", () => {
  try {
    Failer.fail('plain');
    assert.fail();
  } catch (error) {
    assert.match(error.stack.split('\n').slice(0, 3).join('\n'), /errors\.test\.js/);
    assert.doesNotMatch(error.stack, /fromDescription|lib\/errors\.js/);
  }
});

test('each refusal is of its class, with its code', async () => {
  const counter = Counter.open();
  const sleeper = Sleeper.open();
  const { token } = counter;
  assert.throws(
    () => Sleeper.attach(token),
    (error) => {
      assert.ok(error instanceof errors.HandleTypeError && error instanceof TypeError);
      assert.strictEqual(error.code, 'ERR_HANDLE_TYPE');
      return true;
    },
  );
  await counter.free();
  const cases = [
    [() => counter.value(), errors.HandleFreedError, 'ERR_HANDLE_FREED'],
    [() => Counter.attach(token), errors.HandleFreedError, 'ERR_HANDLE_FREED'],
    [() => Counter.attach(1), errors.HandleInvalidError, 'ERR_HANDLE_INVALID'],
  ];
  for (const [call, Class, code] of cases) {
    assert.throws(call, (error) => {
      assert.ok(error instanceof Class && error instanceof errors.QuiesceError);
      assert.strictEqual(error.code, code);
      assert.strictEqual(error.name, Class.name);
      return true;
    });
  }
  sleeper.freeSync();
});

for (const [how, check] of Object.entries({
  error: (cause) => assert.strictEqual(cause.message, 'Close failed'),
  path: (cause) => assert.strictEqual(cause.code, 'EIO'),
  panic: (cause) => assert.strictEqual(cause.code, 'ERR_GO_PANIC'),
  goexit: (cause) => assert.strictEqual(cause.code, 'ERR_GO_PANIC'),
  hostile: (cause) => assert.strictEqual(cause.code, 'ERR_GO_PANIC'),
})) {
  testAlone(
    `FAULTS 47: a Close that fails (${how}) is ERR_RELEASE_FAILED with its cause; the handle is gone`,
    async () => {
      const isReleaseFailed = (error) => {
        assert.ok(error instanceof errors.ReleaseFailedError, String(error));
        assert.strictEqual(error.code, 'ERR_RELEASE_FAILED');
        check(error.cause);
        return true;
      };
      const before = Sleeper.closed();
      for (const free of [(s) => s.free(), async (s) => s.freeSync()]) {
        const sleeper = Sleeper.open(0, how);
        await assert.rejects(free(sleeper), isReleaseFailed);
        assert.strictEqual(sleeper.freed, true);
        assert.strictEqual(await sleeper.free(), 'already-freeing');
        await assert.rejects(sleeper.sleep(1), { code: 'ERR_HANDLE_FREED' });
      }
      assert.strictEqual(Sleeper.closed() - before, 2);
      assert.strictEqual(Echo.bool(true), true, 'the process goes on');
    },
  );
}
