// The tables, on the terminal and in docs/proof.md.

import { table } from '../../demo/text.mjs';
import { headOf, tableLines, writeSection } from '../../scripts/page.mjs';

/** Prints what a part has found. */
export function printTable({ rows, seconds }) {
  const lines = rows.map(({ check, figure, bar }) => [check, figure, bar]);
  const text = table([['check', 'figure', 'bar'], ...lines], [0, 1, 2]);
  console.log(`\n${text.join('\n')}\n${seconds.toFixed(1)} s`);
}

/** Puts the table of a part, or of a section of it, in its place in docs/proof.md. */
export function writeTable(name, { rows, ...run }) {
  const cells = rows.map(({ check, figure, bar, onPage }) => [check, onPage ?? figure, bar]);
  const lines = [headOf('proof', run), '', ...tableLines(['check', 'figure', 'bar'], cells)];
  writeSection('proof', name, lines);
}
