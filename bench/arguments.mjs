// What the command line asks for.

import { checkNames, parse } from '../demo/options.mjs';

export const usage = `Usage: npm run bench -- [FIGURE...] [options]

Measures what Quiesce costs beside what one would use in its place. Every figure is taken 15 times (those that take
minutes once or three times), in a shuffled order; each time it and its rivals run one after the other, every one in a
process of its own. Times are medians, ratios the medians of those in one round. Without a name it takes all figures,
some 40 minutes, and writes docs/benchmark.md and its plot.

  FIGURE    one of: %FIGURES%
  --quick   without a name only the figures that CI checks; rivals with a bar only, held to what CI allows: the bar, or
            what was found where that is out of reach, and a margin for a busy machine
  --json    one JSON document on stdout, progress on stderr
  --help    this text

Exit code: 0 if no bar was missed, 1 if one was, 2 for a bad command line.`;

/** Reads the command line; throws a UsageError. */
export function readArguments(args, figures) {
  const { values, positionals } = parse(args, {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  checkNames('figure', positionals, Object.keys(figures));
  return { ...values, names: positionals };
}

/** The figures that are asked for, as they are to be taken. */
export function chosenOf({ names, quick }, figures) {
  const chosen =
    names.length > 0 ? names : Object.keys(figures).filter((name) => !quick || figures[name].margin);
  return Object.fromEntries(chosen.map((name) => [name, quick ? quickly(figures[name]) : figures[name]]));
}

/** A figure of a quick run: no rivals but those that a bar is about, no bars but ratios, and those with the margin. */
function quickly({ bar, margin, rivals, ...figure }) {
  const few = figure.pair ? rivals : rivals.filter(({ bar }) => bar);
  const held = few.map((rival) => ({ ...rival, bar: margin && rival.bar && heldTo(rival.bar, margin) }));
  return { ...figure, rivals: held };
}

/** What a ratio is held to: the bar, or to what was found where that is out of reach, times the margin. */
function heldTo({ atMost, atLeast, found }, margin) {
  return atLeast === undefined
    ? { atMost: (found ?? atMost) * margin }
    : { atLeast: (found ?? atLeast) / margin };
}
