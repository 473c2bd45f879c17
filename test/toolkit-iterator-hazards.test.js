'use strict';

// Iterations whose object is freed under them, whose wrapper is collected, whose thread ends in the middle, and
// producers that do not do as they are told.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { expectChild, runChild, startWorker } = require('./support/bodies.js');
const { nextMessage } = require('./support/process.js');
const { collect, entryOf, iterations, shapes, toolkit } = require('./support/toolkit.js');
const { eventually } = require('./support/wait.js');

const { Source, countLives } = shapes;
const freed = { name: 'HandleFreedError', code: 'ERR_HANDLE_FREED' };

after(() => toolkit.freeAll({ deadline: 0 }));

test('a producer that goes on when its yield returned false is stopped by a panic that nobody hears of', async () => {
  const source = new Source();
  for await (const i of source.rude(1000)) if (i === 3) break;
  assert.deepEqual(iterations(source), []);
  assert.equal((await collect(source.rude(1000))).length, 1000);
  assert.equal(await source.free(), 'drained');
});

test('a producer that is deaf for a while: return() and free() wait for it, up to the deadline', async () => {
  const source = new Source();
  const iterator = source.deaf(150);
  await iterator.next();
  const begun = performance.now();
  await iterator.return();
  assert.ok(performance.now() - begun > 100);
  assert.equal(source.running(), 0);

  const other = source.deaf(200);
  await other.next();
  const { closed } = countLives();
  assert.equal(await source.free({ deadline: 10 }), 'timed-out');
  assert.equal(countLives().closed, closed, 'not under the producer');
  await assert.rejects(other.next(), freed);
  await eventually(() => countLives().closed === closed + 1);
  assert.equal(countLives().misused, 0);
});

test('the object is freed in the body of the loop: the items that were fetched come, then the error', async () => {
  const source = new Source();
  const items = [];
  const loop = async () => {
    for await (const i of source.numbersOf(-1)) {
      if (items.push(i) === 5) assert.equal(source.freeSync(), 'drained');
    }
  };
  await assert.rejects(loop(), freed);
  assert.ok(items.length >= 5 && items.every((item, i) => item === i));
});

test('an iteration that nobody holds any more is given up: its context is cancelled, without a warning', async () => {
  const { result, stderr } = await expectChild(
    async ({ shapes, toolkit, collectGarbage, eventually, print }) => {
      const source = new shapes.Source();
      const { signal } = new AbortController(); // lives on, and must not keep the iteration
      const begun = await (async () => {
        const held = ['numbersOf', 'numbers'].map((make) => source[make](-1, { signal }));
        held.push(source.entriesOf(3, 'wait'));
        for (const each of held) await each.next();
        source.numbers(5); // not even begun
        return [source.running(), held.length]; // a collection may come at any time once they are let go of
      })();
      await eventually(async () => {
        await collectGarbage();
        return source.running() === 0 && toolkit.iterations().length === 0;
      });
      print([begun, source.causes().length, signal.aborted, await source.free()]);
    },
  );
  assert.deepEqual([result, stderr], [[[3, 3], 2, false, 'drained'], '']);
});

test('an iteration that is under way is not collected: it keeps itself and its object', async () => {
  const { result } = await expectChild(async ({ shapes, collectGarbage, print }) => {
    const items = (async () => {
      const list = [];
      for await (const i of new shapes.Source().slowNumbers(20, 2)) list.push(i);
      return list.length;
    })();
    const pending = new shapes.Source().slowNumbers(1, 50).next();
    for (let i = 0; i < 10; i++) await collectGarbage();
    print([await items, (await pending).value]);
  });
  assert.deepEqual(result, [20, 0]);
});

test('a pending next() keeps the process alive; an idle iteration does not', async () => {
  const { result } = await expectChild(async ({ shapes, print }) => {
    const source = new shapes.Source();
    source.numbers(-1).next(); // is full, and waits
    source.silent(); // is not begun
    const slow = source.slowNumbers(1, 100);
    slow.next().then(print);
  });
  assert.deepEqual(result, { done: false, value: 0 });
});

test('process.exit() in the middle of iterations', async () => {
  const { code, signal, timedOut } = await runChild(async ({ shapes }) => {
    const source = new shapes.Source();
    for (let i = 0; i < 5; i++) source.silent().next();
    let n = 0;
    for await (const _ of source.numbers(-1)) if (++n === 5000) process.exit(7);
  });
  assert.deepEqual({ code, signal, timedOut }, { code: 7, signal: null, timedOut: false });
});

test('a worker that is terminated in the middle of iterations: its producers end, others go on', async () => {
  const source = new Source();
  const ours = source.numbersOf(-1);
  await ours.next();
  for (let round = 0; round < 5; round++) {
    const worker = startWorker(async ({ shapes, parentPort }, token) => {
      const shared = shapes.Source.attach(token);
      for (const each of [shared, new shapes.Source()]) {
        each.silent().next();
        each.neverSent().next();
        (async () => {
          for await (const i of each.numbersOf(-1)) if (i === 2000) parentPort.postMessage('running');
        })();
      }
    }, source.token);
    await nextMessage(worker);
    await worker.terminate();
    await eventually(() => source.running() === 1 && iterations().length === 1);
    assert.equal(entryOf(source).inFlight, 1);
  }
  for (let i = 1; i < 1000; i++) assert.deepEqual(await ours.next(), { done: false, value: i });
  await ours.return();
  assert.equal(await source.free(), 'drained');
  assert.equal(countLives().misused, 0);
});

test('a worker iterates an object that the main thread frees', async () => {
  const source = new Source();
  const workers = [1, 2, 3].map(() =>
    startWorker(async ({ shapes, parentPort }, token) => {
      const shared = shapes.Source.attach(token);
      const end = (error) => parentPort.postMessage(error.code);
      const loop = async () => {
        for await (const i of shared.numbersOf(-1)) if (i === 1000) parentPort.postMessage('running');
      };
      loop().catch(end);
    }, source.token),
  );
  assert.deepEqual(await Promise.all(workers.map((worker) => nextMessage(worker))), Array(3).fill('running'));
  const ends = Promise.all(workers.map((worker) => nextMessage(worker)));
  assert.equal(await source.free(), 'drained');
  assert.deepEqual(await ends, Array(3).fill('ERR_HANDLE_FREED'));
  assert.equal(countLives().misused, 0);
});

test('return(), abort, free and garbage in any order, over and over: nothing is left, nothing is misused', async () => {
  const { goroutines } = shapes;
  const before = goroutines();
  for (let round = 0; round < 60; round++) {
    const source = new Source();
    const controller = new AbortController();
    const list = [
      source.numbersOf(-1, { signal: controller.signal }),
      source.entriesOf(round, 'wait'),
      source.sentOf(-1),
      source.chunks(-1, 5000),
    ];
    const loop = async (iterator) => {
      for await (const _ of iterator) if (Math.random() < 0.01) break;
    };
    const ends = Promise.allSettled(list.map(loop));
    await delay(round % 3);
    const steps = [
      () => controller.abort(),
      () => Promise.all(list.slice(0, 2).map((each) => each.return())),
      () => source.free(),
    ];
    await Promise.allSettled(steps.sort(() => Math.random() - 0.5).map((step) => step()));
    await source.free();
    await ends;
  }
  assert.deepEqual(iterations(), []);
  assert.equal(countLives().misused, 0);
  await eventually(() => goroutines() <= before + 2);
});
