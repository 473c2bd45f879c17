// The report for people: ratios first.

import { environmentLine } from '../demo/environment.mjs';
import { table } from '../demo/text.mjs';
import { figures } from './figures.mjs';

/** The whole report, as text. */
export function report({ environment, results }) {
  const names = Object.keys(results);
  const missed = names.filter((name) => results[name].missed);
  return [
    `Quiesce ${environment.quiesce}: ${environment.command}`,
    `${environmentLine(environment)}, ${environment.go}; load before ${environment.load.toFixed(1)}`,
    '',
    ...table(
      [['ratio', 'bar', 'figure', '', 'value', 'against', 'value'], ...names.map(rowOf(results))],
      [2, 3, 5],
    ),
    '',
    ...also(results),
    ...missed.map((name) => missedLine(name, results[name])),
    ...(missed.length === 0 ? ['No bar was missed.'] : []),
  ].join('\n');
}

function rowOf(results) {
  return (name) => {
    const { what, against = '', bar, unit } = figures[name];
    const { ratio, ours, rival } = results[name];
    return [
      ratio === undefined ? '' : times(ratio),
      bar === undefined ? '' : barText(bar, unit),
      name,
      what,
      quantity(ours, unit),
      against,
      rival === undefined ? '' : quantity(rival, unit),
    ];
  };
}

function also(results) {
  const lines = Object.entries(results).flatMap(([name, result]) =>
    Object.entries(figures[name].also ?? {}).map(
      ([key, what]) => `${name}: ${what}: ${quantity(result[key], figures[name].unit)}`,
    ),
  );
  return lines.length > 0 ? [...lines, ''] : [];
}

function missedLine(name, { ratio, ours }) {
  const { bar, unit } = figures[name];
  const value = bar.limit === undefined ? times(ratio) : quantity(ours, unit);
  return `MISSED: ${name} is ${value}, the bar is ${barText(bar, unit)}.`;
}

function barText({ ratio, atLeast, limit }, unit) {
  if (limit !== undefined) return `< ${quantity(limit, unit)}`;
  return ratio === undefined ? `>= ${atLeast}x` : `<= ${ratio}x`;
}

/** A ratio, with three digits that count. */
function times(ratio) {
  return `${ratio < 0.1 ? ratio.toPrecision(2) : ratio.toPrecision(3)}x`;
}

/** A time in ns, a number of bytes, or events per second, in a unit that suits it. */
export function quantity(value, unit = 'ns') {
  if (unit === 'bytes') return `${(value / 1e6).toFixed(2)} MB`;
  if (unit === 'rate') return `${Math.round(value).toLocaleString('en-US')}/s`;
  if (value < 1000) return `${value.toFixed(1)} ns`;
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} µs`;
  return `${(value / 1e6).toFixed(1)} ms`;
}
