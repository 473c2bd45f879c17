'use strict';

// FAULTS 36: threads that run out of heap or of stack in the middle of ops.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { Guard, handles } = require('..');
const { loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { expectChild, runChild, startWorker } = require('./support/bodies.js');
const { nextMessage } = require('./support/process.js');
const { eventually } = require('./support/wait.js');

const { Counter, Sleeper, addon } = loadTestAddon();
const live = () => JSON.parse(addon.native.stats()).live;
const inFlight = (handle) => handles().find(({ token }) => token === handle.token).inFlight;

after(() => addon.native.freeAll(0));

testAlone(
  'FAULTS 36: a worker at its heap limit, with ops in flight: its own error, and the others go on',
  async () => {
    const [sleeper, guard] = [Sleeper.open(), new Guard()];
    const ours = sleeper.sleep(2 ** 40);
    const refused = assert.rejects(ours, { code: 'ERR_HANDLE_FREED' }); // from now on, for it may come a turn before the outcome
    const ended = Sleeper.ended();
    const worker = startWorker(
      ({ addon, quiesce, parentPort }, tokens) => {
        const sleeper = addon.Sleeper.attach(tokens.sleeper);
        for (let i = 0; i < 20; i++) sleeper.sleep(2 ** 40).catch(() => {});
        quiesce.Guard.attach(tokens.guard).tryEnter();
        parentPort.postMessage('busy');
        const grown = [];
        for (;;) grown.push(sleeper, Array(1000).fill(grown.length), addon.Counter.open());
      },
      { sleeper: sleeper.token, guard: guard.token },
      { resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 } },
    );
    await nextMessage(worker);
    const [error] = await new Promise((resolve) => worker.on('error', (...args) => resolve(args)));
    assert.equal(error.code, 'ERR_WORKER_OUT_OF_MEMORY');
    await eventually(() => Sleeper.ended() === ended + 20);
    await eventually(() => live() === 1 && inFlight(guard) === 0 && inFlight(sleeper) === 1);
    assert.equal(Counter.openCount(), 0);
    assert.equal(await guard.free(), 'drained');
    assert.equal(await sleeper.free(), 'drained');
    await refused;
  },
);

test('FAULTS 36: a process at its heap limit with ops in flight dies of that, as Node does', async () => {
  const { code, signal, timedOut, stderr } = await runChild(
    ({ addon }) => {
      const sleeper = addon.Sleeper.open();
      for (let i = 0; i < 20; i++) sleeper.stubborn(2 ** 30);
      const grown = [];
      for (;;) grown.push(Array(1000).fill(grown.length));
    },
    { nodeArgs: ['--max-old-space-size=32'] },
  );
  assert.equal(timedOut, false);
  assert.ok(signal === 'SIGABRT' || code !== 0, `code ${code}, signal ${signal}`);
  assert.match(stderr, /heap out of memory/);
  assert.doesNotMatch(stderr, /^(fatal error|panic|unexpected fault)/m, 'nothing of Go');
});

test('FAULTS 36: recursion to the stack limit through every kind of op: a RangeError, and all goes on', async () => {
  const { result } = await expectChild(async ({ addon, quiesce, eventually, print }) => {
    const { Counter, Sleeper } = addon;
    const counter = Counter.open();
    const sleeper = Sleeper.open();
    const freed = Counter.open();
    await freed.free();
    const started = [];
    let depth = 0;
    const steps = [
      () => counter.add(1),
      () => started.push(sleeper.sleep(2 ** 40).catch((error) => error.code)),
      () => Counter.attach(counter.token).detach(),
      () => {
        try {
          freed.value();
        } catch (error) {
          if (error instanceof RangeError) throw error;
        }
      },
      () => new quiesce.Guard().freeSync(),
    ];
    const overflows = [];
    for (const step of steps) {
      const recurse = () => {
        depth++;
        if (depth % 50 === 0) step();
        recurse();
      };
      for (let i = 0; i < 20; i++) {
        depth = i; // to meet the limit in other places
        try {
          recurse();
        } catch (error) {
          overflows.push(error.name);
        }
      }
    }
    const during = [counter.value() > 0, started.length > 0, counter.freed];
    const outcomes = [await sleeper.free(), await counter.free()];
    const codes = new Set(await Promise.all(started));
    await eventually(() => addon.native.ops() === 0);
    print({ overflows: [...new Set(overflows)], during, outcomes, codes: [...codes] });
  });
  assert.deepEqual(result.overflows, ['RangeError']);
  assert.deepEqual(result.during, [true, true, false]);
  assert.deepEqual(result.outcomes, ['drained', 'drained']);
  assert.ok(result.codes.includes('ERR_HANDLE_FREED'));
});

testAlone('FAULTS 36: so in a worker, whose end leaves nothing behind', async () => {
  const before = live();
  const sleeper = Sleeper.open();
  const worker = startWorker(({ addon, parentPort }, token) => {
    const own = addon.Sleeper.attach(token);
    const recurse = () => {
      own.sleep(2 ** 40).catch(() => {});
      addon.Counter.open();
      recurse();
    };
    try {
      recurse();
    } catch (error) {
      parentPort.postMessage(error.name);
    }
    recurse(); // and dies of it
  }, sleeper.token);
  const failed = new Promise((resolve) => worker.once('error', resolve));
  assert.equal(await nextMessage(worker), 'RangeError');
  assert.equal((await failed).name, 'RangeError');
  await eventually(() => live() === before + 1);
  await eventually(() => inFlight(sleeper) === 0);
  assert.equal(await sleeper.free(), 'drained');
});
