// What the command line asks for.

import { availableParallelism } from 'node:os';
import { checkFile, integer, parse, UsageError } from './options.mjs';

export const usage = `Usage: npm run demo -- [FILE] [options]

Worker threads search a memory-mapped FILE without pause, while the main thread frees and reopens it under
them. Then the same race runs in a child process without Quiesce's guard.

  FILE           the file to map (default: the running node binary)
  --workers N    worker threads, 1 to 64 (default: one for each core, at least 2)
  --frees N      frees to win while ops are in flight, 1 to 100000 (default: 500)
  --pattern TEXT what the workers count (default: node)
  --json         one JSON document on stdout, progress on stderr
  --help         this text

Exit code: 0 if every check held, 1 if one failed, 2 for a bad command line, 130 after Ctrl-C.`;

/** Reads the command line; throws a UsageError. */
export function readArguments(argv) {
  const { values, positionals } = parse(argv, {
    workers: { type: 'string' },
    frees: { type: 'string' },
    pattern: { type: 'string', default: 'node' },
    json: { type: 'boolean', default: false },
  });
  if (values.help) return { help: true };
  if (positionals.length > 1) throw new UsageError(`There can be one FILE, not ${positionals.length}.`);
  if (values.pattern === '') throw new UsageError('The pattern must not be empty.');
  return {
    path: checkFile(positionals[0] ?? process.execPath),
    workers: integer('workers', values.workers, 64) ?? Math.max(2, availableParallelism()),
    frees: integer('frees', values.frees, 100_000) ?? 500,
    pattern: values.pattern,
    json: values.json,
  };
}
