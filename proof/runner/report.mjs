// The tables, on the terminal and in docs/proof.md.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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

/** Puts the table of a part, or of a section of it, in its place in docs/proof.md. */
export function writeTable(name, { rows, versions, command, seconds }) {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Failure(`docs/proof.md has no place for '${name}'.`);
  const date = new Date().toISOString().slice(0, 10);
  const head = [describeMachine(), ...versions, date, `commit ${commit()}`].join(', ');
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
  writeFileSync(`${page}.new`, made);
  renameSync(`${page}.new`, page); // whole or not at all
}

/** The commit that was checked; a plus if something but this page was changed. */
function commit() {
  const { stdout } = capture('git', ['rev-parse', '--short', 'HEAD']);
  const { stdout: changes } = capture('git', ['status', '--porcelain', '--', '.', ':!docs/proof.md']);
  return `${stdout.trim()}${changes && '+'}`;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function duration(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
