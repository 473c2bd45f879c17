'use strict';

// Go panics and goroutines that end themselves.

const assert = require('node:assert');
const { test } = require('node:test');
const { loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { expectExit, runScript } = require('./support/process.js');

const { Panicker, addon } = loadTestAddon();
const { GoPanicError } = require('../lib/errors.js');

// How the method panics, and what the error's message tells of it.
const panics = {
  string: /panic: a string$/,
  number: /panic: 42$/,
  error: /panic: an error$/,
  wrapped: /panic: outer: inner$/,
  coded: /panic: a coded error$/,
  hostile: /panic: <nil>$/,
  nothing: /panic called with nil argument/,
  nil: /nil pointer dereference$/,
  map: /assignment to entry in nil map$/,
  divide: /integer divide by zero$/,
  index: /index out of range \[1\] with length 0$/,
  slice: /slice bounds out of range \[4:3\]$/,
  assert: /interface conversion/,
  closed: /close of closed channel$/,
  again: /panic: a second panic$/,
};

/** Fails unless the error tells of a panic in that method, with the Go stack. */
function expectPanic(error, message, method) {
  assert.ok(error instanceof GoPanicError && error instanceof Error);
  assert.strictEqual(error.code, 'ERR_GO_PANIC');
  assert.strictEqual(error.name, 'GoPanicError');
  assert.match(error.message, message);
  assert.ok(error.message.startsWith(`Panicker.${method}(): `), error.message);
  assert.match(error.goStack, /goroutine \d+/);
  assert.match(error.goStack, /panicker\.go:\d+/);
  return true;
}

const opsOf = (handle) =>
  addon.native && JSON.parse(addon.native.handles()).find((each) => each.token === handle.token);

for (const [how, message] of Object.entries(panics)) {
  test(`FAULTS 24: a panic (${how}) in a sync method, an async one and a constructor is an error; the handle goes on`, async () => {
    const panicker = Panicker.open();
    assert.throws(
      () => panicker.panic(how),
      (error) => expectPanic(error, message, 'panic'),
    );
    await assert.rejects(panicker.panicAsync(how), (error) => expectPanic(error, message, 'panicAsync'));
    assert.throws(
      () => Panicker.panicStatic(how),
      (error) => expectPanic(error, message, 'panicStatic'),
    );
    assert.strictEqual(opsOf(panicker).inFlight, 0, 'the enter was given back');
    assert.strictEqual(panicker.fine(), 'fine');
    assert.strictEqual(await panicker.free(), 'drained');
  });
}

test('FAULTS 24: a panic with an error has it as its cause, with its own code', () => {
  const panicker = Panicker.open();
  const caught = (how) => {
    try {
      panicker.panic(how);
    } catch (error) {
      return error;
    }
    return assert.fail('it did not throw');
  };
  assert.strictEqual(caught('error').cause.message, 'an error');
  assert.strictEqual(caught('wrapped').cause.cause.message, 'inner');
  assert.strictEqual(caught('coded').cause.code, 'E_CODED');
  assert.strictEqual(caught('string').cause, undefined);
  // An error whose own methods panic: that is told, and nothing crosses into C.
  assert.strictEqual(caught('hostile').cause.code, 'ERR_GO_PANIC');
  panicker.freeSync();
});

testAlone(
  'FAULTS 24: a hundred panics at once, sync ones between async ones, give back every enter',
  async () => {
    const panicker = Panicker.open();
    const kinds = Object.keys(panics);
    const calls = Array.from({ length: 200 }, (_, i) => {
      const how = kinds[i % kinds.length];
      assert.throws(() => panicker.panic(how), { code: 'ERR_GO_PANIC' });
      return assert.rejects(panicker.panicAsync(how), { code: 'ERR_GO_PANIC', message: panics[how] });
    });
    await Promise.all(calls);
    assert.strictEqual(opsOf(panicker).inFlight, 0);
    assert.strictEqual(panicker.freeSync(), 'drained');
  },
);

testAlone(
  'FAULTS 24: a panic in the goroutine of an async method is an error, whatever it panics with',
  async () => {
    const panicker = Panicker.open();
    for (const [how, message] of Object.entries(panics)) {
      await assert.rejects(panicker.panicAsync(how), { code: 'ERR_GO_PANIC', message });
    }
    assert.strictEqual(await panicker.free(), 'drained');
  },
);

testAlone(
  'FAULTS 25: runtime.Goexit in an async method is an error, and the enter is given back',
  async () => {
    const panicker = Panicker.open();
    for (let i = 0; i < 20; i++) {
      await assert.rejects(panicker.goexitAsync(), {
        code: 'ERR_GO_PANIC',
        message: /runtime\.Goexit was called/,
      });
    }
    assert.strictEqual(opsOf(panicker).inFlight, 0);
    assert.strictEqual(panicker.fine(), 'fine');
    assert.strictEqual(await panicker.free(), 'drained');
  },
);

test('FAULTS 25: runtime.Goexit in a sync method is fatal, as documented: the process ends, it does not hang', async () => {
  const result = await runScript(`
    const { Panicker } = loadTestAddon();
    const panicker = Panicker.open();
    panicker.goexit();
    console.log('went on');
  `);
  assert.strictEqual(result.timedOut, false);
  assert.notStrictEqual(result.code, 0);
  assert.doesNotMatch(result.stdout, /went on/);
});

test('FAULTS 24: a process that met every panic exits with 0 and has written nothing', async () => {
  const { stdout, stderr } = await expectExit(`
    const { Panicker } = loadTestAddon();
    const panicker = Panicker.open();
    for (const how of ${JSON.stringify(Object.keys(panics))}) {
      assert.throws(() => panicker.panic(how));
      await assert.rejects(panicker.panicAsync(how));
    }
    await assert.rejects(panicker.goexitAsync());
  `);
  assert.strictEqual(stdout + stderr, '');
});
