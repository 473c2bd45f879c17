'use strict';

// Functions as arguments: Go calls them at any time, from any goroutine, and they run on the thread that passed them.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { after, test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { expectChild } = require('./support/bodies.js');
const { called, entryOf, shapes, toolkit } = require('./support/toolkit.js');
const { eventually } = require('./support/wait.js');

const { Bell, Watcher, countLives, each, eachLater } = shapes;
const numbers = (n) => Array.from({ length: n }, (_, i) => i);

after(() => toolkit.freeAll({ deadline: 0 }));

test('with 0 to 4 values of all kinds', async () => {
  const bell = new Bell();
  const entry = { word: 'w', count: 1 };
  assert.deepEqual(await called((f) => bell.none(f)), [[]]);
  assert.deepEqual(await called((f) => bell.one(entry, true, f)), [[entry]]);
  assert.deepEqual(await called((f) => bell.one(null, true, f)), [[null]]);
  assert.deepEqual(await called((f) => bell.entry('four', f)), [[{ word: 'four', count: 4 }]]);
  assert.deepEqual(await called((f) => bell.two(f)), [['two', 2]]);
  assert.deepEqual(await called((f) => bell.three(f)), [[[1, 2, 3], { a: 'en' }, new Date(5)]]);
  assert.deepEqual(await called((f) => bell.four(f)), [[2n ** 62n, Buffer.of(1, 2), null, [true, false]]]);
  await bell.free();
});

test('in the order of the calls, and never while the method runs', async () => {
  const bell = new Bell();
  const seen = [];
  assert.equal(
    bell.ring(1000, (i) => seen.push(i)),
    1000,
  );
  assert.deepEqual(seen, []);
  bell.ring(3, (i) => seen.push(`second ${i}`));
  await eventually(() => seen.length === 1003);
  assert.deepEqual(seen, [...numbers(1000), 'second 0', 'second 1', 'second 2']);
  await bell.free();
});

test('two functions of one method keep their order among each other', async () => {
  const bell = new Bell();
  const seen = [];
  bell.both(
    (n) => seen.push(n),
    (s) => seen.push(s),
  );
  await eventually(() => seen.length === 4);
  assert.deepEqual(seen, [1, 'a', 2, 'b']);
  await bell.free();
});

test('what an async method has called runs before its promise settles, also when it fails', async () => {
  const bell = new Bell();
  for (const n of [0, 1, 10, 1000]) {
    const seen = [];
    assert.equal(await bell.ringLater(n, (i) => seen.push(i)), n);
    assert.deepEqual(seen, numbers(n));
    seen.length = 0;
    await assert.rejects(
      bell.ringAndFail(n, (i) => seen.push(i)),
      { code: 'ERR_EMPTY' },
    );
    assert.deepEqual(seen, numbers(n));
  }
  const seen = [];
  assert.equal(await eachLater(2, (text) => seen.push(text)), undefined);
  assert.deepEqual(seen, ['item 0', 'item 1']);
  await bell.free();
});

test('a function of the package takes one too', async () => {
  assert.deepEqual(await called((f) => each(3, f), 3), [['item 0'], ['item 1'], ['item 2']]);
});

test('from many goroutines at once: none is lost, and those of one goroutine keep their order', async () => {
  const bell = new Bell();
  const seen = numbers(10).map(() => []);
  bell.spread(10, 100, (goroutine, i) => seen[goroutine].push(i));
  await eventually(() => seen.every(({ length }) => length === 100));
  for (const list of seen) assert.deepEqual(list, numbers(100));
  await bell.free();
});

test('long after the method has returned, until it is dropped', async () => {
  const bell = new Bell();
  const seen = [];
  bell.keep((text) => seen.push(['a', text]));
  bell.keep((text) => seen.push(['b', text]));
  for (const text of ['one', 'two']) bell.say(text);
  await eventually(() => seen.length === 4);
  assert.deepEqual(seen.map(([who, text]) => who + text).sort(), ['aone', 'atwo', 'bone', 'btwo']);
  assert.equal(entryOf(bell).attachments, 3, 'Go holds two of them');
  bell.drop();
  bell.say('three');
  await delay(5);
  assert.equal(seen.length, 4);
  await eventually(() => {
    shapes.collect();
    return entryOf(bell).attachments === 1;
  });
  await bell.free();
});

test('a function runs in the async context in which it was passed', async () => {
  const bell = new Bell();
  const storage = new AsyncLocalStorage();
  const seen = [];
  for (const store of ['x', 'y'])
    storage.run(store, () => bell.keep((text) => seen.push([text, storage.getStore()])));
  storage.run('z', () => bell.say('hey'));
  await eventually(() => seen.length === 2);
  assert.deepEqual(seen.map(([, store]) => store).sort(), ['x', 'y']);
  await storage.run('later', () => bell.ringLater(1, () => seen.push(storage.getStore())));
  assert.equal(seen.at(-1), 'later');
  await bell.free();
});

test('a function may call its own object, and any other, and pass a function on', async () => {
  const bell = new Bell();
  const seen = [];
  bell.ring(1, () => {
    bell.ring(1, (i) => seen.push(i));
    bell.keep((text) => seen.push(text));
    bell.say('said');
  });
  await eventually(() => seen.length === 2);
  assert.deepEqual(seen, [0, 'said']);
  await bell.free();
});

test('what is no function is refused, and the error names the argument', async () => {
  const bell = new Bell();
  for (const value of [undefined, null, 5, 'f', {}, [], class {}.prototype]) {
    const error = {
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: /^The "f" argument must be of type function/,
    };
    assert.throws(() => bell.ring(1, value), error);
    assert.throws(() => new Watcher(value), error);
    await assert.rejects(bell.ringLater(1, value), error);
    assert.throws(() => bell.both(() => {}, value), { ...error, message: /^The "g" argument/ });
  }
  assert.throws(() => bell.ring(1), { code: 'ERR_MISSING_ARGS', message: /"f"/ });
  assert.throws(() => bell.ring(0.5, () => {}), { name: 'RangeError', message: /"n"/ });
  assert.equal(entryOf(bell).attachments, 1, 'nothing was kept');
  await bell.free();
  assert.throws(() => bell.ring(1, () => assert.fail('called')), { code: 'ERR_HANDLE_FREED' });
});

test('a method that panics after it has called: the call is made all the same', async () => {
  const bell = new Bell();
  const seen = [];
  assert.throws(() => bell.panic((text) => seen.push(text)), { code: 'ERR_GO_PANIC' });
  await eventually(() => seen.length === 1);
  assert.deepEqual(seen, ['before']);
  await bell.free();
});

test('FAULTS 27: a throw is an uncaught exception, with the error itself; the calls that follow are made', async () => {
  const { result } = await expectChild(async ({ shapes, toolkit, eventually, print }) => {
    const errors = [];
    process.on('uncaughtException', (error, origin) => errors.push([error.message, origin]));
    const bell = new shapes.Bell();
    const seen = [];
    bell.ring(4, (i) => {
      seen.push(i);
      if (i % 2 === 0) throw new Error(`mine ${i}`);
    });
    await eventually(() => seen.length === 4 && errors.length === 2);
    const later = await bell.ringLater(2, () => {
      throw new Error('later');
    });
    await eventually(() => errors.length === 4);
    const [{ inFlight }] = toolkit.toolkit.handles();
    print([seen, errors, later, inFlight, bell.freeSync()]);
  });
  assert.deepEqual(result[0], [0, 1, 2, 3]);
  const uncaught = ['mine 0', 'mine 2', 'later', 'later'].map((message) => [message, 'uncaughtException']);
  assert.deepEqual(result.slice(1), [uncaught, 2, 0, 'drained']);
});

test('FAULTS 27: without a listener a throw ends the process, as in any event listener', async () => {
  const { stderr } = await expectChild(
    async ({ shapes, delay }) => {
      new shapes.Bell().ring(1, () => {
        throw new Error('mine and fatal');
      });
      await delay(5000);
    },
    { code: 1 },
  );
  assert.match(stderr, /Error: mine and fatal/);
});

test('nothing is called after the object was freed, not what waited either', async () => {
  const bell = new Bell();
  let calls = 0;
  bell.start(1, () => calls++);
  await eventually(() => calls > 3);
  assert.equal(await bell.free(), 'drained');
  const then = calls;
  const other = new Bell();
  other.ring(100, () => calls++);
  assert.equal(other.freeSync(), 'drained');
  await delay(20);
  assert.equal(calls, then);
});

test('a constructor takes a function: it is called until the object is released', async () => {
  const seen = [];
  const watcher = new Watcher((text) => seen.push(text));
  watcher.tell('a');
  await eventually(() => seen.length === 1);
  assert.equal(await watcher.free(), 'drained');
  const heard = [...seen]; // what its Close calls may still be, before it returns
  assert.deepEqual(heard, ['a', 'closed'].slice(0, heard.length));
  await delay(20);
  assert.deepEqual(seen, heard, 'nothing is called after the release');
  assert.equal(countLives().misused, 0);
});
