// What runs write into pages of docs/: their tables, each between two comments, <!-- NAME --> and <!-- /NAME -->.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { capture, Failure, root } from '../cli/run.mjs';
import { environment, environmentLine } from '../demo/environment.mjs';

/** The machine and the versions that every figure rests on. */
export function describeMachine() {
  const go = capture('go', ['version']).stdout.split(' ')[2]?.slice(2) ?? 'none';
  const machine = environmentLine(environment()).replace(/(Linux \d+\.\d+)\S*/, '$1');
  return `${machine}, Go ${go}`;
}

/** By which command a table was made, where, with what, when, and from which commit. */
export function headOf(page, { command, versions = [], seconds }) {
  const date = new Date().toISOString().slice(0, 10);
  const head = [describeMachine(), ...versions, date, `commit ${commit(page)}`].join(', ');
  return `\`${command}\`: ${head}; ${duration(seconds)}`;
}

/** Puts lines in the place that a page, docs/NAME.md, has for them: whole or not at all. */
export function writeSection(page, name, lines) {
  const file = path.join(root, 'docs', `${page}.md`);
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Failure(`docs/${page}.md has no place for '${name}'.`);
  writeFileSync(
    `${file}.new`,
    `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`,
  );
  renameSync(`${file}.new`, file);
}

/** The lines of a table, of rows of cells. */
export function tableLines(head, rows) {
  const line = (cells) => ['', ...cells, ''].join(' | ').trim();
  return [line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells.map(cell)))];
}

/** The commit that was run; a plus if something but the page was changed. */
function commit(page) {
  const { stdout } = capture('git', ['rev-parse', '--short', 'HEAD']);
  const { stdout: changes } = capture('git', ['status', '--porcelain', '--', '.', `:!docs/${page}.*`]);
  return `${stdout.trim()}${changes && '+'}`;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function duration(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
