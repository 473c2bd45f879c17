// The view of a process as lines of text.

import { describeAttachments, describeOps, duration, plain } from './words.mjs';

const bars = ' ▁▂▃▄▅▆▇█';
const RATE = 5000; // ms that a rate is taken over

/** The lines for what a process told: { hello, snapshot, history }. Without `rows` all of them, without `columns` whole ones. */
export function viewOf({ hello, snapshot, history }, { columns = Infinity, rows = Infinity } = {}) {
  const head = [...title(hello, snapshot), '', ...totals(snapshot), '', ...plots(history, columns)];
  const room = Math.max(3, rows - head.length - 1);
  const lines = [...head, '', ...table(snapshot, room - 1)];
  return lines.slice(0, rows).map((line) => cut(plain(line), columns)); // numbers too: who answers may be anybody
}

/** A line for each process that can be inspected. */
export function listOf(targets) {
  const rows = targets.map(({ pid, node, version, started, stats, script = '' }) => [
    `${pid}`,
    plain(node),
    plain(version),
    duration(Date.now() - started),
    `${stats.live ?? 0}`,
    `${stats.ops ?? 0}`,
    plain(script),
  ]);
  return align([['PID', 'NODE', 'QUIESCE', 'UP', 'HANDLES', 'OPS', 'SCRIPT'], ...rows]).map(plain);
}

function cut(line, columns) {
  const points = Array.from(line);
  return points.length > columns ? `${points.slice(0, Math.max(0, columns - 1)).join('')}…` : line;
}

function title({ pid, node, version, script, started }, { time }) {
  return [
    `Process ${pid}, up ${duration(time - started)}, Node ${plain(node)}, Quiesce ${plain(version)}`,
    plain(script ?? ''),
  ];
}

function totals({ stats }) {
  const { live = 0, freeing = 0, abandoned = 0, ops = 0, opened = 0, released = 0 } = stats;
  const { drained = 0, timedOut = 0, alreadyFreeing = 0, leaked = 0, failed = 0 } = stats;
  return [
    `Handles  ${live} live, ${freeing} of them being freed, ${abandoned} past the deadline; ${opened} opened, ${released} released`,
    `Ops      ${ops} in flight`,
    `Frees    ${drained} drained, ${timedOut} timed out, ${alreadyFreeing} already freeing; ${leaked} leaked, ${failed} with a failed Close`,
  ];
}

/** Frees that ended, per second, at each sample. */
export function freeRates(history) {
  return history.map((each, i) => {
    let j = i;
    while (j > 0 && each.time - history[j - 1].time <= RATE) j--;
    const from = history[j];
    if (from === each) return 0;
    const frees = each.drained + each.timedOut - from.drained - from.timedOut;
    return frees / ((each.time - from.time) / 1000);
  });
}

function plots(history, columns) {
  if (history.length < 2) return ['The plot begins with the second sample.'];
  const width = Math.max(10, Math.min(60, columns - 36));
  const span = duration(history.at(-1).time - history[0].time);
  const rows = [
    ['live handles', history.map(({ live }) => live)],
    ['ops in flight', history.map(({ ops }) => ops)],
    ['frees per s', freeRates(history)],
  ];
  return rows.map(([name, values], i) => {
    const most = Math.max(...values);
    const note = `0 to ${Number(most.toFixed(1))}${i === 0 ? `, last ${span}` : ''}`;
    return `${name.padEnd(13)} ${spark(values, width, most)}  ${note}`;
  });
}

/** Bars of equal spans of time; each shows the most that there was in it. */
function spark(values, width, most) {
  const cells = Math.min(width, values.length);
  return Array.from({ length: cells }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / cells),
      Math.floor(((i + 1) * values.length) / cells),
    );
    const value = Math.max(...part);
    if (value <= 0) return bars[0];
    return bars[Math.max(1, Math.round((value / most) * (bars.length - 1)))];
  })
    .join('')
    .padStart(width);
}

function table({ handles, total }, room) {
  if (total === 0) return ['No handle is live.'];
  const shown = handles.length > room ? handles.slice(0, Math.max(0, room - 1)) : handles;
  const rows = shown.map((each) => [
    plain(each.class),
    each.state,
    `${each.token}`,
    duration(each.age),
    describeOps(each.ops),
    describeAttachments(each),
    each.parent === undefined ? '' : `${each.parent}`,
  ]);
  const lines = align([
    ['CLASS', 'STATE', 'TOKEN', 'AGE', 'OPS IN FLIGHT', 'ATTACHMENTS', 'PARENT'],
    ...rows,
  ]);
  if (total > shown.length) lines.push(`... and ${total - shown.length} more`);
  return lines;
}

function align(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
}
