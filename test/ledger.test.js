'use strict';

// What an env has entered, by the guard of the test addon: so the negative controls of `npm run proof` can be run
// against the same tests (proof/faults/controls.mjs).

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { defineGuard } = require('../lib/guard.js');
const { loadTestAddon } = require('./support/addon.js');
const { startWorker } = require('./support/bodies.js');
const { delay, exitOf, nextMessage } = require('./support/process.js');

const { addon, ...loaded } = loadTestAddon();
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

test('FAULTS 1, 3: workers enter guards while they are freed: none is inside after a release, and each free drains', async () => {
  const rounds = 60;
  const shared = {
    token: new BigInt64Array(new SharedArrayBuffer(8)),
    state: new Int32Array(new SharedArrayBuffer(12)),
  };
  const [here, released, late] = [0, 1, 2]; // of state: workers that use the guard, the last one that was released
  const body = ({ addon, parentPort }, { shared, rounds, here, released, late }) => {
    const Guard = require('./lib/guard.js').defineGuard(addon.addon);
    for (let round = 1, last = 0n; round <= rounds; round++) {
      let token = last;
      while (token === last) token = Atomics.load(shared.token, 0);
      last = token;
      const guard = Guard.attach(Number(token));
      Atomics.add(shared.state, here, 1);
      while (!guard.freed) {
        if (!guard.tryEnter()) break;
        if (Atomics.load(shared.state, released) >= round) Atomics.add(shared.state, late, 1);
        guard.leave();
      }
      guard.detach();
      Atomics.sub(shared.state, here, 1);
    }
    parentPort.postMessage('over');
  };
  const workers = [1, 2].map(() => startWorker(body, { shared, rounds, here, released, late }));
  const outcomes = new Set();
  for (let round = 1; round <= rounds; round++) {
    const guard = new Guard();
    Atomics.store(shared.token, 0, BigInt(guard.token));
    while (Atomics.load(shared.state, here) < workers.length) await delay(1);
    // Without its wake-up a free would look at the word at its deadline, and find it drained.
    const freed = round % 2 ? guard.freeSync() : guard.free({ deadline: 30_000 });
    outcomes.add(await Promise.race([freed, delay(20_000, 'not woken', { ref: false })]));
    if (outcomes.has('not woken')) break;
    Atomics.store(shared.state, released, round);
    while (Atomics.load(shared.state, here) > 0) await delay(1);
  }
  if (!outcomes.has('not woken')) await Promise.all(workers.map(exitOf));
  for (const worker of workers) await worker.terminate();
  assert.deepEqual({ outcomes: [...outcomes], late: shared.state[late] }, { outcomes: ['drained'], late: 0 });
});

test('stats() counts the ops that handles() lists, of all threads, until they end', async () => {
  const { Sleeper } = loaded;
  const stats = () => JSON.parse(addon.native.stats()).ops;
  const before = stats();
  const guard = new Guard();
  const sleeper = Sleeper.open();
  const pending = [1, 2].map(() => sleeper.sleep(2 ** 40));
  for (let i = 0; i < 3; i++) guard.tryEnter();
  assert.equal(stats() - before, 5);
  const worker = startWorker(({ addon, parentPort }, token) => {
    const { defineGuard } = require('./lib/guard.js');
    const own = defineGuard(addon.addon).attach(token);
    own.tryEnter();
    own.tryEnter();
    own.leave();
    parentPort.on('message', () => {}).postMessage('inside');
  }, guard.token);
  await nextMessage(worker);
  assert.equal(stats() - before, 6);
  await worker.terminate();
  assert.equal(stats() - before, 5);
  for (let i = 0; i < 3; i++) guard.leave();
  assert.equal(stats() - before, 2);
  const freed = sleeper.free();
  for (const each of pending) await assert.rejects(each, { code: 'ERR_HANDLE_FREED' });
  assert.equal(await freed, 'drained');
  assert.equal(stats() - before, 0);
  assert.equal(guard.freeSync(), 'drained');
});
