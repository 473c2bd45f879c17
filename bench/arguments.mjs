// What the command line asks for.

import { parse, UsageError } from '../demo/options.mjs';

export const usage = `Usage: npm run bench -- [FIGURE...] [options]

Measures what Quiesce costs beside what one would use in its place. Every figure is taken 15 times, in a shuffled order;
each time it and its rivals run one after the other, every one in a process of its own. Times are medians, ratios the
medians of those in one round. Without a name it takes all figures, half an hour or so, and writes docs/benchmark.md
and its plot.

  FIGURE    one of: %FIGURES%
  --quick   without a name only the figures that CI checks; rivals with a bar only, each bar with some allowance
  --json    one JSON document on stdout, progress on stderr
  --help    this text

Exit code: 0 if no bar was missed, 1 if one was, 2 for a bad command line.`;

/** Reads the command line; throws a UsageError. */
export function readArguments(args, figures) {
  const { values, positionals } = parse(args, {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const unknown = positionals.find((name) => !(name in figures));
  if (unknown) {
    throw new UsageError(`There is no figure '${unknown}'; there are ${Object.keys(figures).join(', ')}.`);
  }
  return { ...values, names: positionals };
}

/** The figures that are asked for. In a quick run they have no rivals but those that a bar is about. */
export function chosenOf({ names, quick }, figures) {
  const chosen =
    names.length > 0 ? names : Object.keys(figures).filter((name) => !quick || figures[name].margin);
  const asMeasured = ({ rivals, ...figure }) => ({
    ...figure,
    rivals: quick && !figure.pair ? rivals.filter(({ bar }) => bar) : rivals,
  });
  return Object.fromEntries(chosen.map((name) => [name, asMeasured(figures[name])]));
}
