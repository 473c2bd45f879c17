'use strict';

// Workers that are terminated and processes that exit in the middle of ops: nothing crashes, nothing hangs, and
// what the dead held is given back.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { full, loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { expectChild, runChild, startWorker } = require('./support/bodies.js');
const { exitOf, nextMessage } = require('./support/process.js');
const { eventually } = require('./support/wait.js');

const { Sleeper, Counter, addon } = loadTestAddon();
const entryOf = ({ token }) => JSON.parse(addon.native.handles()).find((each) => each.token === token);

after(() => addon.native.freeAll(0)); // a failure must not leave ops that keep the process

testAlone(
  'FAULTS 15: a worker terminated in a sync op ends after the op; others are not affected',
  async () => {
    const sleeper = Sleeper.open();
    const worker = startWorker(({ addon, parentPort }, token) => {
      const own = addon.Sleeper.attach(token);
      parentPort.postMessage(Date.now());
      own.block(400);
    }, sleeper.token);
    const begun = await nextMessage(worker);
    await eventually(() => entryOf(sleeper).inFlight === 1);
    const [{ method, count }] = entryOf(sleeper).ops;
    assert.deepEqual([method, count], ['block', 1]);
    const terminated = worker.terminate();
    await sleeper.sleep(10); // an op of ours
    await terminated;
    assert.ok(Date.now() - begun >= 390, 'not before the op');
    assert.deepEqual([entryOf(sleeper).inFlight, entryOf(sleeper).attachments], [0, 1]);
    assert.equal(await sleeper.free(), 'drained');
  },
);

testAlone('FAULTS 15: a free waits for the sync op of a worker that is being terminated', async () => {
  const sleeper = Sleeper.open();
  const closed = Sleeper.closed();
  const worker = startWorker(({ addon, parentPort }, token) => {
    const own = addon.Sleeper.attach(token);
    parentPort.postMessage('now');
    own.block(300);
  }, sleeper.token);
  await nextMessage(worker);
  await eventually(() => entryOf(sleeper).inFlight === 1);
  const order = [];
  const freed = sleeper.free().then((outcome) => order.push(outcome));
  await Promise.all([freed, worker.terminate().then(() => order.push('terminated'))]);
  assert.deepEqual(order.sort(), ['drained', 'terminated']);
  assert.equal(Sleeper.closed(), closed + 1);
});

/** Starts a worker with async ops of one's choice in flight, on a shared handle and on one of its own. */
async function startBusy(shared, { sleeps = 0, stubborn = 0, ms = 0 }) {
  const worker = startWorker(
    ({ addon, parentPort }, { token, sleeps, stubborn, ms }) => {
      const { Sleeper } = addon;
      for (const each of [Sleeper.attach(token), Sleeper.open()]) {
        for (let i = 0; i < sleeps; i++)
          each.sleep(2 ** 40).catch(() => parentPort.postMessage('a rejection'));
        for (let i = 0; i < stubborn; i++) each.stubborn(ms).then(() => parentPort.postMessage('a result'));
      }
      parentPort.postMessage('busy');
    },
    { token: shared.token, sleeps, stubborn, ms },
  );
  assert.equal(await nextMessage(worker), 'busy');
  return worker;
}

testAlone(
  'FAULTS 17: terminating a worker cancels its async ops, and gives back what they held',
  async () => {
    const sleeper = Sleeper.open();
    const ours = sleeper.sleep(2 ** 40); // another env's op is left alone
    const refused = assert.rejects(ours, { code: 'ERR_HANDLE_FREED' }); // from now on, for it may come a turn before the outcome
    const [ended, closed] = [Sleeper.ended(), Sleeper.closed()];
    const worker = await startBusy(sleeper, { sleeps: 50 });
    assert.deepEqual([entryOf(sleeper).inFlight, entryOf(sleeper).attachments], [51, 53]);
    await worker.terminate();
    await eventually(() => Sleeper.ended() === ended + 100);
    await eventually(() => Sleeper.closed() === closed + 1); // the one of its own
    await eventually(() => entryOf(sleeper).attachments === 2);
    assert.equal(entryOf(sleeper).inFlight, 1);
    assert.equal(sleeper.freed, false);
    assert.equal(await sleeper.free(), 'drained');
    await refused;
  },
);

testAlone(
  'FAULTS 17, 18: ops that ignore it run on after their env is gone, hold the handle, and are dropped once',
  async () => {
    const sleeper = Sleeper.open();
    const [ended, closed] = [Sleeper.ended(), Sleeper.closed()];
    const worker = await startBusy(sleeper, { stubborn: 20, ms: 1500 });
    await worker.terminate();
    assert.equal(Sleeper.ended(), ended, 'they still run');
    assert.equal(entryOf(sleeper).inFlight, 20);
    const freed = sleeper.free().then((outcome) => [outcome, Sleeper.ended() - ended >= 20]);
    assert.deepEqual(await freed, ['drained', true], 'Close does not run under them');
    await eventually(() => Sleeper.ended() === ended + 40 && Sleeper.closed() === closed + 2);
  },
);

testAlone('FAULTS 20: A and B share a handle; A dies in the middle, and B does not notice', async () => {
  const sleeper = Sleeper.open();
  const [a, b] = [
    await startBusy(sleeper, { sleeps: 3 }),
    await startBusy(sleeper, { stubborn: 2, ms: 400 }),
  ];
  const results = [];
  b.on('message', (message) => results.push(message));
  await a.terminate();
  await eventually(() => entryOf(sleeper).inFlight <= 2);
  await eventually(() => results.length === 4); // on both handles
  assert.deepEqual(new Set(results), new Set(['a result']));
  await b.terminate();
  assert.equal(await sleeper.free(), 'drained');
});

test('FAULTS 19: completions that are queued when their env dies are dropped, their memory with them', {
  timeout: 120_000,
}, async (t) => {
  const { result } = await expectChild(
    async ({ addon, startWorker, nextMessage, eventually, delay, print }) => {
      const body = async ({ addon, parentPort }) => {
        const { Echo, Counter } = addon;
        const counter = Counter.open();
        for (let i = 0; i < 40; i++) Echo.bytesOfAsync(4_000_000).catch(() => {});
        for (let i = 0; i < 100; i++) Counter.openAsync().catch(() => {});
        // One completes in each moment: before the env ends, while it does, and afterwards.
        for (let i = 0; i < 300; i++) counter.childAsync('x', i / 3).catch(() => {});
        parentPort.postMessage('queued');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // nothing is delivered any more
      };
      const rss = [];
      for (let round = 0; round < 15; round++) {
        const worker = startWorker(body);
        await nextMessage(worker);
        await delay(50); // some complete
        await worker.terminate();
        await eventually(() => addon.Counter.openCount() === 0);
        rss.push(process.memoryUsage.rss() / 2 ** 20);
      }
      print({ rss, live: JSON.parse(addon.native.stats()).live, ops: addon.native.ops() });
    },
    { timeout: 100_000 },
  );
  const [early, late] = [Math.min(...result.rss.slice(3, 7)), Math.min(...result.rss.slice(-4))];
  t.diagnostic(`RSS ${early.toFixed(0)} MB, later ${late.toFixed(0)} MB; 160 MB were made in each round`);
  assert.deepEqual([result.live, result.ops], [0, 0]);
  assert.ok(late - early < 200, `grew by ${late - early} MB`);
});

test('FAULTS 16: process.exit() with ops in flight, in the main thread: the right code, no crash, no hang', async () => {
  const { code, signal, timedOut } = await runChild(({ addon, quiesce }) => {
    const sleeper = addon.Sleeper.open(10_000); // a Close that nobody waits for
    for (let i = 0; i < 20; i++) sleeper.sleep(2 ** 40).catch(() => {});
    for (let i = 0; i < 20; i++) sleeper.stubborn(2 ** 30);
    new quiesce.Guard().tryEnter();
    sleeper.free();
    setTimeout(() => process.exit(7), 20);
  });
  assert.deepEqual({ code, signal, timedOut }, { code: 7, signal: null, timedOut: false });
});

test('FAULTS 16: process.exit() of the main thread while workers are in sync and async ops', async () => {
  const { code, signal, timedOut } = await runChild(
    async ({ addon, startWorker, nextMessage, eventually }) => {
      const sleeper = addon.Sleeper.open();
      globalThis.sleeper = sleeper; // not to be collected meanwhile
      const body = ({ addon, parentPort }, token) => {
        const own = addon.Sleeper.attach(token);
        for (let i = 0; i < 20; i++) own.sleep(2 ** 40).catch(() => {});
        parentPort.postMessage('busy');
        own.block(1500); // long enough for a busy machine to see all ops at once
      };
      const workers = [startWorker(body, sleeper.token), startWorker(body, sleeper.token)];
      await Promise.all(workers.map((each) => nextMessage(each)));
      await eventually(() => JSON.parse(addon.native.stats()).ops === 42);
      process.exit(5);
    },
  );
  assert.deepEqual({ code, signal, timedOut }, { code: 5, signal: null, timedOut: false });
});

testAlone('FAULTS 16: process.exit() in a worker with ops in flight ends the worker alone', async () => {
  const sleeper = Sleeper.open();
  const ended = Sleeper.ended();
  const worker = startWorker(({ addon }, token) => {
    const own = addon.Sleeper.attach(token);
    for (let i = 0; i < 20; i++) own.sleep(2 ** 40).catch(() => {});
    own.block(20);
    process.exit(9);
  }, sleeper.token);
  assert.equal(await exitOf(worker), 9);
  await eventually(() => Sleeper.ended() === ended + 20);
  assert.equal(await sleeper.free(), 'drained');
});

for (const [how, expected] of [
  ['an exception', 1],
  ['process.exitCode', 4],
]) {
  test(`FAULTS 16: a process that ends by ${how} with ops in flight has its code`, async () => {
    const { code, signal, timedOut } = await runChild(
      ({ addon }, how) => {
        addon.Sleeper.open().sleep(how === 'an exception' ? 2 ** 40 : 50);
        if (how === 'an exception') throw new Error('mine');
        process.exitCode = 4; // waits for the op
        process.on('exit', () => {
          if (addon.Sleeper.ended() !== 1) process.exitCode = 6;
        });
      },
      { data: how },
    );
    assert.deepEqual({ code, signal, timedOut }, { code: expected, signal: null, timedOut: false });
  });
}

test('an idle handle does not keep the process alive, an op that is pending does', async () => {
  const { stdout } = await expectChild(({ addon, quiesce }) => {
    const sleeper = addon.Sleeper.open();
    new quiesce.Guard().share(); // neither does a share, nor an enter
    new quiesce.Guard().tryEnter();
    process.on('exit', () => console.log('"the end"'));
    sleeper.stubborn(100).then((result) => console.log(`"${result}"`));
  });
  assert.deepEqual(stdout.trim().split('\n'), ['"done"', '"the end"']);
});

const rounds = full ? 1000 : 40;

test(`FAULTS 21: the addon loaded only in workers, ${rounds} times, half of them terminated in an op`, {
  timeout: 900_000,
}, async (t) => {
  const { result } = await expectChild(
    async ({ startWorker, nextMessage, exitOf, print }, rounds) => {
      const body = async ({ addon, parentPort }, way) => {
        const { Sleeper, Counter } = addon;
        const sleeper = Sleeper.open();
        sleeper.sleep(2 ** 40).catch(() => {});
        if (way === 'exit') {
          parentPort.postMessage(await Counter.open().addAsync(1));
          process.exit(0);
        }
        parentPort.postMessage(1);
        if (way === 'in an op') sleeper.block(20);
      };
      const rss = [];
      const ways = ['exit', 'in an op', 'idle', 'in an op'];
      for (let round = 0; round < rounds; round++) {
        const worker = startWorker(body, ways[round % ways.length]);
        const ended = exitOf(worker);
        if ((await nextMessage(worker)) !== 1) throw new Error('a wrong result');
        if (ways[round % ways.length] !== 'exit') await worker.terminate();
        await ended;
        rss.push(process.memoryUsage.rss() / 2 ** 20);
      }
      const maps =
        process.platform === 'linux' ? require('node:fs').readFileSync('/proc/self/maps', 'utf8') : '';
      print({ rss, mappings: maps.split('\n').filter((line) => /r-xp.*test\.node/.test(line)).length });
    },
    { data: rounds, timeout: 800_000 },
  );
  const quarter = rounds / 4;
  const lowest = (list) => Math.min(...list);
  const [early, late] = [lowest(result.rss.slice(quarter, 2 * quarter)), lowest(result.rss.slice(-quarter))];
  t.diagnostic(`RSS ${early.toFixed(1)} MB, later ${late.toFixed(1)} MB`);
  assert.ok(late - early < 8, `grew by ${(late - early).toFixed(1)} MB`);
  if (process.platform === 'linux') assert.equal(result.mappings, 1);
});

test('a wrapper of a worker that has gone leaves nothing behind in handles()', async () => {
  const counter = Counter.open();
  const worker = startWorker(({ addon, parentPort }, token) => {
    for (let i = 0; i < 10; i++) globalThis[`keep${i}`] = addon.Counter.attach(token);
    parentPort.postMessage('attached');
    parentPort.on('message', () => {});
  }, counter.token);
  await nextMessage(worker);
  assert.equal(entryOf(counter).attachments, 11);
  await worker.terminate();
  assert.equal(entryOf(counter).attachments, 1);
  assert.equal(counter.freeSync(), 'drained');
});
