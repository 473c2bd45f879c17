'use strict';

// Generated methods under what DESIGN.md's protocol is for: objects that several threads share, that are freed under
// their ops, whose threads end in the middle.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { testAlone } = require('./support/alone.js');
const { expectChild, runChild, startWorker } = require('./support/bodies.js');
const { exitOf, nextMessage } = require('./support/process.js');
const { entryOf, shapes, toolkit } = require('./support/toolkit.js');
const { eventually } = require('./support/wait.js');

const { Failer, Folder, Task, countLives } = shapes;

after(() => toolkit.freeAll({ deadline: 0 }));

/** In a worker: calls methods of all kinds of a shared folder until it is freed; posts what the calls came to. */
async function hammer({ shapes, parentPort }, token) {
  const { Folder } = shapes;
  const codes = {};
  let calls = 0;
  try {
    const shared = Folder.attach(token);
    const own = new Folder('own');
    for (let i = 0, over = false; !over; i++) {
      over = shared.freed; // and once more
      const list = [
        () => shared.name(),
        () => shared.rename(`n${i}`),
        () => shared.is(shared),
        () => own.is(shared),
        () => shared.same('x').path(),
        () => shared.sub('y').freeSync(),
        () => shared.subLater('z', 0).then((each) => each.path()),
        () => own.compare(shared, 0),
        () => shapes.noteOn(shared, 'note').text(),
        () => Folder.openIn(shared, 'in').detach(),
        () => shared.itself().detach(),
      ];
      for (const call of list) {
        try {
          await call();
          calls++;
        } catch (error) {
          const code = error.code ?? error.stack;
          codes[code] = (codes[code] ?? 0) + 1;
        }
      }
      if (i === 20) parentPort.postMessage('busy');
    }
    own.freeSync();
  } catch (error) {
    codes[error.code ?? error.stack] = 1; // of the attach
  }
  parentPort.postMessage({ codes: Object.keys(codes), calls });
}

testAlone(
  'FAULTS 1: four workers use an object by all kinds of methods while the main thread frees it',
  async () => {
    for (let round = 0; round < 3; round++) {
      const before = countLives();
      const folder = new Folder('shared');
      const workers = [1, 2, 3, 4].map(() => startWorker(hammer, folder.token));
      await Promise.all(workers.map((worker) => nextMessage(worker)));
      const ends = Promise.all(workers.map((worker) => nextMessage(worker)));
      const outcome = round === 1 ? folder.freeSync() : await folder.free();
      assert.equal(outcome, 'drained');
      for (const { codes, calls } of await ends) {
        assert.deepEqual(codes, ['ERR_HANDLE_FREED']);
        assert.ok(calls > 0);
      }
      await Promise.all(workers.map(exitOf));
      await eventually(() => countLives().closed - before.closed === countLives().opened - before.opened);
      assert.equal(countLives().misused, before.misused);
    }
  },
);

test('FAULTS 2: all threads free at once: one drains, the others learn that it was not them; Close runs once', async () => {
  const task = new Task();
  const { closed } = countLives();
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workers = [1, 2, 3].map(() =>
    startWorker(
      async ({ shapes, parentPort }, { token, gate }) => {
        const shared = shapes.Task.attach(token);
        shared.wait().catch(() => {});
        parentPort.postMessage('ready');
        Atomics.wait(gate, 0, 0);
        parentPort.postMessage(await shared.free());
      },
      { token: task.token, gate },
    ),
  );
  await Promise.all(workers.map((worker) => nextMessage(worker)));
  const outcomes = workers.map((worker) => nextMessage(worker));
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  outcomes.push(task.free());
  assert.deepEqual((await Promise.all(outcomes)).sort(), [...Array(3).fill('already-freeing'), 'drained']);
  assert.equal(countLives().closed, closed + 1);
});

testAlone(
  'FAULTS 17: a worker that is terminated in async methods: they are cancelled, others go on',
  async () => {
    const task = new Task();
    const ours = task.wait();
    const worker = startWorker(({ shapes, parentPort }, token) => {
      const shared = shapes.Task.attach(token);
      for (let i = 0; i < 20; i++) shared.wait().catch(() => parentPort.postMessage('a rejection'));
      parentPort.postMessage('busy');
    }, task.token);
    assert.equal(await nextMessage(worker), 'busy');
    await eventually(() => task.running() === 21);
    await worker.terminate();
    await eventually(() => task.running() === 1 && entryOf(task).attachments === 2);
    assert.equal(entryOf(task).inFlight, 1);
    const refused = assert.rejects(ours, { code: 'ERR_HANDLE_FREED' });
    assert.equal(await task.free(), 'drained');
    await refused;
  },
);

testAlone(
  'FAULTS 15: a worker that is terminated in a sync method ends after it; a free waits for it',
  async () => {
    const task = new Task();
    const { closed } = countLives();
    const worker = startWorker(({ shapes, parentPort }, token) => {
      const shared = shapes.Task.attach(token);
      parentPort.postMessage('now');
      shared.block(150);
    }, task.token);
    await nextMessage(worker);
    await eventually(() => entryOf(task).inFlight === 1);
    assert.deepEqual(
      entryOf(task).ops.map(({ method, count }) => [method, count]),
      [['block', 1]],
    );
    const [outcome] = await Promise.all([task.free(), worker.terminate()]);
    assert.equal(outcome, 'drained');
    assert.deepEqual([countLives().closed, countLives().misused], [closed + 1, 0]);
  },
);

test('FAULTS 46: a token that is shared outlives the worker that opened its object', async () => {
  const worker = startWorker(({ shapes, parentPort }) => {
    parentPort.postMessage(new shapes.Folder('from afar').share());
  });
  const token = await nextMessage(worker);
  await exitOf(worker);
  const folder = Folder.attach(token);
  assert.equal(folder.name(), 'from afar');
  assert.throws(() => Task.attach(token), { code: 'ERR_HANDLE_TYPE' });
  assert.equal(await folder.free(), 'drained');
});

test('a wrapper that is collected gives its object up; ops in flight, children and iterations hold it', async () => {
  const { result, stderr } = await expectChild(
    async ({ shapes, toolkit, collectGarbage, eventually, print }) => {
      const { Folder, Task, Plain, countLives } = shapes;
      const controller = new AbortController();
      const later = (() => new Task().anyway({ signal: controller.signal }))();
      const sub = (() => new Folder('p').sub('c'))();
      for (let i = 0; i < 5; i++) await collectGarbage();
      const during = countLives().closed;
      controller.abort();
      const values = [await later, sub.path()];
      sub.freeSync();
      (() => new Plain('none'))();
      await eventually(async () => {
        await collectGarbage();
        return toolkit.toolkit.handles().length === 0;
      });
      await new Promise(setImmediate);
      print([during, values, countLives()]);
    },
  );
  assert.deepEqual(result, [0, ['anyway', 'p/c'], { opened: 4, closed: 4, misused: 0 }]);
  const warned = [...stderr.matchAll(/QUIESCE_LEAK.*A (\w+) was collected/g)].map(([, name]) => name);
  assert.deepEqual(
    warned.sort(),
    ['Plain', 'Task'],
    'of those that nothing else held open, once for each class',
  );
});

test('handles(), stats() and freeAll() cover the addon', async () => {
  const { handles, stats, freeAll } = toolkit;
  assert.deepEqual(handles(), []);
  const before = stats();
  const [folder, task] = [new Folder('f'), new Task(), new Failer('none')];
  const child = folder.sub('c');
  const waits = task.wait().catch(({ code }) => code);
  const iterator = new shapes.Source().numbersOf(-1);
  await iterator.next();
  const list = handles();
  assert.deepEqual(list.map((each) => each.class).sort(), [
    ...['AsyncIterator', 'Failer', 'Folder', 'Folder', 'Source', 'Task'],
  ]);
  const { state, ops, parent } = list.find(({ token }) => token === task.token);
  assert.deepEqual([state, ops.map(({ method }) => method), parent], ['open', ['wait'], undefined]);
  assert.equal(entryOf(child).parent, folder.token);
  assert.deepEqual([stats().live - before.live, stats().opened - before.opened], [6, 6]);
  const { drained, timedOut, errors } = await freeAll();
  assert.deepEqual([drained, timedOut, errors], [4, 0, []], 'children go with their parents');
  assert.equal(await waits, 'ERR_HANDLE_FREED');
  assert.deepEqual(handles(), []);
});

test('FAULTS 16: process.exit() with methods of all kinds in flight, in the main thread and in workers', async () => {
  const { code, signal, timedOut } = await runChild(async ({ shapes, startWorker, nextMessage }) => {
    const task = new shapes.Task();
    const body = ({ shapes, parentPort }, token) => {
      const shared = shapes.Task.attach(token);
      for (let i = 0; i < 10; i++) shared.wait().catch(() => {});
      shared.stubborn(2 ** 30);
      new shapes.Source().silent().next();
      new shapes.Bell().start(0, () => {});
      parentPort.postMessage('busy');
      shared.block(100);
    };
    await Promise.all([1, 2].map(() => nextMessage(startWorker(body, task.token))));
    for (let i = 0; i < 10; i++) task.wait().catch(() => {});
    task.stubborn(2 ** 30);
    process.exit(6);
  });
  assert.deepEqual({ code, signal, timedOut }, { code: 6, signal: null, timedOut: false });
});
