// What the command line asks for.

import { checkNames, parse, UsageError } from '../../demo/options.mjs';

/** The text of --help. */
export function usage(parts) {
  const width = Math.max(...parts.map(({ name }) => name.length));
  return `Usage: npm run proof -- [PART...] [options]

Checks the claim that nothing is ever used after it was freed: the model, the code, the faults, the runtimes, in order
of cost. It sets up what it needs; a part that fails does not keep the others from running. The long run writes what it
has found into docs/proof.md.

  PART      which ones (default: all):
${parts.map(({ name, title }) => `              ${name.padEnd(width)}  ${title}`).join('\n')}
  --on NAME of the runtimes these only, such as node-22; may be given several times (default: all)
  --quick   the same checks with less of each, in minutes; writes nothing
  --help    this text

Exit code: 0 if all was proven, 1 if not, 2 for a bad command line.`;
}

/** Reads the command line; throws a UsageError. */
export function readArguments(args, parts) {
  const names = parts.map(({ name }) => name);
  // npm takes options that stand before its `--` for its own.
  if (process.env.npm_config_quick) throw new UsageError('Write it so: npm run proof -- --quick');
  const { values, positionals } = parse(args, {
    quick: { type: 'boolean', default: false },
    on: { type: 'string', multiple: true },
  });
  checkNames('part', positionals, names);
  const on = values.on?.map((text) => sectionOf(parts, positionals, text));
  return { ...values, on, names: positionals.length > 0 ? positionals : names };
}

/** The section that --on names, of the one part that was asked for. */
function sectionOf(parts, names, text) {
  const sections = parts.find(({ name }) => names.length === 1 && name === names[0])?.sections;
  if (!sections) throw new UsageError('--on is for the runtimes: npm run proof -- runtimes --on node-22');
  const plain = (name) => name.toLowerCase().replaceAll(' ', '-');
  const found = sections.find((name) => plain(name) === plain(text));
  if (!found)
    throw new UsageError(`There is no runtime '${text}'; there are ${sections.map(plain).join(', ')}.`);
  return found;
}
