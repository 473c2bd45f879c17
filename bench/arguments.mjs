// What the command line asks for.

import { parse, UsageError } from '../demo/options.mjs';

export const usage = `Usage: npm run bench -- [FIGURE...] [options]

Measures what Quiesce costs. Every figure is taken several times, each time in a fresh process that measures the
rival too; the order is shuffled, the result is the median.

  FIGURE    one of: %FIGURES% (default: all)
  --quick   3 processes for each figure instead of 7
  --json    one JSON document on stdout, progress on stderr
  --help    this text

Exit code: 0 if no bar was missed, 1 if one was, 2 for a bad command line.`;

/** Reads the command line; throws a UsageError. */
export function readArguments(args, names) {
  const { values, positionals } = parse(args, {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown) throw new UsageError(`There is no figure '${unknown}'; there are ${names.join(', ')}.`);
  return { ...values, names: positionals.length > 0 ? positionals : names };
}
