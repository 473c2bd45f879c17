// The tables, on the terminal and in docs/proof.md.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { capture, Failure, root } from '../../cli/run.mjs';
import { environment, environmentLine } from '../../demo/environment.mjs';
import { table } from '../../demo/text.mjs';

const page = path.join(root, 'docs', 'proof.md');

/** The machine and the versions that every part rests on. */
export function describeMachine() {
  const go = capture('go', ['version']).stdout.split(' ')[2]?.slice(2) ?? 'none';
  const machine = environmentLine(environment()).replace(/(Linux \d+\.\d+)\S*/, '$1');
  return `${machine}, Go ${go}`;
}

/** Prints what a part has found. */
export function printTable({ rows, seconds }) {
  const lines = rows.map(({ check, figure, bar }) => [check, figure, bar]);
  const text = table([['check', 'figure', 'bar'], ...lines], [0, 1, 2]);
  console.log(`\n${text.join('\n')}\n${seconds.toFixed(1)} s`);
}

/** Puts the table of a part in its place in docs/proof.md. */
export function writeTable(part, { rows, versions, command, seconds }) {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [`<!-- ${part.name} -->`, `<!-- /${part.name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Failure(`docs/proof.md has no place for '${part.name}'.`);
  const head = [describeMachine(), ...versions, new Date().toISOString().slice(0, 10)].join(', ');
  const lines = [
    `\`${command}\`: ${head}; ${duration(seconds)}`,
    '',
    '| check | figure | bar |',
    '| --- | --- | --- |',
    ...rows.map(({ check, figure, bar, onPage }) =>
      ['', ...[check, onPage ?? figure, bar].map(cell), ''].join(' | ').trim(),
    ),
  ];
  const made = `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`;
  writeFileSync(page, made);
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function duration(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
