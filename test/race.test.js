'use strict';

// The core of it: many threads use a handle without pause, one frees it, again and again. Every op either runs
// on the live resource or is refused. Each race is a child process: without the guard it dies.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { full } = require('./support/addon.js');
const { expectChild, runChild } = require('./support/bodies.js');
const { generate, makeFile } = require('./support/files.js');

const frees = full ? 3000 : 150;

/** Workers use one MappedFile after another; the main thread opens and frees them. */
async function raceForFile(
  { quiesce, loadTestAddon, startWorker, nextMessage, exitOf, delay, assert, opsOfWords, print },
  data,
) {
  const load = (variant) => (variant === 'guarded' ? quiesce : loadTestAddon(variant)).MappedFile;
  const MappedFile = load(data.variant);
  const shared = new BigInt64Array(new SharedArrayBuffer(16)); // [token, 1 = over]
  const workers = Array.from({ length: 3 }, () =>
    startWorker(
      async ({ quiesce, loadTestAddon, parentPort }, { shared, variant, needle, count, head }) => {
        const { MappedFile } = variant === 'guarded' ? quiesce : loadTestAddon(variant);
        const tally = { ops: 0, counts: 0, wrong: 0, refused: {} };
        const use = async (file) => {
          for (;;) {
            for (let i = 0; i < 20; i++) {
              if (file.read(0, head.length).toString() !== head) tally.wrong++;
              tally.ops++;
            }
            const counted = await Promise.all([file.count(needle), file.count(needle)]);
            if (!counted.every((each) => each === count)) tally.wrong++;
            tally.counts += 2;
          }
        };
        parentPort.postMessage('ready');
        while (Atomics.load(shared, 1) === 0n) {
          let file;
          try {
            file = MappedFile.attach(Number(Atomics.load(shared, 0)));
            await use(file);
          } catch (error) {
            tally.refused[error.code] = (tally.refused[error.code] ?? 0) + 1;
            await new Promise(setImmediate);
          }
          file?.detach();
        }
        parentPort.postMessage(tally);
      },
      { shared, ...data },
    ),
  );
  await Promise.all(workers.map((each) => nextMessage(each)));
  for (let i = 0; i < data.frees; i++) {
    const file = await MappedFile.open(data.path);
    Atomics.store(shared, 0, BigInt(file.token));
    await delay(i % 4);
    const outcome = i % 5 === 4 ? file.freeSync() : await file.free();
    assert.equal(outcome, 'drained');
  }
  const tallies = workers.map((each) => nextMessage(each));
  const ended = workers.map(exitOf);
  Atomics.store(shared, 1, 1n);
  const result = await Promise.all(tallies);
  await Promise.all(ended);
  print({ tallies: result, live: quiesce.stats().live, ops: opsOfWords() });
}

function fileToRaceFor() {
  const [needle, head] = ['needle', 'the head of the file, in ASCII'];
  const bytes = generate(1 << 20, 64); // all below the letters
  bytes.write(head);
  const places = Array.from({ length: 200 }, (_, i) => 1000 + 5000 * i);
  for (const at of places) bytes.write(needle, at);
  return { path: makeFile(bytes), needle, count: places.length, head };
}

test('FAULTS 1, 2, 4: a MappedFile freed and reopened under three threads: right results or refusals', {
  timeout: 900_000,
}, async (t) => {
  const data = { ...fileToRaceFor(), variant: 'guarded', frees };
  const { result } = await expectChild(raceForFile, { data, timeout: 800_000 });
  let refusals = 0;
  for (const { ops, counts, wrong, refused } of result.tallies) {
    assert.equal(wrong, 0);
    assert.ok(ops > 0 && counts > 0);
    for (const [code, times] of Object.entries(refused)) {
      assert.match(code, /^ERR_HANDLE_(FREED|INVALID)$/);
      refusals += times;
    }
  }
  assert.ok(refusals > 0, 'some op came too late');
  assert.deepEqual([result.live, result.ops], [0, 0]);
  t.diagnostic(`${frees} frees, ${refusals} refusals, ${result.tallies.map(({ ops }) => ops)} reads`);
});

test('FAULTS 1, 2, 4: the control: the same race without the guard dies', { timeout: 300_000 }, async (t) => {
  const data = { ...fileToRaceFor(), variant: 'unguarded', frees: 2000 };
  const { code, signal, timedOut, stderr } = await runChild(raceForFile, { data, timeout: 120_000 });
  t.diagnostic(`it ended with ${signal ?? `code ${code}`}: ${stderr.split('\n')[0]}`);
  assert.equal(timedOut, false);
  assert.ok(signal !== null || code === 2, `it ended with code ${code}\n${stderr}`);
});

/** Workers look at memory under a Guard; the main thread poisons it after each free. */
async function raceForMemory(
  { quiesce, startWorker, nextMessage, exitOf, delay, assert, opsOfWords, print },
  data,
) {
  const { Guard } = quiesce;
  const POISON = -1;
  const shared = {
    control: new BigInt64Array(new SharedArrayBuffer(16)), // [token, 1 = over]
    canaries: new Int32Array(new SharedArrayBuffer(4 * 256)),
  };
  const workers = Array.from({ length: 3 }, () =>
    startWorker(
      async ({ quiesce, parentPort }, { control, canaries, guarded }) => {
        const tally = { entered: 0, refused: 0, poisoned: 0, torn: 0, codes: {} };
        const look = () => {
          const first = Atomics.load(canaries, 0);
          for (let i = 0; i < canaries.length; i++) {
            const canary = Atomics.load(canaries, i);
            if (canary === -1) tally.poisoned++;
            else if (canary !== first) tally.torn++;
          }
        };
        const use = (guard) => {
          for (let i = 0; i < 100; i++) {
            if (guard.tryEnter()) {
              tally.entered++;
              look();
              guard.leave();
            } else {
              tally.refused++;
              if (!guarded) look();
              if (i % 3 === 0) return;
            }
          }
        };
        parentPort.postMessage('ready');
        while (Atomics.load(control, 1) === 0n) {
          try {
            const guard = quiesce.Guard.attach(Number(Atomics.load(control, 0)));
            use(guard);
            guard.detach();
          } catch (error) {
            tally.codes[error.code] = (tally.codes[error.code] ?? 0) + 1;
            await new Promise(setImmediate);
          }
        }
        parentPort.postMessage(tally);
      },
      { ...shared, guarded: data.guarded },
    ),
  );
  await Promise.all(workers.map((each) => nextMessage(each)));
  for (let i = 1; i <= data.frees; i++) {
    shared.canaries.fill(i);
    const guard = new Guard();
    Atomics.store(shared.control, 0, BigInt(guard.token));
    await delay(i % 3);
    assert.equal(i % 5 === 0 ? guard.freeSync() : await guard.free(), 'drained');
    shared.canaries.fill(POISON);
    if (i % 2 === 0) await delay(1);
  }
  const tallies = workers.map((each) => nextMessage(each));
  const ended = workers.map(exitOf);
  Atomics.store(shared.control, 1, 1n);
  const result = await Promise.all(tallies);
  await Promise.all(ended);
  print({ tallies: result, live: quiesce.stats().live, ops: opsOfWords() });
}

test('FAULTS 1, 2, 4: memory under a Guard, poisoned after each free: no op sees poison', {
  timeout: 900_000,
}, async (t) => {
  const { result } = await expectChild(raceForMemory, { data: { guarded: true, frees }, timeout: 800_000 });
  const sum = (key) => result.tallies.reduce((total, tally) => total + tally[key], 0);
  for (const { codes } of result.tallies) {
    for (const code of Object.keys(codes)) assert.match(code, /^ERR_HANDLE_(FREED|INVALID)$/);
  }
  t.diagnostic(`${frees} frees, ${sum('entered')} enters, ${sum('refused')} refused`);
  assert.deepEqual([sum('poisoned'), sum('torn')], [0, 0]);
  assert.ok(sum('entered') > frees && sum('refused') > 0);
  assert.deepEqual([result.live, result.ops], [0, 0]);
});

test('FAULTS 1, 4: the control: who looks without having entered sees poison', {
  timeout: 300_000,
}, async () => {
  const { result } = await expectChild(raceForMemory, {
    data: { guarded: false, frees: 300 },
    timeout: 200_000,
  });
  assert.ok(result.tallies.some(({ poisoned }) => poisoned > 0));
});
