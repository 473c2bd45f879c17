'use strict';

// Async methods: they end when their object is freed, when their signal aborts, or by themselves; and what becomes of
// the signal among options and rest parameters.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { AbortError, HandleFreedError } = require('quiesce/addon');
const { entryOf, shapes, toolkit } = require('./support/toolkit.js');
const { eventually } = require('./support/wait.js');

const { Folder, Shelf, Task, greetLater, intLater } = shapes;
const waiting = ['wait', 'waitCause', 'waitWrapped'];

after(() => toolkit.freeAll({ deadline: 0 }));

test('freeing the object cancels its methods: they reject, whatever of the context they return', async () => {
  for (const method of waiting) {
    const task = new Task();
    const calls = [task[method](), task[method]()];
    const refused = calls.map((call) => assert.rejects(call, { code: 'ERR_HANDLE_FREED' }));
    await eventually(() => task.running() === 2);
    assert.equal(await task.free(), 'drained');
    await Promise.all(refused);
  }
  const task = new Task();
  const error = task.wait().catch((thrown) => thrown);
  task.freeSync();
  assert.ok((await error) instanceof HandleFreedError);
});

test('an aborted signal cancels the method: an AbortError with the reason, and the object goes on', async () => {
  const task = new Task();
  for (const method of waiting) {
    const controller = new AbortController();
    const call = task[method]({ signal: controller.signal });
    await eventually(() => task.running() === 1);
    const reason = { mine: method };
    controller.abort(reason);
    const error = await call.catch((thrown) => thrown);
    assert.ok(error instanceof AbortError, method);
    assert.deepEqual([error.name, error.code], ['AbortError', 'ABORT_ERR']);
    assert.equal(error.cause, reason);
    await eventually(() => task.running() === 0);
  }
  assert.deepEqual(task.causes(), Array(3).fill('the operation was aborted'));
  assert.equal(entryOf(task).attachments, 1);
  assert.equal(await task.free(), 'drained');
});

test('a method that fails in its own words after all keeps them; one that succeeds delivers', async () => {
  const task = new Task();
  const controller = new AbortController();
  const { signal } = controller;
  const [other, anyway] = [task.waitOther({ signal }), task.anyway({ signal })];
  controller.abort();
  await assert.rejects(other, { code: 'ERR_EMPTY' });
  assert.equal(await anyway, 'anyway');
  const freed = task.anyway();
  assert.equal(await task.free(), 'drained');
  assert.equal(await freed, 'anyway');
});

test('a signal that has aborted keeps the method from being called', async () => {
  const task = new Task();
  const signal = AbortSignal.abort('why');
  await assert.rejects(task.wait({ signal }), { code: 'ABORT_ERR', cause: 'why' });
  await assert.rejects(task.sleep(1, { signal }), { code: 'ABORT_ERR' });
  await assert.rejects(task.run('x', { signal }), { code: 'ABORT_ERR' });
  await assert.rejects(Shelf.create('s', { signal }), { code: 'ABORT_ERR' });
  assert.deepEqual([task.running(), task.causes()], [0, null]);
  await task.free();
});

test('an abort that comes too late is nothing; listeners are taken off the signal', async () => {
  const task = new Task();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = { addEventListener: 0, removeEventListener: 0 };
  for (const name of Object.keys(listeners)) {
    signal[name] = (...args) => {
      listeners[name]++;
      EventTarget.prototype[name].apply(signal, args);
    };
  }
  for (let i = 0; i < 20; i++) assert.equal(await task.sleep(0, { signal }), 'slept');
  await assert.rejects(task.runStrict({ must: 5, signal }));
  assert.deepEqual(listeners, { addEventListener: 20, removeEventListener: 20 });
  controller.abort();
  await task.free();
});

test('a time-out of a signal, and several methods under one signal', async () => {
  const task = new Task();
  const calls = Array.from({ length: 10 }, () => task.wait({ signal: AbortSignal.timeout(5) }));
  for (const { status, reason } of await Promise.allSettled(calls)) {
    assert.deepEqual([status, reason.code, reason.cause.name], ['rejected', 'ABORT_ERR', 'TimeoutError']);
  }
  assert.equal(task.running(), 0);
  await task.free();
});

test('a method that does not look at its context makes the free time out; its object is closed after it', async () => {
  const task = new Task();
  const { closed } = shapes.countLives();
  const call = task.stubborn(100);
  assert.equal(await task.free({ deadline: 10 }), 'timed-out');
  assert.equal(shapes.countLives().closed, closed);
  assert.equal(await call, 'stubborn');
  await eventually(() => shapes.countLives().closed === closed + 1);
  assert.equal(shapes.countLives().misused, 0);
});

test('a constructor and a function with a context: with a signal likewise', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const calls = [Folder.load('x', 60_000, { signal }), greetLater('wait', { signal })];
  const refused = calls.map((call) => assert.rejects(call, { code: 'ABORT_ERR' }));
  await delay(5);
  controller.abort();
  await Promise.all(refused);
  assert.equal((await Folder.load('x', 0, { signal: new AbortController().signal })).name(), 'x');
});

test('the options after the arguments: left out, undefined, empty, with an undefined signal', async () => {
  const task = new Task();
  for (const args of [[], [undefined], [{}], [{ signal: undefined }]]) {
    assert.equal(await task.sleep(0, ...args), 'slept');
    assert.equal(await intLater('5', ...args), 5);
  }
  await task.free();
});

test('what is no signal, and one argument too many, reject', async () => {
  const task = new Task();
  for (const signal of [null, 5, 'abort', {}, new EventTarget()]) {
    const error = {
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: /^The "options\.signal" argument/,
    };
    await assert.rejects(task.sleep(0, { signal }), error);
    await assert.rejects(greetLater('a', { signal }), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  }
  await assert.rejects(task.sleep(0, { singal: AbortSignal.abort() }), {
    ...{ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' },
    message: /^The "options" argument has an unknown property "singal"; known is signal\./,
  });
  for (const extra of [5, 'a', null, [], new Set(), () => {}]) {
    await assert.rejects(task.sleep(0, extra), {
      name: 'TypeError',
      code: /^ERR_(TOO_MANY_ARGS|INVALID_ARG_TYPE)$/,
    });
  }
  await assert.rejects(task.sleep(0, {}, {}), { name: 'TypeError' });
  await assert.rejects(task.sleep({}), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message: /"ms"/ });
  await assert.rejects(task.sleep(), { name: 'TypeError', code: 'ERR_MISSING_ARGS' });
  await task.free();
});

test('an async method never throws', async () => {
  const task = new Task();
  const throwing = {
    get signal() {
      throw new Error('mine');
    },
  };
  await assert.rejects(task.sleep(0, throwing), { message: 'mine' });
  await assert.rejects(task.sleep(Symbol('s')), { code: 'ERR_INVALID_ARG_TYPE' });
  await task.free();
  await assert.rejects(task.sleep(0), { code: 'ERR_HANDLE_FREED' });
});
