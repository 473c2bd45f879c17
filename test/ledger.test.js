'use strict';

// What an env has entered, by the guard of the test addon: so the negative controls of `npm run proof` can be run
// against the same tests (proof/faults/controls.mjs).

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { defineGuard } = require('../lib/guard.js');
const { loadTestAddon } = require('./support/addon.js');
const { startWorker } = require('./support/bodies.js');
const { exitOf, nextMessage } = require('./support/process.js');

const { addon } = loadTestAddon();
const Guard = defineGuard(addon);
const opsIn = ({ token }) =>
  JSON.parse(addon.native.handles()).find((each) => each.token === token)?.inFlight;

test('FAULTS 6: freeSync of a guard that this thread is inside, at any depth, is ERR_WOULD_DEADLOCK at once', async () => {
  const guard = new Guard();
  for (let depth = 1; depth <= 3; depth++) {
    guard.tryEnter();
    assert.throws(() => guard.freeSync({ deadline: 1000 }), { code: 'ERR_WOULD_DEADLOCK' });
  }
  assert.equal(guard.freed, false);
  const freed = guard.free({ deadline: 60_000 });
  for (let depth = 1; depth <= 3; depth++) guard.leave();
  assert.equal(await freed, 'drained');
});

test('FAULTS 39: leaves without an enter, of this thread or of any, are refused; the count never underflows', async () => {
  const guard = new Guard();
  guard.tryEnter();
  const worker = startWorker(({ addon, parentPort }, token) => {
    const { defineGuard } = require('./lib/guard.js');
    const own = defineGuard(addon.addon).attach(token);
    const codes = [1, 2].map(() => {
      try {
        return own.leave();
      } catch (error) {
        return error.code;
      }
    });
    parentPort.postMessage(codes);
  }, guard.token);
  assert.deepEqual(await nextMessage(worker), Array(2).fill('ERR_NOT_ENTERED'));
  await exitOf(worker);
  assert.equal(opsIn(guard), 1);
  guard.leave();
  for (let i = 0; i < 3; i++) assert.throws(() => guard.leave(), { code: 'ERR_NOT_ENTERED' });
  assert.equal(opsIn(guard), 0);
  assert.equal(guard.freeSync(), 'drained');
});
