'use strict';

// Async calls: many at a time, their order, their signals, and what keeps the process alive.

const assert = require('node:assert');
const { getEventListeners } = require('node:events');
const { test } = require('node:test');
const { full, loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { exitOf, expectExit, nextMessage, startWorker } = require('./support/process.js');
const { collectGarbage, eventually } = require('./support/wait.js');
const { AbortError } = require('../lib/errors.js');

const { Counter, Echo, Sleeper, addon } = loadTestAddon();

test('thousands of calls in flight each get their own answer', async () => {
  const n = full ? 200_000 : 20_000;
  const results = await Promise.all(Array.from({ length: n }, (_, i) => Echo.integerAsync(i)));
  assert.deepStrictEqual(
    results,
    Array.from({ length: n }, (_, i) => i),
  );
});

test('answers and errors, mixed, come in the order in which the calls end', async () => {
  const sleeper = Sleeper.open();
  const order = [];
  const calls = [150, 100, 50, 0].map((ms) => sleeper.sleep(ms).then(() => order.push(ms)));
  await Promise.all(calls);
  assert.deepStrictEqual(order, [0, 50, 100, 150]);
  await sleeper.free();
});

test('what completes while the JS thread is busy is delivered in full afterwards', async () => {
  const sleeper = Sleeper.open();
  const calls = Array.from({ length: 5000 }, (_, i) =>
    i % 2 ? Echo.integerAsync(i) : Echo.zeroAsync('?').catch(() => -i),
  );
  sleeper.block(100);
  const results = await Promise.all(calls);
  for (const [i, result] of results.entries()) assert.strictEqual(result, i % 2 ? i : -i);
  sleeper.freeSync();
});

test('a method called from the handler of an answer is answered too', async () => {
  const counter = Counter.open();
  let chain = Promise.resolve();
  for (let i = 0; i < 500; i++) chain = chain.then(() => counter.addAsync(1));
  await chain;
  assert.strictEqual(counter.value(), 500);
  await counter.free();
});

test('what a handler of an answer throws is an unhandled rejection, as everywhere in Node', async () => {
  const { stderr } = await expectExit(
    `loadTestAddon().Echo.stringAsync('x').then(() => { throw new Error('from a handler'); });`,
    { code: 1 },
  );
  assert.match(stderr, /from a handler/);
});

test('a signal that has aborted keeps the call from being made', async () => {
  const sleeper = Sleeper.open();
  const before = Sleeper.ended();
  const reason = new Error('enough');
  await assert.rejects(sleeper.sleep(1, { signal: AbortSignal.abort(reason) }), (error) => {
    assert.ok(error instanceof AbortError);
    assert.deepStrictEqual([error.name, error.code, error.cause], ['AbortError', 'ABORT_ERR', reason]);
    return true;
  });
  assert.strictEqual(await sleeper.free(), 'drained');
  assert.strictEqual(Sleeper.ended(), before);
});

test('a signal that aborts ends the op: its context is cancelled, the promise rejects with the reason', async () => {
  const sleeper = Sleeper.open();
  const before = Sleeper.ended();
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = Array.from({ length: 10 }, () => sleeper.sleep(60_000, { signal }));
  const other = sleeper.sleep(50);
  controller.abort('the reason');
  const error = { name: 'AbortError', code: 'ABORT_ERR', cause: 'the reason' };
  await Promise.all(aborted.map((each) => assert.rejects(each, error)));
  await other;
  assert.strictEqual(Sleeper.ended() - before, 11);
  assert.strictEqual(getEventListeners(signal, 'abort').length, 0);
  assert.strictEqual(await sleeper.free(), 'drained');
  await assert.rejects(Sleeper.open().sleep(60_000, { signal: AbortSignal.timeout(20) }), (error) => {
    assert.strictEqual(error.cause.name, 'TimeoutError');
    return error.name === 'AbortError';
  });
});

// Alone: a collection may tell of what other tests have dropped.
testAlone('a signal has one listener, however many calls it may abort: Node does not warn', async () => {
  const warnings = [];
  const onWarning = (warning) => warnings.push(`${warning}`);
  process.on('warning', onWarning);
  const sleeper = Sleeper.open();
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 40 }, (_, i) => sleeper.sleep(i < 20 ? 10 : 60_000, { signal }));
  assert.strictEqual(getEventListeners(signal, 'abort').length, 1);
  await Promise.all(calls.slice(0, 20));
  assert.strictEqual(getEventListeners(signal, 'abort').length, 1);
  const rejected = calls.slice(20).map((each) => assert.rejects(each, { code: 'ABORT_ERR' }));
  controller.abort();
  await Promise.all(rejected);
  assert.strictEqual(getEventListeners(signal, 'abort').length, 0);
  await new Promise(setImmediate);
  process.off('warning', onWarning);
  assert.deepStrictEqual(warnings, []);
  await sleeper.free();
});

test('an op that succeeds in spite of its signal delivers its result', async () => {
  const sleeper = Sleeper.open();
  const controller = new AbortController();
  const call = sleeper.stubborn(100, { signal: controller.signal });
  controller.abort();
  assert.strictEqual(await call, 'done');
  controller.abort(); // after the end: nothing
  assert.strictEqual(await sleeper.free(), 'drained');
});

test('a signal that outlives its call aborts nothing that comes later', async () => {
  const sleeper = Sleeper.open();
  const controller = new AbortController();
  for (let i = 0; i < 100; i++) await sleeper.sleep(0, { signal: controller.signal });
  assert.strictEqual(getEventListeners(controller.signal, 'abort').length, 0);
  const later = Array.from({ length: 100 }, () => sleeper.sleep(20));
  controller.abort();
  await Promise.all(later);
  await sleeper.free();
});

test('options that are no options are refused, by the promise', async () => {
  const sleeper = Sleeper.open();
  const error = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
  for (const signal of [1, 'x', {}, null, true]) await assert.rejects(sleeper.sleep(1, { signal }), error);
  for (const options of [1, 'x', null])
    await assert.rejects(sleeper.sleep(1, options), { name: 'TypeError' });
  await sleeper.sleep(0, {});
  await sleeper.sleep(0, undefined);
  await sleeper.sleep(0, { signal: undefined });
  assert.strictEqual(sleeper.freeSync(), 'drained');
});

test('FAULTS 48: an op that looks at its context only later sees the free that began meanwhile', async () => {
  const sleeper = Sleeper.open();
  const looks = Array.from({ length: 20 }, () => sleeper.look(50));
  const freed = sleeper.free();
  for (const look of looks) assert.strictEqual(await look, true);
  assert.strictEqual(await freed, 'drained');
});

testAlone('FAULTS 23: a call on a wrapper that is dropped and collected completes', async () => {
  const before = Counter.openCount();
  const call = Counter.openAsync(41).then((counter) => counter.addAsync(1));
  await collectGarbage();
  assert.strictEqual(await call, 42);
  // The same by the native functions, for a JS method keeps its `this` until it is over. An op that looks at
  // its context would be cut short if the handle were freed.
  const native = (Class, name) => addon.membersOf(Class).find((member) => member.name === name).call;
  const [sleep, addFrom] = [native('Sleeper', 'sleep'), native('Counter', 'addFromAsync')];
  const sleeps = Array.from({ length: 50 }, () => sleep(Sleeper.open().token, 100));
  const adds = Array.from({ length: 50 }, (_, i) =>
    addFrom(Counter.open(i).token, Counter.open(1).token, 100),
  );
  await collectGarbage();
  await Promise.all(sleeps);
  assert.deepStrictEqual(
    await Promise.all(adds),
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  await eventually(async () => {
    await collectGarbage();
    return Counter.openCount() === before;
  });
});

test('FAULTS 39: aborts of calls that are over or never were, and taking what is not there, do nothing', async () => {
  const sleeper = Sleeper.open();
  const { native } = addon;
  assert.strictEqual(await Echo.integerAsync(1), 1);
  const over = native.lastCall();
  const pending = sleeper.sleep(50);
  for (let i = 0; i < 3; i++) {
    for (const call of [over, 0, 2 ** 24, 2 ** 53 - 1]) native.abort(call);
    native.take();
  }
  await pending; // its call may have the place that the other had
  const { inFlight } = JSON.parse(native.handles()).find(({ token }) => token === sleeper.token);
  assert.strictEqual(inFlight, 0);
  assert.strictEqual(sleeper.freeSync(), 'drained');
});

test('a handle that comes as an answer nobody looks at is released', async () => {
  const before = Counter.openCount();
  for (let i = 0; i < 200; i++) Counter.openAsync(i);
  await eventually(() => Counter.openCount() === before + 200);
  await eventually(async () => {
    await collectGarbage();
    return Counter.openCount() === before;
  });
});

testAlone('FAULTS 18, 19: handles that were on their way to a worker that ended are released', async () => {
  const parent = Counter.open();
  const before = Counter.openCount();
  for (let round = 0; round < (full ? 40 : 4); round++) {
    const worker = startWorker(
      `
      const { Counter, Sleeper } = loadTestAddon();
      const parent = Counter.attach(workerData);
      for (let i = 0; i < 100; i++) parent.childAsync('x', i); // some before the end, some after
      for (let i = 0; i < 100; i++) Counter.openAsync(i);
      parentPort.postMessage('started');
      Sleeper.open().block(30); // completions queue up
      process.exit();
      `,
      { workerData: parent.token },
    );
    await nextMessage(worker);
    if (round % 2) await worker.terminate();
    else await exitOf(worker);
  }
  await eventually(() => Counter.openCount() === before);
  assert.strictEqual(parent.value(), 0);
  assert.strictEqual(await parent.free(), 'drained');
  assert.strictEqual(Counter.usedAfterClose(), 0);
});

test('an idle handle does not keep the process alive, a pending call does, and no longer than it lasts', async () => {
  await expectExit(`globalThis.kept = loadTestAddon().Counter.open();`);
  const { stdout } = await expectExit(`
    const { Sleeper, Echo } = loadTestAddon();
    globalThis.kept = Sleeper.open();
    await Echo.stringAsync('x');
    kept.sleep(200).then(() => console.log('slept'));
  `);
  assert.strictEqual(stdout, 'slept\n');
});

test('calls that were refused, failed or aborted do not keep the process alive', async () => {
  await expectExit(`
    const { Sleeper, Echo, Failer } = loadTestAddon();
    const sleeper = globalThis.kept = Sleeper.open();
    const freed = Sleeper.open();
    await freed.free();
    for (let i = 0; i < 100; i++) {
      freed.sleep(1).catch(() => {});
      Sleeper.prototype.sleep.call({}, 1).catch(() => {});
      Echo.integerAsync(0.5).catch(() => {});
      Failer.failAsync('plain').catch(() => {});
      sleeper.sleep(60_000, { signal: AbortSignal.timeout(10) }).catch(() => {});
    }
  `);
});

test('a worker ends by itself when its calls have ended', async () => {
  const worker = startWorker(`
    const { Sleeper } = loadTestAddon();
    globalThis.kept = Sleeper.open();
    kept.sleep(100).then(() => parentPort.postMessage('slept'));
  `);
  assert.strictEqual(await nextMessage(worker), 'slept');
  assert.strictEqual(await exitOf(worker), 0);
});

test('the event loop turns between the batches of a great many answers', async () => {
  const n = 20_000;
  const sleeper = Sleeper.open();
  let answered = 0;
  const calls = Array.from({ length: n }, () => Echo.integerAsync(1).then(() => answered++));
  sleeper.block(300); // all of them complete meanwhile
  const turns = [];
  while (answered < n) {
    await new Promise(setImmediate);
    turns.push(answered);
  }
  await Promise.all(calls);
  assert.ok(turns.length >= n / 1024, `${turns}`);
  sleeper.freeSync();
});
