// The race: workers search while this thread frees and reopens the file under them.

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Board } from './board.mjs';

const LONGEST_ROUND = 60; // ms that a handle stays open at most
const MAX_TOLD = 5; // violations that are told in words; the others are counted

/**
 * Frees until `frees` of them were won with an op in flight, `limit` ms have passed or the signal aborts.
 * `library` is the URL of the module that has MappedFile and handles. onProgress gets what the result will be.
 */
export async function race({ library, path, truth, workers, frees, limit, signal, onProgress }) {
  const { MappedFile, handles } = await import(library);
  const result = {
    seconds: 0,
    underLoad: 0,
    outcomes: { drained: 0, 'already-freeing': 0, 'timed-out': 0 },
    latencies: [],
    peakRss: 0,
    violations: { wrong: 0, early: 0, entered: 0, error: 0 },
    told: [],
    workers: [],
  };
  const crew = await startWorkers(workers, { library, truth }, (message) => note(result, message));
  const { board } = crew;

  const start = performance.now();
  while (result.underLoad < frees && result.seconds * 1000 < limit && !signal?.aborted) {
    const file = await MappedFile.open(path);
    board.open(file.token);
    await sleep(1 + Math.random() * LONGEST_ROUND);
    await freeOne(file, board, handles, result);
    result.seconds = (performance.now() - start) / 1000;
    result.peakRss = Math.max(result.peakRss, process.memoryUsage.rss());
    result.workers = board.rows();
    onProgress(result);
  }
  board.stop();
  await crew.ended;
  result.workers = board.rows();
  return result;
}

/** Frees the file, and notes how that went. */
async function freeOne(file, board, handles, result) {
  board.begin();
  const start = performance.now();
  const freeing = file.free();
  board.refuse();
  const underLoad = hasOps(handles(), file.token);
  const outcome = await freeing;
  result.latencies.push(performance.now() - start);
  result.outcomes[outcome]++;
  if (underLoad && outcome !== 'already-freeing') result.underLoad++;
}

/**
 * Whether an op is in flight on the handle. This is asked after its free has begun, when none can enter any
 * more: so what is seen was in flight when it began.
 */
function hasOps(handles, token) {
  return handles.some((handle) => handle.token === token && handle.ops.length > 0);
}

function note(result, { kind, text }) {
  result.violations[kind]++;
  if (result.told.length < MAX_TOLD && !result.told.includes(text)) result.told.push(text);
}

/** Starts the workers; resolves when all of them wait for the first handle. */
async function startWorkers(n, data, onViolation) {
  const board = Board.forWorkers(n);
  const started = Array.from({ length: n }, (_, number) => {
    const workerData = { ...data, memory: board.memory, number };
    return watch(new Worker(new URL('worker.mjs', import.meta.url), { workerData }), onViolation);
  });
  const ended = Promise.all(started.map((worker) => worker.ended));
  ended.catch(() => {}); // it is awaited later
  await Promise.race([Promise.all(started.map((worker) => worker.ready)), ended]);
  return { board, ended };
}

function watch(worker, onViolation) {
  const ended = new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', resolve);
  });
  const ready = new Promise((resolve) => {
    worker.on('message', (message) => (message.kind === 'ready' ? resolve() : onViolation(message)));
  });
  return { ready, ended };
}
