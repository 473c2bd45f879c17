'use strict';

// The negative controls: builds that each lack one protection (see scripts/variants.mjs). A run that the real build
// survives is seen to fail with each, so it would notice if the protection were lost. Others are in signals.test.js,
// two-runtimes.test.js, process.test.js, race.test.js and mapped-hazards.test.js.

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { expectChild, runChild } = require('./support/bodies.js');
const toolkit = require('./support/toolkit.js');

const attempts = 5; // of a control to fail, where it takes a race
const isCrash = ({ code, signal, timedOut }) => !timedOut && (signal !== null || code === 2); // 2 is Go's

/** Fails unless the body crashes with that variant, in one of some attempts. */
async function demandCrash(body, data) {
  const ends = [];
  while (ends.length < attempts && !ends.some(isCrash)) ends.push(await runChild(body, { data }));
  assert.ok(ends.some(isCrash), `It ended by ${ends.map(({ code, signal }) => signal ?? code)}`);
}

/** Workers are terminated in the middle of async ops, which complete afterwards. */
async function completeLate({ loadTestAddon, startWorker, nextMessage, eventually, print }, variant) {
  const { Sleeper } = loadTestAddon(variant);
  const [rounds, ops] = [3, 50];
  for (let round = 1; round <= rounds; round++) {
    const worker = startWorker(
      ({ loadTestAddon, parentPort }, { variant, ops }) => {
        const sleeper = loadTestAddon(variant).Sleeper.open();
        for (let i = 0; i < ops; i++) sleeper.stubborn(100 + i);
        parentPort.postMessage('busy');
      },
      { variant, ops },
    );
    await nextMessage(worker);
    await worker.terminate();
    await eventually(() => Sleeper.ended() === ops * round);
  }
  print('over');
}

test('FAULTS 17, 18: ops that complete after their worker has ended, again and again: no crash', async () => {
  const { result } = await expectChild(completeLate, { data: 'test' });
  assert.equal(result, 'over');
});

test('FAULTS 18: the control: without the guard around the thread-safe function the same run crashes', () =>
  demandCrash(completeLate, 'nowake'));

test('FAULTS 17, 22: the control: without the teardown hook the same run crashes', () =>
  demandCrash(completeLate, 'noteardown'));

/** A worker dies inside a guard, which is then freed. */
async function dieInside({ loadTestAddon, startWorker, nextMessage, print }, { variant, deadline }) {
  const { defineGuard } = require('./lib/guard.js');
  const { addon } = loadTestAddon(variant);
  const guard = new (defineGuard(addon))();
  const worker = startWorker(
    ({ loadTestAddon, parentPort }, { variant, token }) => {
      const { defineGuard } = require('./lib/guard.js');
      const own = defineGuard(loadTestAddon(variant).addon).attach(token);
      own.tryEnter();
      parentPort.postMessage('inside');
    },
    { variant, token: guard.token },
  );
  await nextMessage(worker);
  await worker.terminate();
  const [{ attachments }] = JSON.parse(addon.native.handles());
  print({ attachments, outcome: await guard.free({ deadline }) });
}

/** What the run comes to: how many attachments there are after the worker's death, and the outcome of the free. */
async function resultOf(variant, deadline) {
  const { result } = await expectChild(dieInside, { data: { variant, deadline } });
  return [result.attachments, result.outcome];
}

test('FAULTS 20: a worker dies inside a guard: its attachment and its enter are given back, and a free drains', async () => {
  assert.deepEqual(await resultOf('test', 60_000), [1, 'drained']);
});

test('FAULTS 20: the control: without the enters given back the free times out', async () => {
  assert.deepEqual(await resultOf('careless', 300), [1, 'timed-out']);
});

test('FAULTS 20: the control: so it does without the teardown hook', async () => {
  const [, outcome] = await resultOf('noteardown', 300);
  assert.equal(outcome, 'timed-out');
});

/** Another worker writes to shared bytes all the time, while ops have them. */
async function changeUnderOps(
  { loadTestAddon, startWorker, nextMessage, exitOf, eventually, print },
  variant,
) {
  const { Echo } = loadTestAddon(variant);
  const shared = new Uint8Array(new SharedArrayBuffer(4096));
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = startWorker(
    ({ parentPort }, { shared, stop }) => {
      parentPort.postMessage('writing');
      for (let round = 1; Atomics.load(stop, 0) === 0; round++) shared.fill(round);
    },
    { shared, stop },
  );
  await nextMessage(worker);
  await eventually(() => Echo.seen(shared, 20_000) > 1);
  let changed = 0;
  const rounds = variant === 'test' ? 10 : 500; // a control ends as soon as it has failed
  for (let i = 0; i < rounds && changed === 0; i++) if (!Echo.isSteady(shared, 20)) changed++;
  Atomics.store(stop, 0, 1);
  await exitOf(worker);
  shared.fill(1);
  const later = Echo.later(shared, 50);
  shared.fill(2);
  const answered = (await later).every((byte) => byte === 1);
  print({ sync: changed > 0, async: !answered });
}

test('FAULTS 31, 42: bytes that others write to do not change under an op, sync or async', async () => {
  const { result } = await expectChild(changeUnderOps, { data: 'test' });
  assert.deepEqual(result, { sync: false, async: false });
});

test('FAULTS 31, 42: the control: without the copy they change under both', async () => {
  const { result } = await expectChild(changeUnderOps, { data: 'careless' });
  assert.deepEqual(result, { sync: true, async: true });
});

test('each control has its mark among its symbols; what is shipped has none', {
  skip: process.platform === 'win32' && 'a DLL does not name them',
}, async () => {
  const { variants } = await import('../scripts/variants.mjs');
  const symbolsIn = (file) => {
    const text = readFileSync(path.join(root, file), 'latin1');
    return [
      ...new Set(Array.from(text.matchAll(/\0_?(quiesce_control_\w+)(?=\0)/g), ([, name]) => name)),
    ].sort();
  };
  const marks = new Set();
  for (const { out, tags } of variants) {
    const expected = tags.map((tag) => tag.replace(/^quiesce_(control_)?/, 'quiesce_control_')).sort();
    assert.deepEqual(symbolsIn(out), expected, out);
    for (const mark of expected) marks.add(mark);
  }
  assert.deepEqual([...marks].sort(), [
    'quiesce_control_copy',
    'quiesce_control_giveback',
    'quiesce_control_onstack',
    'quiesce_control_sigmask',
    'quiesce_control_sigurg',
    'quiesce_control_teardown',
    'quiesce_control_unguarded',
    'quiesce_control_wake',
  ]);
  for (const file of ['build/Release/quiesce.node', 'build/bus/bus.node', toolkit.file]) {
    const bytes = readFileSync(path.resolve(root, file));
    for (const name of ['quiesce_control', 'quiesce_unguarded']) assert.ok(!bytes.includes(name), file);
  }
});
