'use strict';

// The bare guard: enters and leaves, and what becomes of them when a free, an exception or the end of a thread
// comes in between.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Guard, Handle, handles } = require('..');
const { testAlone } = require('./support/alone.js');
const { expectChild, startWorker } = require('./support/bodies.js');
const { exitOf, nextMessage } = require('./support/process.js');

const entryOf = (guard) => handles().find(({ token }) => token === guard.token);
const opsIn = (guard) => entryOf(guard)?.inFlight;

const thenable = (then) => ({ then });

test('tryEnter and leave pair; after the free tryEnter says false', async () => {
  const guard = new Guard();
  assert.ok(guard instanceof Guard && guard instanceof Handle);
  assert.equal(guard.tryEnter(), true);
  assert.equal(opsIn(guard), 1);
  assert.equal(guard.leave(), undefined);
  assert.equal(opsIn(guard), 0);
  assert.equal(await guard.free(), 'drained');
  assert.equal(guard.tryEnter(), false);
  assert.equal(opsIn(guard), undefined);
});

test('FAULTS 39: a leave without an enter is ERR_NOT_ENTERED, and changes nothing', async () => {
  const guard = new Guard();
  for (let i = 0; i < 3; i++) assert.throws(() => guard.leave(), { code: 'ERR_NOT_ENTERED' });
  guard.tryEnter();
  guard.leave();
  assert.throws(() => guard.leave(), { code: 'ERR_NOT_ENTERED', name: 'NotEnteredError' });
  assert.equal(opsIn(guard), 0);
  assert.equal(await guard.free(), 'drained');
  assert.throws(() => guard.leave(), { code: 'ERR_NOT_ENTERED' });
});

test('FAULTS 39: an op of enter() that is left twice, or disposed of as well, leaves once', async () => {
  const guard = new Guard();
  const [op, other] = [guard.enter(), guard.enter()];
  assert.equal(opsIn(guard), 2);
  op.leave();
  op.leave();
  op[Symbol.dispose ?? Symbol.for('nodejs.dispose')]();
  assert.equal(opsIn(guard), 1);
  other[Symbol.dispose ?? Symbol.for('nodejs.dispose')]();
  assert.equal(opsIn(guard), 0);
  await guard.free();
  assert.throws(() => guard.enter(), { code: 'ERR_HANDLE_FREED', name: 'HandleFreedError' });
});

test('FAULTS 39: enters nest, and a free waits for the outermost leave', async () => {
  const guard = new Guard();
  for (let i = 0; i < 100; i++) assert.equal(guard.tryEnter(), true);
  assert.equal(opsIn(guard), 100);
  const order = [];
  const freed = guard.free({ deadline: 60_000 }).then((outcome) => order.push(outcome));
  assert.equal(guard.freed, true);
  assert.equal(guard.tryEnter(), false, 'no enter after the free began, not even a nested one');
  for (let i = 0; i < 99; i++) guard.leave();
  await new Promise((resolve) => setTimeout(resolve, 50));
  order.push('last leave');
  guard.leave();
  await freed;
  assert.deepEqual(order, ['last leave', 'drained']);
  assert.throws(() => guard.leave(), { code: 'ERR_NOT_ENTERED' });
});

test('FAULTS 27: run enters for a sync function, also one that throws: the error is its own, the enter given back', async () => {
  const guard = new Guard();
  assert.equal(
    guard.run(() => opsIn(guard)),
    1,
  );
  const thrown = new Error('mine');
  assert.throws(
    () =>
      guard.run(() => {
        throw thrown;
      }),
    (error) => error === thrown,
  );
  assert.equal(opsIn(guard), 0);
  assert.equal(
    guard.run(() => guard.run(() => opsIn(guard))),
    2,
  );
  for (const bad of [undefined, null, {}, 'f']) {
    assert.throws(() => guard.run(bad), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.equal(await guard.free(), 'drained');
  assert.throws(() => guard.run(assert.fail), { code: 'ERR_HANDLE_FREED' });
});

test('run stays inside until a promise settles, either way, and a thenable too', async () => {
  const guard = new Guard();
  let settle;
  const fulfilled = guard.run(() => new Promise((resolve) => (settle = resolve)));
  const rejected = guard.run(async () => {
    throw new Error('mine');
  });
  const adopted = guard.run(() => thenable((resolve) => setTimeout(resolve, 5, 'from a thenable')));
  const broken = guard.run(() =>
    thenable(() => {
      throw new Error('no then');
    }),
  );
  assert.equal(opsIn(guard), 4);
  await assert.rejects(rejected, { message: 'mine' });
  await assert.rejects(broken, { message: 'no then' });
  assert.equal(await adopted, 'from a thenable');
  assert.equal(opsIn(guard), 1);
  const freed = guard.free({ deadline: 60_000 });
  settle(7);
  assert.equal(await fulfilled, 7);
  assert.equal(await freed, 'drained');
});

test('run gives its enter back when reading then throws', () => {
  const guard = new Guard();
  const trap = {};
  Object.defineProperty(trap, 'then', {
    get: () => {
      throw new Error('no then');
    },
  });
  assert.throws(() => guard.run(() => trap), { message: 'no then' });
  assert.equal(opsIn(guard), 0);
  assert.equal(guard.freeSync(), 'drained');
});

test('two wrappers in one thread share its enters: one leaves what the other entered', async () => {
  const guard = new Guard();
  const second = Guard.attach(guard.token);
  assert.notEqual(second, guard);
  guard.tryEnter();
  second.tryEnter();
  assert.equal(opsIn(guard), 2);
  second.leave();
  second.leave();
  assert.throws(() => guard.leave(), { code: 'ERR_NOT_ENTERED' });
  assert.throws(() => second.leave(), { code: 'ERR_NOT_ENTERED' });
  assert.equal(await second.free(), 'drained');
  assert.equal(guard.freed, true);
});

test('a wrapper that was detached enters no more, but leaves what it entered', async () => {
  const guard = new Guard();
  const borrowed = Guard.attach(guard.token);
  borrowed.tryEnter();
  borrowed.detach();
  assert.throws(() => borrowed.tryEnter(), { code: 'ERR_HANDLE_FREED' });
  assert.throws(() => borrowed.run(assert.fail), { code: 'ERR_HANDLE_FREED' });
  assert.equal(opsIn(guard), 1);
  borrowed.leave();
  assert.equal(opsIn(guard), 0);
  assert.equal(await guard.free(), 'drained');
});

test('each thread has its own enters: one cannot leave for another', async () => {
  const guard = new Guard();
  guard.tryEnter();
  const worker = startWorker(({ quiesce, parentPort }, token) => {
    const own = quiesce.Guard.attach(token);
    try {
      own.leave();
    } catch (error) {
      parentPort.postMessage(error.code);
    }
  }, guard.token);
  assert.equal(await nextMessage(worker), 'ERR_NOT_ENTERED');
  assert.equal(opsIn(guard), 1);
  guard.leave();
  assert.equal(await guard.free(), 'drained');
});

/** Starts a worker that enters so many times and then ends in a given way, when told to. */
async function startEntered(guard, times, end) {
  const worker = startWorker(
    ({ quiesce, parentPort }, { token, times, end }) => {
      const guard = quiesce.Guard.attach(token);
      for (let i = 0; i < times; i++) guard.tryEnter();
      globalThis.guard = guard; // an attachment as long as the worker lives, whenever garbage is collected
      parentPort.on('message', () => {
        if (end === 'exit') process.exit(3);
        if (end === 'throw') throw new Error('the worker dies');
        parentPort.close(); // it ends by itself
      });
      parentPort.postMessage('entered');
    },
    { token: guard.token, times, end },
  );
  await nextMessage(worker);
  return worker;
}

for (const end of ['terminate', 'exit', 'throw', 'end']) {
  testAlone(
    `FAULTS 20: a worker that dies inside (${end}) gives its enters back, and the free drains`,
    async () => {
      const guard = new Guard();
      guard.tryEnter();
      const worker = await startEntered(guard, 3, end);
      assert.equal(opsIn(guard), 4);
      let settled = false;
      const freed = guard.free({ deadline: 60_000 }).finally(() => (settled = true));
      worker.on('error', () => {}); // of the one that throws
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      if (end === 'terminate') await worker.terminate();
      else worker.postMessage('now');
      await ended;
      assert.equal(opsIn(guard), 1, 'those of the dead, no others');
      assert.equal(settled, false);
      guard.leave();
      assert.equal(await freed, 'drained');
    },
  );
}

testAlone('FAULTS 27: a worker that exits inside the function of run gives its enter back', async () => {
  const guard = new Guard();
  const worker = startWorker(({ quiesce }, token) => {
    quiesce.Guard.attach(token).run(() => process.exit(5));
  }, guard.token);
  assert.equal(await exitOf(worker), 5);
  assert.equal(opsIn(guard), 0);
  assert.equal(await guard.free({ deadline: 60_000 }), 'drained');
});

testAlone('FAULTS 20: of two workers inside one guard one dies, and the other goes on', async () => {
  const guard = new Guard();
  const [a, b] = [await startEntered(guard, 2, 'end'), await startEntered(guard, 5, 'end')];
  assert.equal(opsIn(guard), 7);
  assert.equal(entryOf(guard).attachments, 3);
  await a.terminate();
  assert.equal(opsIn(guard), 5);
  assert.equal(entryOf(guard).attachments, 2);
  assert.equal(guard.freed, false);
  const freed = guard.free();
  b.postMessage('end');
  assert.equal(await freed, 'drained');
});

testAlone('FAULTS 20: a worker terminated while it blocks inside a guard gives its enter back', async () => {
  const guard = new Guard();
  const worker = startWorker(({ quiesce, parentPort }, token) => {
    quiesce.Guard.attach(token).run(() => {
      parentPort.postMessage('inside');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
  }, guard.token);
  await nextMessage(worker);
  const freed = guard.free({ deadline: 60_000 });
  await worker.terminate();
  assert.equal(await freed, 'drained');
});

test('a guard that is collected while entered stays, and is released when its thread ends', async () => {
  const { result } = await expectChild(
    async ({ quiesce, startWorker, nextMessage, collectGarbage, eventually, print }) => {
      const worker = startWorker(async ({ quiesce, collectGarbage, parentPort }) => {
        (() => new quiesce.Guard().tryEnter())();
        await collectGarbage(5);
        parentPort.postMessage(quiesce.stats());
        parentPort.on('message', () => {});
      });
      const before = await nextMessage(worker);
      await worker.terminate();
      await eventually(() => quiesce.stats().live === 0);
      await collectGarbage();
      print([before.live, before.freeing, before.ops, quiesce.stats().live, quiesce.stats().ops]);
    },
  );
  assert.deepEqual(result, [1, 1, 1, 0, 0]);
});
