// quiesce/bus, in memory and in a directory. Rates are events per second.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { Bus } from '../../lib/bus/index.mjs';
import { openHere, openThere } from '../bus/directory.mjs';
import { EVENT_BYTES, openStage } from '../bus/stage.mjs';
import { programPath } from '../setup.mjs';
import { alternate, quantile, takeTurns } from '../timing.mjs';

const ROUNDS = 9; // V8 compiles in up to five threads at first

/** Events per second, from the first that a receiver has to the last that all of them have. */
async function rate(run, way, n) {
  const told = await run(way, n);
  for (const { bytes } of told) {
    if (bytes !== n * EVENT_BYTES) throw new Error(`${bytes} bytes came by ${way}`);
  }
  const first = Math.min(...told.map((each) => each.first));
  const last = Math.max(...told.map((each) => each.last));
  return n / ((last - first) / 1e9);
}

/** A way to send against postMessage(), of a MessagePort or a BroadcastChannel. */
async function against({ way, ours, rival, ...stage }) {
  const run = await openStage(stage);
  const measures = { ours: () => rate(run, way, ours), rival: () => rate(run, 'postMessage', rival) };
  return alternate(measures, ROUNDS);
}

// So many that each side has about as long.
export const post = () => against({ way: 'post', ours: 800_000, rival: 200_000 });
export const batch = () => against({ way: 'publishBatch', batch: 1024, ours: 3_000_000, rival: 200_000 });
export const fanout = () =>
  against({ way: 'publishBatch', batch: 1024, receivers: 4, ours: 1_000_000, rival: 100_000 });

/** From the send in one worker to the receiver's code in another, in ns. */
async function latency(suffix) {
  const run = await openStage({ latency: true });
  const found = { ours: [], rival: [] };
  const ways = Object.entries({ ours: `post${suffix}`, rival: `postMessage${suffix}` });
  for (const [, way] of ways) await run(way, 200); // warm-up
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, way] of ways) found[name].push(...(await run(way, 200))[0]);
  }
  const [ours, oursP99] = [0.5, 0.99].map((part) => quantile(found.ours, part));
  const [rival, rivalP99] = [0.5, 0.99].map((part) => quantile(found.rival, part));
  return { ours, oursP99, rival, rivalP99 };
}

export const latencyIdle = () => latency('Idle');
export const latencyBusy = () => latency('Busy');

/** A load on a bus in a directory against the same by Go. `filled` is how many events are there before. */
async function inDirectory(load, { filled = 0, ...turns }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'quiesce-bench-'));
  try {
    const here = await openHere(path.join(folder, 'ours'));
    const there = openThere(programPath('busload'), path.join(folder, 'rival'));
    for (const side of [here, there]) await side.batches(filled);
    const { ours, rival } = await takeTurns({ ours: here[load], rival: there[load] }, turns);
    for (const side of [here, there]) await side.close();
    return { ours: 1e9 / ours, rival: 1e9 / rival };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const dir = () => inDirectory('batches', { batch: 20_000, rounds: 20 });
export const dirSingle = () => inDirectory('singles', { batch: 2000, rounds: 20 });
export const dirSubscribe = () => inDirectory('take', { batch: 100_000, rounds: 10, filled: 100_000 });

const WARM_UP = 1_000_000;
const EVENTS = 10_000_000;
const BATCH = 1000;
const BETWEEN = 20_000; // events from one look at the memory to the next

/**
 * How much more memory is resident after ten million events than before them, in bytes; how much the ten million before
 * those took, while the heaps of V8 still let their garbage take more room, and how much of that is outside of them.
 */
export async function memory() {
  const topic = await (await Bus.open()).topic('events', { maxEvents: 100_000 });
  const worker = new Worker(new URL('../bus/memory.mjs', import.meta.url), { workerData: topic.token });
  await once(worker, 'message'); // it has subscribed
  const list = Array(BATCH).fill(new Uint8Array(EVENT_BYTES));
  const publish = async (n) => {
    for (let i = 0; i < n; i += BATCH) await topic.publishBatch(list);
  };
  await publish(WARM_UP);
  const lows = [await lowWater(publish, worker)];
  for (let i = 0; i < 2; i++) {
    await publish(EVENTS);
    lows.push(await lowWater(publish, worker));
  }
  await checkTaken(worker, (await topic.stats()).last);
  const [start, first, second] = lows;
  return {
    value: second.resident - first.resident,
    first: first.resident - start.resident,
    outside: first.outside - start.outside,
    resident: second.resident,
  };
}

/** The least that is resident for some time under load: the heaps of V8 and Go swell and shrink by some MB. */
async function lowWater(publish, worker) {
  const least = { resident: Infinity, outside: Infinity };
  for (let i = 0; i < 30; i++) {
    await publish(BETWEEN);
    const heaps = getHeapStatistics().total_physical_size + (await ask(worker)).heap;
    const resident = process.memoryUsage.rss();
    least.resident = Math.min(least.resident, resident);
    least.outside = Math.min(least.outside, resident - heaps);
  }
  return least;
}

async function ask(worker) {
  worker.postMessage('how many?');
  const [told] = await once(worker, 'message');
  return told;
}

/** Waits until the worker has taken each event that the topic did not remove before. */
async function checkTaken(worker, last) {
  for (;;) {
    const { delivered, lost, bytes } = await ask(worker);
    if (delivered + lost > last) throw new Error(`${delivered} events taken and ${lost} lost, of ${last}`);
    if (bytes === delivered * EVENT_BYTES && delivered + lost === last) return;
    await sleep(10);
  }
}
