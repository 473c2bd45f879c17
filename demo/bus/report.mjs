// The report for people.

import { environmentLine } from '../environment.mjs';
import { format, megabytes, table } from '../text.mjs';

const SHOWN = 5; // differences

/** Where the events are kept, in words. */
export function placeOf({ dir, servers }) {
  if (dir !== undefined) return `in the directory ${dir}`;
  return servers === undefined ? 'in memory' : `on ${servers.join(', ')}`;
}

/** The whole report, as text. */
export function report({ options, environment, truth, result, memory, wrong, output }) {
  const { path, publishers, workers, backend } = options;
  return [
    `Quiesce bus demo: the words of ${path}, read ${format(result.passes)} times; events ${placeOf(backend)}`,
    `${publishers} publishers, ${workers} workers; ${environmentLine(environment)}`,
    '',
    ...flowTable(result),
    '',
    ...table(facts(result, memory)),
    '',
    ...verdict(result, truth, wrong),
    `Word count: ${output}`,
  ].join('\n');
}

function flowTable({ published, counted, publishing, counting }) {
  const row = (name, { events, bytes }, seconds) => [
    name,
    format(events),
    seconds.toFixed(1),
    format(events / seconds),
    (bytes / 1e6 / seconds).toFixed(1),
  ];
  return table([
    ['', 'events', 'seconds', 'events/s', 'MB/s'],
    row('in: published', published, publishing),
    row('out: counted', counted, counting),
  ]);
}

function facts({ redelivered, repeated, killed, latency }, memory) {
  const ms = (n) => `${n.toFixed(1)} ms`;
  return [
    ['workers killed', format(killed)],
    ['redeliveries', format(redelivered)],
    ['results left out, in events', format(repeated)],
    ['latency p50', ms(latency.p50)],
    ['latency p99', ms(latency.p99)],
    ['RSS before', megabytes(memory.before)],
    ['RSS peak', megabytes(memory.peak)],
    ['RSS after', megabytes(memory.after)],
  ];
}

function verdict({ words, counted, passes }, truth, wrong) {
  const all = [...words.values()].reduce((sum, n) => sum + n, 0);
  const what = `${format(words.size)} different words, ${format(all)} in all, in ${format(counted.events)} lines`;
  if (wrong.length === 0) return [`ok      ${what}: as counted by one thread`];
  const expected = `${format(truth.words.size)} different words, in ${format(truth.lines * passes)} lines`;
  const more = wrong.length > SHOWN ? [`        and ${format(wrong.length - SHOWN)} more`] : [];
  return [
    `FAILED  ${what}; one thread counts ${expected}`,
    ...wrong.slice(0, SHOWN).map((each) => `        ${each}`),
    ...more,
  ];
}
