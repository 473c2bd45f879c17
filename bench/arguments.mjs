// What the command line asks for.

import { parseArgs } from 'node:util';

export const usage = `Usage: npm run bench -- [FIGURE...] [options]

Measures what Quiesce costs. Every figure is taken several times, each time in a fresh process that measures the
rival too; the order is shuffled, the result is the median.

  FIGURE    one of: %FIGURES% (default: all)
  --quick   3 processes for each figure instead of 7
  --json    one JSON document on stdout, progress on stderr
  --help    this text

Exit code: 0 if no bar was missed, 1 if one was, 2 for a bad command line.`;

/** Something that the user got wrong; its message is one sentence. */
export class UsageError extends Error {}

/** Reads the command line; throws a UsageError. */
export function readArguments(args, names) {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown) throw new UsageError(`There is no figure '${unknown}'; there are ${names.join(', ')}.`);
  return { ...values, names: positionals.length > 0 ? positionals : names };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (err) {
    const [problem] = err.message.split(/\. |\.?\n|\.$/);
    throw new UsageError(`${problem}; --help tells what there is.`);
  }
}
