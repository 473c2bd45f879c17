// The process in which cases run, since a case may end it:
//   child.mjs '{ surface, variant, mode, seed, seconds, most | cases, file, folder }'
// Before each case it writes it into `file`. It ends with one line of JSON on stdout.

import { ftruncateSync, openSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { runCase, Threads } from './case.mjs';
import { common } from './effects.mjs';
import { makeCase } from './generate.mjs';
import { isExpected } from './judge.mjs';
import { Random } from './random.mjs';
import { loadSurface } from './surfaces.mjs';
import { judgeUncaught } from './world.mjs';

const task = JSON.parse(process.argv[2]);
const surface = loadSurface(task.surface, task.variant);
const threads = new Threads({ name: task.surface, variant: task.variant });
const report = { cases: 0, calls: 0, counts: {}, failed: undefined };
const out = openSync(task.file, 'w');
let world;

judgeUncaught(() => world);
process.on('warning', (warning) => {
  if (!isExpected(warning)) world?.wrong.push(`the warning ${warning.message}`);
});

// Shared memory changes while it is read: this thread writes all of it about a thousand times a second.
const writer = new Worker(
  `const bytes = new Uint8Array(require('node:worker_threads').workerData);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  for (let n = 0; ; n++) { bytes.fill(n); Atomics.wait(idle, 0, 0, 1); }`,
  { eval: true, workerData: common },
);

try {
  await runAll();
} catch (error) {
  report.failed = { case: undefined, wrong: `the fuzzer itself failed: ${error?.stack}` };
}
process.stdout.write(`${JSON.stringify(report)}\n`);
if (report.failed) process.exit(0); // what has hung may hang on

async function runAll() {
  for (const one of task.cases ?? generated()) {
    note(one);
    report.cases++;
    const results = await runCase(surface, one, threads, task.folder, (made) => {
      world = made;
    });
    const [wrong] = results.flatMap((each) => add(each));
    if (wrong === undefined) continue;
    report.failed = { case: one, wrong };
    return;
  }
  await Promise.all([threads.end(), writer.terminate()]);
}

/** Cases of the seed, each with a seed of its own, until the time is over, or there were as many as are asked for. */
function* generated() {
  const end = performance.now() + task.seconds * 1000;
  for (let i = 0; performance.now() < end && i < (task.most ?? Infinity); i++) {
    yield makeCase(surface, task.surface, task.mode, new Random(task.seed + i));
  }
}

function note(one) {
  const text = JSON.stringify(one);
  ftruncateSync(out);
  writeSync(out, text, 0);
}

function add({ calls, counts, wrong }) {
  report.calls += calls;
  for (const [name, n] of Object.entries(counts)) report.counts[name] = (report.counts[name] ?? 0) + n;
  return wrong;
}
