// The report for people: ratios first.

import { environmentLine } from '../demo/environment.mjs';
import { table } from '../demo/text.mjs';

/** The whole report on these figures, as text. */
export function report({ environment, results }, figures) {
  const rows = Object.entries(results).flatMap(([name, result]) => rowsOf(name, figures[name], result));
  const missed = rows.filter((row) => row.missed);
  const lines = rows.map((row) => [
    row.ratio,
    row.bar,
    row.name,
    plain(row.what),
    row.value,
    plain(row.against),
    row.rival,
  ]);
  return [
    `Quiesce ${environment.quiesce}: ${environment.command}`,
    `${environmentLine(environment)}, ${environment.go}; load before ${environment.load.toFixed(1)}`,
    '',
    ...table([['ratio', 'bar', 'figure', '', 'value', 'against', 'value'], ...lines], [2, 3, 5]),
    '',
    ...missed.map(
      ({ name, against, ratio, value, bar }) =>
        `MISSED: ${name}${against && `, against ${plain(against)}`}: ${ratio || value}; the bar is ${bar}.`,
    ),
    ...(missed.length === 0 ? ['No bar was missed.'] : []),
  ].join('\n');
}

/** The same for machines: each result with what it is of, the unit and the bars. */
export function named({ results, ...document }, figures) {
  const entries = Object.entries(results).map(([name, result]) => {
    const { what, unit = 'ns', bar, rivals } = figures[name];
    const beside = result.rivals.map((each, i) => {
      const { against, limit = false, bar } = rivals[i];
      return { against, limit, bar, ...each };
    });
    return [name, { what, unit, bar, ...result, rivals: beside }];
  });
  return { ...document, results: Object.fromEntries(entries) };
}

const plain = (text) => text.replaceAll('`', '');

/** The rows of one figure: its own with its first rival, then one for each other rival and for what else it tells. */
export function rowsOf(name, { what, rivals, bar, unit, also = {} }, result) {
  const value = quantity(result.value, unit);
  const against = rivals.map((rival, i) => rivalRow(rival, result.rivals[i], unit));
  if (against.length === 0 || bar) {
    against.unshift({
      ratio: '',
      bar: bar ? limitText(bar, unit) : '',
      against: '',
      rival: '',
      missed: result.missed,
    });
  }
  const rows = against.map((row, i) => ({
    name,
    what: i === 0 ? what : '',
    value: i === 0 ? value : '',
    ...row,
  }));
  for (const [key, text] of Object.entries(also)) {
    const value = quantity(result.also[key], unit);
    rows.push({ name, what: text, value, ratio: '', bar: '', against: '', rival: '', missed: false });
  }
  return rows;
}

function rivalRow({ against, bar, limit }, { ratio, difference, value, missed }, unit) {
  const byDifference = bar?.more !== undefined;
  return {
    against: limit ? `the limit: ${against}` : against,
    ratio: byDifference ? `+${quantity(difference, unit)}` : times(ratio),
    bar: bar ? barText(bar, unit) : '',
    rival: quantity(value, unit),
    missed,
  };
}

const limitText = ({ limit }, unit) => `below ${quantity(limit, unit)}`;

function barText({ atMost, atLeast, more }, unit) {
  if (more !== undefined) return `at most +${quantity(more, unit)}`;
  return atLeast === undefined ? `at most ${times(atMost)}` : `at least ${times(atLeast)}`;
}

/** A ratio, with three digits that count. */
export function times(ratio) {
  if (!Number.isFinite(ratio)) return '-'; // there is nothing of the rival's
  return `${Number(ratio.toPrecision(ratio < 0.1 ? 2 : 3))}x`;
}

/** A time in ns, a number of bytes, of events or bytes per second, or of things, in a unit that suits it. */
export function quantity(value, unit = 'ns') {
  if (unit === 'count') return String(value);
  if (unit === 'bytes') return `${(value / 1e6).toFixed(2)} MB`;
  if (unit === 'bytes/s') return `${(value / 1e6).toFixed(0)} MB/s`;
  if (unit === 'rate') return `${Math.round(value).toLocaleString('en-US')}/s`;
  if (value < 1000) return `${value.toFixed(1)} ns`;
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} us`;
  return `${(value / 1e6).toFixed(1)} ms`;
}
