'use strict';

// Functions that Go calls while their object is freed, their thread ends or floods come, and what they keep alive.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { testAlone } = require('./support/alone.js');
const { expectChild, runChild, startWorker } = require('./support/bodies.js');
const { exitOf, nextMessage } = require('./support/process.js');
const { entryOf, shapes, toolkit } = require('./support/toolkit.js');
const { eventually } = require('./support/wait.js');

const { Bell, countLives } = shapes;

after(() => toolkit.freeAll({ deadline: 0 }));

test('a flood drops what is beyond 1024 waiting calls, and one warning tells so', async () => {
  const { result } = await expectChild(async ({ shapes, delay, eventually, print }) => {
    const warnings = [];
    process.on('warning', ({ name, code, message }) => warnings.push([name, code, message]));
    const bell = new shapes.Bell();
    const seen = [];
    const f = (i) => seen.push(i);
    bell.ring(5000, f);
    await eventually(() => warnings.length === 1);
    await delay(10);
    const first = [...seen];
    bell.spread(4, 2000, (_goroutine, i) => seen.push(i)); // another function: a warning of its own
    await eventually(() => warnings.length === 2);
    bell.ring(10, f);
    await eventually(() => seen.length >= first.length + 1024 + 10);
    await delay(10);
    print({ first, length: seen.length, warnings });
  });
  assert.deepEqual(
    result.first,
    Array.from({ length: 1024 }, (_, i) => i),
    'the first ones, in order',
  );
  assert.equal(result.length, 1024 + 1024 + 10);
  for (const [name, code, message] of result.warnings) {
    assert.deepEqual([name, code], ['QuiesceWarning', 'QUIESCE_CALLBACK_OVERFLOW']);
    assert.match(message, /^A callback of Bell\.(ring|spread)\(\) .* 1024 calls/);
  }
});

test('a flood never blocks Go: it goes on while the thread is busy', async () => {
  const bell = new Bell();
  process.once('warning', () => {}); // of the flood
  bell.start(0, () => {});
  const end = performance.now() + 10_000;
  while (bell.calls() < 1500) assert.ok(performance.now() < end, 'without a turn of the event loop');
  assert.equal(await bell.free(), 'drained');
});

test('callbacks that are slow leave the event loop its turns', async () => {
  const bell = new Bell();
  let [calls, since, most] = [0, 0, 0];
  const timer = setInterval(() => {
    most = Math.max(most, since);
    since = 0;
  });
  bell.ring(300, () => {
    calls++;
    since++;
    for (const end = performance.now() + 3; performance.now() < end; );
  });
  await eventually(() => calls === 300);
  clearInterval(timer);
  // Two turns of some may come between: only a whole queue in one would be hundreds.
  assert.ok(most > 0 && most <= 64, `${most} calls in one turn`);
  await bell.free();
});

testAlone('FAULTS 6: freeSync() and free() in a callback do not deadlock, whoever calls it', async () => {
  const outcomes = [];
  const calls = [
    (bell, f) => bell.start(0, f),
    (bell, f) => bell.ring(3, f),
    (bell, f) => {
      bell.keep(f);
      bell.say('');
    },
  ];
  for (const call of calls) {
    const bell = new Bell();
    call(bell, () => bell.freed || outcomes.push(bell.freeSync({ deadline: 2000 })));
    await eventually(() => bell.freed);
  }
  const bell = new Bell();
  const running = bell.freeIn(() => bell.freed || outcomes.push(bell.freeSync({ deadline: 2000 })));
  await assert.rejects(running, { code: 'ERR_HANDLE_FREED' });
  assert.deepEqual(outcomes, Array(4).fill('drained'));
  const other = new Bell();
  let outcome;
  other.start(0, () => {
    outcome ??= other.free();
  });
  assert.equal(await eventually(() => outcome), 'drained');
  assert.equal(countLives().misused, 0);
});

test('a function that is kept does not keep the process alive; what waits is lost', async () => {
  const { result } = await expectChild(async ({ shapes, print }) => {
    const bell = new shapes.Bell();
    bell.keep(() => {});
    bell.start(100_000, () => {});
    process.on('exit', () => print('the end'));
  });
  assert.equal(result, 'the end');
});

test('FAULTS 16, 27: process.exit() in a callback, and while they come', async () => {
  for (const [where, expected] of [
    ['callback', 3],
    ['outside', 4],
  ]) {
    const { code, signal, timedOut } = await runChild(
      async ({ shapes, delay }, where) => {
        const bell = new shapes.Bell();
        let n = 0;
        bell.start(0, () => where === 'callback' && ++n === 50 && process.exit(3));
        await delay(30);
        if (where === 'outside') process.exit(4);
        await delay(20_000);
      },
      { data: where },
    );
    assert.deepEqual({ code, signal, timedOut }, { code: expected, signal: null, timedOut: false });
  }
});

testAlone(
  'FAULTS 17, 18, 19: a worker that is terminated under a flood: nothing is called any more, and what it held is given back',
  async () => {
    const bell = new Bell();
    let ours = 0;
    bell.start(0, () => ours++);
    for (let round = 0; round < 5; round++) {
      const worker = startWorker(async ({ shapes, parentPort }, token) => {
        const shared = shapes.Bell.attach(token);
        process.on('warning', () => {});
        let n = 0;
        shared.start(0, () => ++n === 20 && parentPort.postMessage('flooded'));
        for (let i = 0; i < 10; i++) shared.keep(() => {});
        shared.ringSlowly(() => {}).catch(() => {});
        const own = new shapes.Bell();
        own.start(0, () => {});
        own.ring(5000, () => {});
      }, bell.token);
      await nextMessage(worker);
      await worker.terminate();
      bell.say('to those that have ended');
      const before = ours;
      await eventually(() => ours > before);
    }
    bell.drop();
    await eventually(() => entryOf(bell).attachments === 2 && entryOf(bell).inFlight === 0);
    await eventually(() => toolkit.handles().length === 1);
    assert.equal(await bell.free(), 'drained');
    assert.equal(countLives().misused, 0);
  },
);

testAlone('FAULTS 27: process.exit() of a worker in its callback ends the worker alone', async () => {
  const bell = new Bell();
  const worker = startWorker(({ shapes }, token) => {
    shapes.Bell.attach(token).start(0, () => process.exit(9));
    setInterval(() => {}, 1000);
  }, bell.token);
  assert.equal(await exitOf(worker), 9);
  await eventually(() => entryOf(bell).attachments === 1 && entryOf(bell).inFlight === 0);
  assert.equal(await bell.free(), 'drained');
});

test('functions of several threads, of one object: each runs on the thread that passed it', async () => {
  const bell = new Bell();
  const seen = [];
  bell.keep((text) => seen.push(`main ${text}`));
  const workers = [1, 2].map((name) =>
    startWorker(
      ({ shapes, parentPort }, { token, name }) => {
        const { threadId } = require('node:worker_threads');
        const passed = threadId;
        const shared = shapes.Bell.attach(token);
        shared.keep((text) => parentPort.postMessage(`${name} ${text} ${threadId === passed}`));
        parentPort.on('message', () => parentPort.close());
        parentPort.postMessage('ready');
      },
      { token: bell.token, name },
    ),
  );
  await Promise.all(workers.map((worker) => nextMessage(worker)));
  const messages = Promise.all(workers.map((worker) => nextMessage(worker)));
  bell.say('hey');
  assert.deepEqual(await messages, ['1 hey true', '2 hey true']);
  await eventually(() => seen.length === 1);
  for (const worker of workers) worker.postMessage('end');
  await Promise.all(workers.map(exitOf));
  assert.equal(await bell.free(), 'drained');
});

test('what Go holds keeps its object open; the collection of all ends both', async () => {
  const { result } = await expectChild(async ({ shapes, toolkit, collectGarbage, eventually, print }) => {
    const calls = [];
    const token = (() => {
      const bell = new shapes.Bell();
      bell.keep((text) => calls.push(text));
      bell.ring(1, () => {}); // was called: must not be kept for that
      return bell.token;
    })();
    for (let i = 0; i < 5; i++) await collectGarbage();
    const bell = shapes.Bell.attach(token); // is still there, for what it holds
    bell.say('still');
    await eventually(() => calls.length === 1);
    bell.drop();
    bell.detach();
    await eventually(async () => {
      await collectGarbage();
      shapes.collect();
      return toolkit.toolkit.handles().length === 0;
    });
    print([calls, shapes.countLives()]);
  });
  assert.deepEqual(result, [['still'], { opened: 1, closed: 1, misused: 0 }]);
});

test('functions are let go of: a method that is passed one a thousand times keeps none', async () => {
  const bell = new Bell();
  const registry = new Set();
  let freed = 0;
  const watch = new FinalizationRegistry(() => freed++);
  for (let i = 0; i < 1000; i++) {
    const f = () => registry.add(i);
    watch.register(f);
    bell.ring(1, f);
  }
  await eventually(() => registry.size === 1000);
  const { collectGarbage } = require('./support/wait.js');
  await eventually(async () => {
    shapes.collect();
    await delay(1);
    await collectGarbage(1);
    return freed > 990 && entryOf(bell).attachments < 5;
  });
  await bell.free();
});
