// What the whole run writes: the tables of docs/benchmark.md and the plot beside it.

import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../cli/run.mjs';
import { headOf, tableLines, writeSection } from '../scripts/page.mjs';
import { subjects } from './figures.mjs';
import { plot } from './plot.mjs';
import { rowsOf } from './report.mjs';

const head = ['ratio', 'bar', 'figure', 'value', 'against', 'value'];

/** Writes both; `seconds` is how long the run took. */
export function writePage({ environment, results, seconds }) {
  const lines = [
    headOf('benchmark', { command: environment.command, seconds }),
    '',
    '![How many times as fast as the rival, or as small](benchmark.svg)',
  ];
  for (const [subject, figures] of subjects) {
    const names = Object.keys(figures).filter((name) => name in results);
    const rows = names.flatMap((name) => rowsOf(name, figures[name], results[name]));
    const cells = rows.map(({ ratio, bar, what, value, against, rival, missed }) => [
      missed && ratio ? `**${ratio}**` : ratio,
      missed ? `${bar}, **missed**` : bar,
      what,
      missed && !ratio ? `**${value}**` : value,
      ...[against, rival],
    ]);
    if (names.length > 0) lines.push('', `### ${subject}`, '', ...tableLines(head, cells));
  }
  writeSection('benchmark', 'figures', lines);
  const file = path.join(root, 'docs', 'benchmark.svg');
  writeFileSync(`${file}.new`, plot(results));
  renameSync(`${file}.new`, file);
}
