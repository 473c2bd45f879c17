// node workers.mjs VARIANT PAIRS: eight workers use and free canaries, of the addon of that name (see
// scripts/variants.mjs), and for each sixteen of them a bare guard, as fast as they can. Prints lines that tell how many
// pairs were made, and then a tally as JSON.

import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { resultOf } from '../runner/worker.mjs';
import { layout } from './layout.mjs';

const WORKERS = 8;

const require = createRequire(import.meta.url);
const [variant, pairs] = process.argv.slice(2);
const { Canary, native } = require('../../test/support/addon.js').loadTestAddon(variant);
const memory = new SharedArrayBuffer(layout.bytes);
const { made } = layout.views(memory);
const each = Math.ceil(Number(pairs) / WORKERS);

const workers = Array.from({ length: WORKERS }, (_, number) => {
  const workerData = { variant, number, workers: WORKERS, pairs: each, memory };
  return new Worker(new URL('./worker.mjs', import.meta.url), { workerData });
});
const timer = setInterval(() => console.log(`made ${made[0]}`), 1000);
const tallies = await Promise.all(workers.map(resultOf));
clearInterval(timer);

const tally = tallies.reduce((sum, one) =>
  Object.fromEntries(Object.keys(sum).map((key) => [key, sum[key] + one[key]])),
);
await released();
const end = {
  late: Canary.late(),
  broken: Canary.broken(),
  stats: { ...JSON.parse(native.stats()), ops: native.ops() },
};
console.log(JSON.stringify({ ...tally, ...end }));

/** What timed out is released in the background. */
async function released() {
  for (const limit = Date.now() + 60_000; Date.now() < limit; ) {
    if (JSON.parse(native.stats()).live === 0) return;
    await new Promise(setImmediate);
  }
}
