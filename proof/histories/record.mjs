// node record.mjs FILE HISTORIES SEED VARIANT: workers make histories of handles by the public API, half of them with the
// addon of that name (see scripts/variants.mjs); each becomes a line of FILE, which cmd/histories reads. Prints what the
// tables say at the end as JSON.

import { closeSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { resultOf } from '../runner/worker.mjs';

const WORKERS = 4;
const BATCH = 2000; // histories that the workers keep in memory

const require = createRequire(import.meta.url);
const [file, histories, seed, variant] = process.argv.slice(2);
const { stats } = require('../../index.js');
const { native } = require('../../test/support/addon.js').loadTestAddon(variant);

const out = openSync(file, 'w');
for (let done = 0; done < Number(histories); done += BATCH) {
  const count = Math.min(BATCH, Number(histories) - done);
  const parts = await recordBatch({ count, first: done, seed: Number(seed), variant });
  for (let i = 0; i < count; i++) {
    const { bare } = parts[0][i];
    writeSync(out, `${JSON.stringify({ bare, calls: named(parts.flatMap((part) => part[i].calls)) })}\n`);
  }
}
closeSync(out);
console.log(JSON.stringify({ guards: stats(), canaries: JSON.parse(native.stats()) }));

/** Resolves to what each worker has recorded: a list of { bare, calls }, one for each history. */
function recordBatch(data) {
  const memory = new SharedArrayBuffer(256);
  return Promise.all(
    Array.from({ length: WORKERS }, (_, number) => {
      const workerData = { ...data, number, workers: WORKERS, memory };
      return resultOf(new Worker(new URL('./worker.mjs', import.meta.url), { workerData }));
    }),
  );
}

/** The same calls; a Close, which knows the number of its canary, gets its token. */
function named(calls) {
  const tokens = new Map(calls.flatMap(({ number, token }) => (token ? [[number, token]] : [])));
  return calls.map(({ number, ...call }) => ({ ...call, token: call.token ?? tokens.get(number) }));
}
