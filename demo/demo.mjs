// npm run demo: see arguments.mjs for what it does.

import { MappedFile, stats } from '../index.mjs';
import { readArguments, usage } from './arguments.mjs';
import { checkAll } from './checks.mjs';
import { environment } from './environment.mjs';
import { UsageError } from './options.mjs';
import { Progress } from './progress.mjs';
import { race } from './race.mjs';
import { quantiles, report } from './report.mjs';
import { format } from './text.mjs';
import { findTruth } from './truth.mjs';
import { raceUnguarded } from './unguarded.mjs';

const library = new URL('../index.mjs', import.meta.url).href;
const progress = new Progress();
const interrupt = new AbortController();

// Once: a second Ctrl-C ends the process the hard way.
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

/** Runs the demo, and returns its exit code. */
async function main(argv) {
  const options = readArguments(argv);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const found = await runRaces(options);
  progress.end();
  if (interrupt.signal.aborted) {
    const { live } = stats();
    process.stderr.write(
      `Interrupted after ${found.race.latencies.length} frees; handles left open: ${live}.\n`,
    );
    return 130;
  }
  const result = { ...found, options, stats: stats(), environment: environment() };
  const checks = checkAll(result);
  const holds = checks.every((check) => check.holds);
  console.log(options.json ? document({ ...result, checks, holds }) : report({ ...result, checks }));
  return holds ? 0 : 1;
}

async function runRaces({ path, pattern, workers, frees }) {
  const { signal } = interrupt;
  progress.begin(`Counting '${pattern}' in ${path}, in plain JS and by the addon`);
  const truth = findTruth(path, pattern);
  const counted = await countOnce(path, pattern);
  const before = process.memoryUsage.rss();

  const limit = 60_000 + 200 * frees; // ms
  const guarded = await race({
    library,
    path,
    truth,
    workers,
    frees,
    limit,
    signal,
    onProgress: show(frees),
  });
  const memory = { before, peak: guarded.peakRss, after: process.memoryUsage.rss() };
  const found = { truth, counted, race: guarded, memory };
  if (signal.aborted) return found;

  progress.begin('The same race in a child process, without the guard');
  const unguarded = await raceUnguarded({ path, pattern, workers, frees, limit: 30_000 }, signal);
  return { ...found, unguarded };
}

async function countOnce(path, pattern) {
  const file = await MappedFile.open(path);
  const counted = await file.count(pattern);
  await file.free();
  return counted;
}

function show(frees) {
  return ({ seconds, underLoad, workers }) => {
    const ops = workers.reduce((sum, { done }) => sum + done, 0);
    const bytes = workers.reduce((sum, worker) => sum + worker.bytes, 0);
    progress.update(
      `${seconds.toFixed(0)} s: ${format(underLoad)} of ${format(frees)} frees under load, ` +
        `${format(ops)} ops, ${(bytes / 1e9).toFixed(1)} GB scanned`,
    );
  };
}

/** The report for machines. */
function document({ options, environment, truth, counted, race, unguarded, memory, stats, checks, holds }) {
  const { latencies, told, ...rest } = race;
  const count = { pattern: options.pattern, addon: counted, plainJs: truth.count };
  const latency = { unit: 'ms', ...quantiles(latencies) };
  const file = { path: options.path, size: truth.size };
  const raced = { ...rest, latency, told };
  return JSON.stringify(
    { holds, checks, environment, file, count, race: raced, memory, stats, unguarded },
    null,
    2,
  );
}
