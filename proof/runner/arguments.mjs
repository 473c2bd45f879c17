// What the command line asks for.

import { parse, UsageError } from '../../demo/options.mjs';

/** The text of --help. */
export function usage(parts) {
  const width = Math.max(...parts.map(({ name }) => name.length));
  return `Usage: npm run proof -- [PART...] [options]

Checks the claim that nothing is ever used after it was freed: the model, the code, the faults, the runtimes, in order
of cost. It sets up what it needs; a part that fails does not keep the others from running. The long run writes what it
has found into docs/proof.md.

  PART      which ones (default: all):
${parts.map(({ name, title }) => `              ${name.padEnd(width)}  ${title}`).join('\n')}
  --quick   the same checks with less of each, in minutes; writes nothing
  --help    this text

Exit code: 0 if all was proven, 1 if not, 2 for a bad command line.`;
}

/** Reads the command line; throws a UsageError. */
export function readArguments(args, names) {
  // npm takes options that stand before its `--` for its own.
  if (process.env.npm_config_quick) throw new UsageError('Write it so: npm run proof -- --quick');
  const { values, positionals } = parse(args, { quick: { type: 'boolean', default: false } });
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown) throw new UsageError(`There is no part '${unknown}'; there are ${names.join(', ')}.`);
  return { ...values, names: positionals.length > 0 ? positionals : names };
}
