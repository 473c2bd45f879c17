// The report for people.

import { describeEnd } from './checks.mjs';
import { environmentLine } from './environment.mjs';
import { format, megabytes, table } from './text.mjs';

/** The whole report, as text. */
export function report({ options, environment, truth, race, unguarded, checks }) {
  return [
    `Quiesce demo: ${options.workers} workers on ${options.path} (${megabytes(truth.size)})`,
    environmentLine(environment),
    '',
    ...workerTable(race),
    'A refused op was told ERR_HANDLE_FREED: at the door, or in flight by its context.',
    '',
    ...freeTable(race),
    '',
    ...unguardedLines(unguarded),
    '',
    ...checkLines(checks),
    ...race.told.map((text) => `        ${text}`),
  ].join('\n');
}

function workerTable({ workers, seconds }) {
  const row = (name, { done, refused, bytes }) => [
    name,
    format(done),
    format(refused),
    format(bytes / 1e6),
    format(bytes / 1e6 / seconds),
  ];
  const sum = (key) => workers.reduce((total, worker) => total + worker[key], 0);
  return table([
    ['worker', 'ops done', 'ops refused', 'MB scanned', 'MB/s'],
    ...workers.map((worker, i) => row(String(i + 1), worker)),
    row('all', { done: sum('done'), refused: sum('refused'), bytes: sum('bytes') }),
  ]);
}

function freeTable({ outcomes, underLoad, latencies, seconds }) {
  const { p50, p99 } = quantiles(latencies);
  return [
    ...table([['outcome', 'frees'], ...Object.entries(outcomes).map(([name, n]) => [name, format(n)])]),
    `${format(underLoad)} of them under load, in ${seconds.toFixed(1)} s; ` +
      `from free() to its outcome ${p50.toFixed(1)} ms (p50), ${p99.toFixed(1)} ms (p99)`,
  ];
}

/** The median and the 99th percentile of a list, 0 if it is empty. */
export function quantiles(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

function unguardedLines(unguarded) {
  const lines = [`The same race without guard and fault trap: ${describeEnd(unguarded)}`];
  if (unguarded.firstLine) lines.push(`  ${unguarded.firstLine}`);
  return [...lines, ...unguarded.told.map((text) => `  ${text}`)];
}

function checkLines(checks) {
  const width = Math.max(...checks.map(({ claim }) => claim.length));
  return checks.map(
    ({ claim, holds, detail }) => `${holds ? 'ok    ' : 'FAILED'}  ${claim.padEnd(width)}  ${detail}`,
  );
}
