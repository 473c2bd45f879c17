'use strict';

// Parents and children.

const assert = require('node:assert');
const { test } = require('node:test');
const { full, loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { exitOf, nextMessage, startWorker } = require('./support/process.js');
const { collectGarbage, eventually } = require('./support/wait.js');

const { Counter, Sleeper, addon } = loadTestAddon();

const infoOf = (token) => JSON.parse(addon.native.handles()).find((each) => each.token === token);

/** The names of the counters that were closed while `body` ran, in their order. */
async function closedDuring(body) {
  const before = Counter.closeOrder();
  await body();
  return Counter.closeOrder().slice(before.length).split(',').filter(Boolean);
}

test('freeing a parent closes its children before it, and theirs before them', async () => {
  const root = Counter.open();
  const top = root.child('top');
  const order = await closedDuring(async () => {
    const a = top.child('a');
    const aa = a.child('aa');
    aa.child('aaa');
    const b = await top.childAsync('b');
    assert.strictEqual(await top.free(), 'drained');
    for (const each of [top, a, aa, b]) {
      assert.strictEqual(each.freed, true);
      assert.throws(() => each.value(), { code: 'ERR_HANDLE_FREED' });
      assert.strictEqual(await each.free(), 'already-freeing');
    }
  });
  assert.deepStrictEqual([...order].sort(), ['a', 'aa', 'aaa', 'b', 'top']);
  const place = Object.fromEntries(order.map((name, i) => [name, i]));
  assert.ok(
    place.aaa < place.aa && place.aa < place.a && place.a < place.top && place.b < place.top,
    `${order}`,
  );
  assert.strictEqual(root.value(), 0, 'the parent above goes on');
  assert.strictEqual(infoOf(root.token).inFlight, 0);
  assert.strictEqual(root.freeSync(), 'drained');
});

test('a child that is freed leaves its parent open, and gives back its hold of it', async () => {
  const parent = Counter.open(3);
  const child = parent.child('child');
  assert.strictEqual(infoOf(child.token).parent, parent.token);
  assert.strictEqual(infoOf(parent.token).inFlight, 1);
  assert.strictEqual(child.value(), 3);
  assert.strictEqual(await child.free(), 'drained');
  assert.strictEqual(infoOf(child.token), undefined);
  assert.strictEqual(infoOf(parent.token).inFlight, 0);
  assert.strictEqual(parent.add(1), 4);
  assert.strictEqual(parent.freeSync(), 'drained');
});

test("FAULTS 45: the parent's wrapper is collected while a child lives: the child lives, and the parent with it", async () => {
  const before = Counter.openCount();
  const child = (() => Counter.open(5).child('child'))();
  const { parent } = infoOf(child.token);
  for (let i = 0; i < 5; i++) {
    await collectGarbage();
    assert.strictEqual(infoOf(parent).state, 'open');
    assert.strictEqual(child.value(), 5);
  }
  assert.strictEqual(Counter.openCount() - before, 2);
  assert.strictEqual(await child.free(), 'drained');
  await eventually(() => Counter.openCount() === before); // nothing else keeps the parent
  assert.strictEqual(infoOf(parent), undefined);
});

test('FAULTS 45: a child that is opened while its parent is being freed is refused, and does not leak', async () => {
  const before = Counter.openCount();
  const closed = Counter.closed();
  const parent = Counter.open();
  const late = Array.from({ length: 20 }, (_, i) => parent.childAsync('late', 20 + i));
  const freed = parent.free();
  await Promise.all(late.map((each) => assert.rejects(each, { code: 'ERR_HANDLE_FREED' })));
  assert.strictEqual(await freed, 'drained');
  await eventually(() => Counter.openCount() === before);
  assert.strictEqual(Counter.closed() - closed, 21);
});

testAlone(
  'FAULTS 45: children opened at the very moment of the free are freed, or refused; none leaks',
  async () => {
    const before = Counter.openCount();
    for (let round = 0; round < (full ? 500 : 50); round++) {
      const parent = Counter.open();
      const children = Array.from({ length: 10 }, (_, i) => parent.childAsync('x', i % 3 ? undefined : 1));
      const freed = parent.free();
      for (const each of await Promise.allSettled(children)) {
        if (each.status === 'rejected') assert.strictEqual(each.reason.code, 'ERR_HANDLE_FREED');
        else assert.strictEqual(each.value.freed, true);
      }
      assert.strictEqual(await freed, 'drained');
    }
    await eventually(() => Counter.openCount() === before);
    assert.strictEqual(Counter.usedAfterClose(), 0);
  },
);

testAlone(
  'FAULTS 45: a child whose op outlives the deadline makes the parent time out; both are released once, in order',
  async () => {
    const closed = Sleeper.closed();
    const parent = Sleeper.open();
    const child = parent.child();
    const call = child.stubborn(400);
    assert.strictEqual(await parent.free({ deadline: 50 }), 'timed-out');
    assert.strictEqual(infoOf(parent.token).state, 'abandoned');
    assert.throws(() => child.block(0), { code: 'ERR_HANDLE_FREED' });
    assert.strictEqual(Sleeper.closed(), closed, 'nothing is closed under the op');
    assert.strictEqual(await call, 'done');
    await eventually(() => infoOf(parent.token) === undefined && infoOf(child.token) === undefined);
    assert.strictEqual(Sleeper.closed() - closed, 2);
  },
);

testAlone(
  'FAULTS 45, 47: a child whose Close outlives the deadline makes the parent time out, which is closed after it',
  async () => {
    const closed = Sleeper.closed();
    const parent = Sleeper.open();
    const child = parent.child(400);
    assert.strictEqual(await parent.free({ deadline: 50 }), 'timed-out');
    assert.strictEqual(infoOf(child.token).state, 'closing');
    assert.strictEqual(infoOf(parent.token).state, 'abandoned');
    await eventually(() => infoOf(parent.token) === undefined);
    assert.strictEqual(Sleeper.closed() - closed, 2);
  },
);

test('one deadline covers a whole family: those of the children do not add up', async () => {
  const parent = Sleeper.open();
  const calls = Array.from({ length: 20 }, () => parent.child().stubborn(1500));
  // Twenty deadlines of 100 ms, one after the other, would end after the ops.
  assert.strictEqual(await Promise.race([parent.free({ deadline: 100 }), ...calls]), 'timed-out');
  await eventually(() => infoOf(parent.token) === undefined);
});

testAlone(
  "FAULTS 47: what fails in the children's Close is told by the free of the parent, which is gone all the same",
  async () => {
    const closed = Sleeper.closed();
    const parent = Sleeper.open();
    parent.child(0, 'panic');
    parent.child(0, 'error');
    await assert.rejects(parent.free(), (error) => {
      assert.strictEqual(error.code, 'ERR_RELEASE_FAILED');
      assert.match(error.message, /Close failed/);
      assert.match(error.message, /Close panicked/);
      const causes = error.cause.errors.map((each) => each.cause.message);
      assert.deepStrictEqual(causes.sort(), ['Close failed', 'panic: Close panicked']);
      return true;
    });
    assert.strictEqual(Sleeper.closed() - closed, 3);
    assert.strictEqual(await parent.free(), 'already-freeing');
  },
);

testAlone(
  'FAULTS 8: workers use children while the parent is freed: each op is done before, or refused',
  async () => {
    for (let round = 0; round < (full ? 20 : 3); round++) {
      const parent = Counter.open();
      const children = Array.from({ length: 4 }, (_, i) => parent.child(`child ${i}`));
      const workers = [0, 1].map(() =>
        startWorker(
          `
        const { Counter } = loadTestAddon();
        const children = workerData.map((token) => Counter.attach(token));
        let ops = 0;
        const run = async (child) => {
          for (;;) {
            child.add(1);
            await child.addAsync(1);
            ops += 2;
            if (ops === 200) parentPort.postMessage('busy');
          }
        };
        const ends = await Promise.allSettled(children.map(run));
        parentPort.postMessage(ends.map(({ reason }) => reason.code));
        `,
          { workerData: children.map(({ token }) => token) },
        ),
      );
      await Promise.all(workers.map((worker) => nextMessage(worker)));
      const ends = workers.map((worker) => nextMessage(worker));
      assert.strictEqual(await parent.free(), 'drained');
      for (const codes of await Promise.all(ends))
        assert.deepStrictEqual(codes, Array(4).fill('ERR_HANDLE_FREED'));
      assert.deepStrictEqual(await Promise.all(workers.map(exitOf)), [0, 0]);
    }
    assert.strictEqual(Counter.usedAfterClose(), 0);
  },
);
