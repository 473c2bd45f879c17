// Everything at once that can happen to a pool: many searches, aborts, idle workers that end, a free under it all.

import { setTimeout as sleep } from 'node:timers/promises';
import { handles } from 'quiesce';
import { SearchPool } from './pool.mjs';

const patterns = ['node', 'the', 'worker', 'free', 'x'];

/**
 * Searches the file at `path` for `duration` ms, frees it then under the workers, and goes on for a while: returns
 * { counts: { done, aborted, refused }, answers, threads, inFlight, outcome, took, noted, closed }.
 */
export async function storm(path, { duration, workers = 4, onTick = () => {} }) {
  const pool = await SearchPool.open(path, { workers, idleTimeout: 20 });
  let threads = 0;
  pool.piscina.on('workerCreate', () => threads++);
  const run = { pool, counts: { done: 0, aborted: 0, refused: 0 }, answers: new Map(), isOver: false };
  const callers = Array.from({ length: workers }, (_, i) => call(run, i));
  const ticks = setInterval(() => onTick(run.counts), 1000);

  await sleep(duration);
  while (run.counts.done === 0) await sleep(5); // on a busy machine workers are slow to start
  const inFlight = opsOf(pool.file.token);
  const begun = performance.now();
  const outcome = await pool.free();
  const took = performance.now() - begun;
  while (run.counts.refused === 0) await sleep(5); // the callers go on, and are refused
  run.isOver = true;
  await Promise.all(callers);
  clearInterval(ticks);

  const noted = (await pool.notes.stats()).events;
  const closed = await pool.close();
  return { counts: run.counts, answers: run.answers, threads, inFlight, outcome, took, noted, closed };
}

/** One of those who search without pause; now and then it rests, so that workers get idle and end. */
async function call(run, number) {
  for (let i = number; !run.isOver; i++) {
    const pattern = patterns[i % patterns.length];
    const signal = i % 5 === 0 ? AbortSignal.timeout(1 + (i % 40)) : undefined;
    await search(run, pattern, signal);
    if (i % 40 === 0) await sleep(50);
  }
}

async function search({ pool, counts, answers }, pattern, signal) {
  try {
    const count = await pool.search(pattern, { signal });
    counts.done++;
    answers.set(pattern, (answers.get(pattern) ?? new Set()).add(count));
  } catch (error) {
    if (error.name === 'AbortError') counts.aborted++;
    else if (error.code === 'ERR_HANDLE_FREED') counts.refused++;
    else throw error;
  }
}

function opsOf(token) {
  return handles().find((handle) => handle.token === token)?.inFlight ?? 0;
}
