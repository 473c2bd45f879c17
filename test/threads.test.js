'use strict';

// Many threads on few cores, which enter at every moment of a free, with tokens of every age.

const assert = require('node:assert/strict');
const { availableParallelism } = require('node:os');
const { test } = require('node:test');
const { full } = require('./support/addon.js');
const { expectChild } = require('./support/bodies.js');

/**
 * Threads enter one guard after another without pause, until they are refused; the main thread frees each under
 * them. Then, while they go on with a last one, it lets frees time out over an enter of its own.
 */
async function enterFromThreads(
  { quiesce, startWorker, nextMessage, exitOf, delay, opsOfWords, print },
  data,
) {
  const { threads, rounds, deadlines } = data;
  const shared = new BigInt64Array(new SharedArrayBuffer(24)); // [token, refusals, enters]
  const workers = Array.from({ length: threads }, () =>
    startWorker(
      ({ quiesce, parentPort }, shared) => {
        parentPort.postMessage('ready');
        for (let before = 0n; ; ) {
          Atomics.wait(shared, 0, before);
          before = Atomics.load(shared, 0);
          if (before < 0n) return;
          let enters = 0n;
          try {
            const guard = quiesce.Guard.attach(Number(before));
            for (; guard.tryEnter(); guard.leave()) enters++;
          } catch (error) {
            if (error.code !== 'ERR_HANDLE_FREED') throw error; // it came too late to attach
          }
          Atomics.add(shared, 2, enters);
          Atomics.add(shared, 1, 1n);
          Atomics.notify(shared, 1);
        }
      },
      shared,
      { resourceLimits: { maxYoungGenerationSizeMb: 2 } },
    ),
  );
  await Promise.all(workers.map((worker) => nextMessage(worker, 120_000)));
  const outcomes = {};
  const tell = (token) => {
    Atomics.store(shared, 0, BigInt(token));
    Atomics.notify(shared, 0);
  };
  const free = async (guard, options) => {
    const outcome = await guard.free(options);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };
  const refused = async (n) => {
    while (Atomics.load(shared, 1) < n) await delay(1);
  };
  for (let round = 1; round <= rounds; round++) {
    const guard = new quiesce.Guard();
    const held = guard.enter();
    tell(guard.token);
    await delay(20); // some, or all, have entered
    setTimeout(() => held.leave(), round % 3);
    await free(guard, { deadline: Infinity });
    await refused(BigInt(threads * round));
  }
  const last = new quiesce.Guard();
  tell(last.token);
  await delay(20);
  const overshoot = [];
  for (const deadline of deadlines) {
    const busy = new quiesce.Guard();
    const op = busy.enter();
    const begun = performance.now();
    await free(busy, { deadline });
    overshoot.push(performance.now() - begun - deadline);
    op.leave();
  }
  await free(last, { deadline: Infinity });
  tell(-1);
  await Promise.all(workers.map(exitOf));
  print({ outcomes, overshoot, enters: Number(shared[2]), live: quiesce.stats().live, ops: opsOfWords() });
}

test('FAULTS 3, 38: 64 threads enter and leave while a guard is freed under them: no wake-up is lost', {
  timeout: 600_000,
}, async (t) => {
  const [rounds, deadlines] = [full ? 100 : 4, Array.from({ length: full ? 40 : 3 }, (_, i) => 5 + 10 * i)];
  const { result } = await expectChild(enterFromThreads, {
    data: { threads: 64, rounds, deadlines },
    timeout: 500_000,
  });
  assert.deepEqual(result.outcomes, { drained: rounds + 1, 'timed-out': deadlines.length });
  assert.deepEqual([result.live, result.ops], [0, 0]);
  const worst = Math.max(...result.overshoot);
  assert.ok(Math.min(...result.overshoot) > -2, 'no free ends before its deadline');
  t.diagnostic(`${result.enters} enters; the longest overshoot of a deadline was ${worst.toFixed(1)} ms`);
});

/** A thread keeps every guard that it ever attached to, and tries to enter those that were freed. */
async function enterByStaleTokens(
  { quiesce, startWorker, nextMessage, exitOf, assert, opsOfWords, print },
  frees,
) {
  const shared = new BigInt64Array(new SharedArrayBuffer(16)); // [token, how many are attached]
  const worker = startWorker(({ quiesce, parentPort }, shared) => {
    const tally = { entered: 0, refused: 0 };
    const stale = [];
    let guard;
    parentPort.postMessage('ready');
    for (let token = 0n; token >= 0n; token = Atomics.load(shared, 0)) {
      if (token > 0n && BigInt(guard?.token ?? 0) !== token) {
        if (guard) stale.push(guard); // was freed before there was another
        guard = quiesce.Guard.attach(Number(token));
        Atomics.add(shared, 1, 1n);
        Atomics.notify(shared, 1);
      }
      for (const each of stale) tally[each.tryEnter() ? 'entered' : 'refused']++;
    }
    parentPort.postMessage(tally);
  }, shared);
  await nextMessage(worker);
  const slots = new Set();
  for (let i = 1; i <= frees; i++) {
    const guard = new quiesce.Guard();
    slots.add(Math.floor(guard.token / 2 ** 32));
    Atomics.store(shared, 0, BigInt(guard.token));
    while (Atomics.load(shared, 1) < i) Atomics.wait(shared, 1, BigInt(i - 1), 100);
    const ops = Array.from({ length: 5 }, () => guard.enter());
    for (const op of ops) op.leave();
    assert.throws(() => guard.leave(), { code: 'ERR_NOT_ENTERED' });
    assert.equal(await guard.free({ deadline: Infinity }), 'drained');
  }
  const answer = nextMessage(worker);
  Atomics.store(shared, 0, -1n);
  const tally = await answer;
  await exitOf(worker);
  print({ ...tally, slots: slots.size, live: quiesce.stats().live, ops: opsOfWords() });
}

test('FAULTS 4: stale enters on a slot that is in use again are refused; its ops and its frees are untouched', async () => {
  const { result } = await expectChild(enterByStaleTokens, { data: full ? 2000 : 200, timeout: 120_000 });
  assert.equal(result.entered, 0);
  assert.ok(result.refused > 200);
  assert.ok(result.slots <= 2, 'the same slot, again and again');
  assert.deepEqual([result.live, result.ops], [0, 0]);
});

const alone = availableParallelism() < 2 && 'there is one processor, and so no need of stripes';

test('a guard that workers enter all the time gets its stripes by itself, and frees as before', {
  skip: alone,
}, async () => {
  const { result } = await expectChild(
    async ({ quiesce, startWorker, nextMessage, exitOf, eventually, opsOfWords, print }) => {
      const guard = new quiesce.Guard();
      const mapped = () => quiesce.stats().mapped;
      const before = mapped();
      const workers = Array.from({ length: 2 }, () =>
        startWorker(({ quiesce, parentPort }, token) => {
          const guard = quiesce.Guard.attach(token);
          parentPort.postMessage('ready');
          let enters = 0;
          for (; guard.tryEnter(); guard.leave()) enters++;
          guard.detach();
          parentPort.postMessage(enters);
        }, guard.token),
      );
      await Promise.all(workers.map((worker) => nextMessage(worker)));
      const counts = workers.map((worker) => nextMessage(worker));
      await eventually(() => mapped() > before);
      const held = [guard.enter(), guard.enter()]; // in a stripe of this thread
      const busy = quiesce.stats().ops >= 2;
      const freed = guard.free({ deadline: 60_000 });
      const enters = await Promise.all(counts);
      held[0].leave();
      const inFlight = quiesce.stats().ops;
      held[1].leave();
      await Promise.all(workers.map((worker) => exitOf(worker)));
      print({
        outcome: await freed,
        busy,
        inFlight,
        after: [quiesce.stats().ops, opsOfWords()],
        entered: enters.every((n) => n > 0),
      });
    },
  );
  assert.deepEqual(result, { outcome: 'drained', busy: true, inFlight: 1, after: [0, 0], entered: true });
});
