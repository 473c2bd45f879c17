'use strict';

// free, freeSync, freeAll and dispose: every outcome, every deadline, and whom they wait for.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { Guard, MappedFile, freeAll, handles, stats } = require('..');
const { loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { startWorker } = require('./support/bodies.js');
const { makeFile } = require('./support/files.js');
const { nextMessage } = require('./support/process.js');
const { eventually } = require('./support/wait.js');

const { Counter, Sleeper, addon } = loadTestAddon();
const isLive = (handle) => handles().some(({ token }) => token === handle.token);

after(() => addon.native.freeAll(0)); // a failure must not leave ops that keep the process

test('FAULTS 2: of many frees of one handle one drains, the others are told, and Close runs once', async () => {
  const counter = Counter.open();
  const closed = Counter.closed();
  const borrowed = Counter.attach(counter.token);
  const frees = [counter.free(), borrowed.free(), counter.free(), counter.free({ deadline: 0 })];
  assert.equal(counter.freeSync(), 'already-freeing');
  assert.deepEqual((await Promise.all(frees)).sort(), [
    'already-freeing',
    'already-freeing',
    'already-freeing',
    'drained',
  ]);
  assert.equal(await counter.free(), 'already-freeing');
  assert.equal(Counter.closed(), closed + 1);
});

testAlone('FAULTS 2: free from four threads at once: one drains', async () => {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const sleeper = Sleeper.open();
  const workers = Array.from({ length: 4 }, () =>
    startWorker(
      async ({ addon, parentPort }, { token, gate }) => {
        const { Sleeper } = addon;
        const own = Sleeper.attach(token);
        parentPort.postMessage('ready');
        Atomics.wait(gate, 0, 0);
        parentPort.postMessage(await own.free());
      },
      { token: sleeper.token, gate },
    ),
  );
  await Promise.all(workers.map((each) => nextMessage(each)));
  const outcomes = Promise.all(workers.map((each) => nextMessage(each)));
  const closed = Sleeper.closed();
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  assert.deepEqual((await outcomes).sort(), [...Array(3).fill('already-freeing'), 'drained']);
  assert.equal(Sleeper.closed(), closed + 1);
});

test('free begins at once and settles after Close', async () => {
  const sleeper = Sleeper.open(300);
  const closed = Sleeper.closed();
  const freed = sleeper.free();
  assert.equal(sleeper.freed, true);
  await assert.rejects(sleeper.sleep(0), { code: 'ERR_HANDLE_FREED' });
  assert.equal(Sleeper.closed(), closed, 'Close takes 300 ms');
  assert.equal(await freed, 'drained');
  assert.equal(Sleeper.closed(), closed + 1);
  assert.equal(isLive(sleeper), false);
});

test('freeSync blocks until Close has returned', () => {
  const closed = Sleeper.closed();
  assert.equal(Sleeper.open(50).freeSync(), 'drained');
  assert.equal(Sleeper.closed(), closed + 1);
});

test('FAULTS 11: a deadline that is no number of ms is refused and frees nothing', async () => {
  const guard = new Guard();
  for (const [deadline, code] of [
    [-1, 'ERR_INVALID_ARG_VALUE'],
    [-Number.MIN_VALUE, 'ERR_INVALID_ARG_VALUE'],
    [-Infinity, 'ERR_INVALID_ARG_VALUE'],
    [NaN, 'ERR_INVALID_ARG_VALUE'],
    ['5000', 'ERR_INVALID_ARG_TYPE'],
    [null, 'ERR_INVALID_ARG_TYPE'],
    [5000n, 'ERR_INVALID_ARG_TYPE'],
    [{ valueOf: () => 1 }, 'ERR_INVALID_ARG_TYPE'],
  ]) {
    const expected = { code, name: 'TypeError' };
    await assert.rejects(guard.free({ deadline }), expected);
    assert.throws(() => guard.freeSync({ deadline }), expected);
    await assert.rejects(freeAll({ deadline }), expected);
  }
  for (const options of [null, 5000, 'x']) {
    await assert.rejects(guard.free(options), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => guard.freeSync(options), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  const unknown = {
    code: 'ERR_INVALID_ARG_VALUE',
    message: /^The "options" argument has an unknown property "deadlin"; known is deadline\./,
  };
  await assert.rejects(guard.free({ deadlin: 0 }), unknown);
  assert.throws(() => guard.freeSync({ deadlin: 0 }), unknown);
  await assert.rejects(freeAll({ deadlin: 0 }), unknown);
  assert.throws(() => guard.freeSync({ deadline: Infinity }), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.equal(guard.freed, false);
  assert.equal(guard.freeSync({ deadline: undefined }), 'drained');
});

test('FAULTS 11: a deadline of 0 looks once', async () => {
  const [idle, busy] = [new Guard(), new Guard()];
  assert.equal(await idle.free({ deadline: 0 }), 'drained');
  busy.tryEnter();
  assert.equal(await busy.free({ deadline: -0 }), 'timed-out');
  busy.leave();
  await eventually(() => !isLive(busy));
  assert.equal(Sleeper.open(20).freeSync({ deadline: 0 }), 'drained', 'Close is waited for all the same');
});

test('FAULTS 11: huge deadlines wait, without overflow', async () => {
  for (const deadline of [2 ** 31, 2 ** 53, 1e300, Infinity]) {
    const guard = new Guard();
    guard.tryEnter();
    let settled = false;
    const freed = guard.free({ deadline }).finally(() => (settled = true));
    await sleep(20);
    assert.equal(settled, false, `deadline ${deadline}`);
    guard.leave();
    assert.equal(await freed, 'drained');
  }
  assert.equal(new Guard().freeSync({ deadline: Number.MAX_VALUE }), 'drained');
});

testAlone('FAULTS 5, 7: after a time-out the last op releases: Close once, and nothing leaks', async () => {
  const sleeper = Sleeper.open();
  const closed = Sleeper.closed();
  const ops = [sleeper.stubborn(200), sleeper.stubborn(1200)];
  assert.equal(await sleeper.free({ deadline: 20 }), 'timed-out');
  assert.equal(Sleeper.closed(), closed);
  const [entry] = handles().filter(({ token }) => token === sleeper.token);
  assert.equal(entry.state, 'abandoned');
  assert.equal(await ops[0], 'done');
  assert.equal(Sleeper.closed(), closed, 'one op is still in flight');
  assert.equal(await ops[1], 'done', 'an op that succeeds all the same delivers');
  await eventually(() => !isLive(sleeper));
  assert.equal(Sleeper.closed(), closed + 1);
  assert.equal(await sleeper.free(), 'already-freeing');
  const { slots } = stats();
  const next = Sleeper.open();
  assert.equal(stats().slots, slots, 'the slot is used again');
  assert.equal(await next.free(), 'drained');
});

test('FAULTS 47: a Close that takes longer than the deadline times out, and gives the slot back later', async () => {
  const sleeper = Sleeper.open(1000);
  const closed = Sleeper.closed();
  assert.equal(await sleeper.free({ deadline: 20 }), 'timed-out');
  assert.equal(Sleeper.closed(), closed);
  assert.ok(isLive(sleeper));
  await eventually(() => !isLive(sleeper));
  assert.equal(Sleeper.closed(), closed + 1);
});

testAlone(
  'FAULTS 47: a Close that fails rejects with ERR_RELEASE_FAILED and the cause; the handle is gone',
  async () => {
    for (const [how, cause] of [
      ['error', { message: 'Close failed' }],
      ['path', { code: 'EIO', syscall: 'close', path: 'some/file' }],
      ['panic', { code: 'ERR_GO_PANIC', message: 'panic: Close panicked' }],
      ['goexit', { code: 'ERR_GO_PANIC' }],
    ]) {
      const check = (error) => {
        assert.equal(error.code, 'ERR_RELEASE_FAILED');
        assert.equal(error.name, 'ReleaseFailedError');
        for (const [key, value] of Object.entries(cause)) assert.equal(error.cause[key], value);
        return true;
      };
      const [a, b] = [Sleeper.open(0, how), Sleeper.open(0, how)];
      await assert.rejects(a.free(), check, how);
      assert.throws(() => b.freeSync(), check, how);
      assert.ok(!isLive(a) && !isLive(b));
      assert.equal(await a.free(), 'already-freeing');
    }
  },
);

test('FAULTS 7: free cancels an op that waits for ever, and drains at once', async () => {
  const sleeper = Sleeper.open();
  const order = [];
  const ops = [1, 2].map(() => sleeper.sleep(2 ** 40));
  for (const op of ops) op.catch((error) => order.push(error.code));
  const aborted = sleeper.sleep(2 ** 40, { signal: new AbortController().signal });
  aborted.catch(() => {});
  order.push(await sleeper.free({ deadline: Infinity }));
  assert.deepEqual(order, ['ERR_HANDLE_FREED', 'ERR_HANDLE_FREED', 'drained'], 'ops are told first');
  for (const op of [...ops, aborted]) {
    await assert.rejects(op, { code: 'ERR_HANDLE_FREED', name: 'HandleFreedError' });
  }
});

test('FAULTS 7: freeSync cancels plain async ops too: they finish without this thread', async () => {
  const sleeper = Sleeper.open();
  const op = assert.rejects(sleeper.sleep(2 ** 40), { code: 'ERR_HANDLE_FREED' });
  assert.equal(sleeper.freeSync({ deadline: 2 ** 40 }), 'drained');
  await op;
});

test('FAULTS 6: freeSync inside an enter of this thread is ERR_WOULD_DEADLOCK, and frees nothing', async () => {
  const guard = new Guard();
  const borrowed = Guard.attach(guard.token);
  guard.run(() => {
    for (const each of [guard, borrowed]) {
      assert.throws(() => each.freeSync(), { code: 'ERR_WOULD_DEADLOCK', name: 'WouldDeadlockError' });
      assert.throws(() => each.freeSync({ deadline: 0 }), { code: 'ERR_WOULD_DEADLOCK' });
    }
    assert.equal(guard.freed, false);
    assert.equal(new Guard().freeSync(), 'drained', 'another guard is no concern of this');
  });
  let outcome;
  guard.run(() => {
    outcome = guard.free({ deadline: Infinity }); // resolves after the op
  });
  assert.equal(await outcome, 'drained');
});

test('FAULTS 6: freeSync waits for enters of another thread, up to the deadline', async () => {
  const guard = new Guard();
  const worker = startWorker(({ quiesce, parentPort }, token) => {
    quiesce.Guard.attach(token).tryEnter();
    parentPort.postMessage('inside');
    parentPort.on('message', () => parentPort.close());
  }, guard.token);
  await nextMessage(worker);
  assert.equal(guard.freeSync({ deadline: 20 }), 'timed-out');
  worker.postMessage('leave');
  await eventually(() => !isLive(guard));
});

test('freeing a parent frees its children first, and a child alone leaves the parent', async () => {
  const parent = Sleeper.open();
  const [one, two] = [parent.child(), parent.child(50)];
  const grandchild = two.child();
  const closed = Sleeper.closed();
  assert.equal(await one.free(), 'drained');
  assert.equal(parent.freed, false);
  const op = assert.rejects(grandchild.sleep(2 ** 40), { code: 'ERR_HANDLE_FREED' });
  assert.equal(parent.freeSync(), 'drained');
  await op;
  assert.ok(two.freed && grandchild.freed);
  assert.equal(Sleeper.closed(), closed + 4);
  for (const gone of [one, two, grandchild]) assert.equal(await gone.free(), 'already-freeing');
});

test('freeAll frees everything that is live and counts; failures are listed', async () => {
  await freeAll();
  const parent = Counter.open();
  const made = [parent, parent.child('below'), new Guard(), await MappedFile.open(makeFile('x'))];
  const busy = Sleeper.open();
  const op = busy.stubborn(200);
  Sleeper.open(0, 'error');
  const freeing = Sleeper.open(100);
  const first = freeing.free();
  const counts = await freeAll({ deadline: 20 });
  const { errors, ...numbers } = counts;
  assert.deepEqual(numbers, { drained: 4, alreadyFreeing: 1, timedOut: 1 });
  assert.deepEqual(
    errors.map(({ code, cause }) => [code, cause.message]),
    [['ERR_RELEASE_FAILED', 'Close failed']],
  );
  for (const each of made) assert.ok(each.freed);
  await Promise.all([op, first]);
  await eventually(() => stats().live === 0);
  assert.deepEqual(await freeAll(), { drained: 0, alreadyFreeing: 0, timedOut: 0, errors: [] });
});
