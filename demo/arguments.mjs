// What the command line asks for.

import { accessSync, constants, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

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

/** Something that the user got wrong; its message is one sentence. */
export class UsageError extends Error {}

/** Reads the command line; throws a UsageError. */
export function readArguments(argv) {
  const { values, positionals } = parse(argv);
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

function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        workers: { type: 'string' },
        frees: { type: 'string' },
        pattern: { type: 'string', default: 'node' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (err) {
    const [problem] = err.message.split(/\. |\.?\n|\.$/);
    throw new UsageError(`${problem}; --help tells what there is.`);
  }
}

function integer(name, text, most) {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number from 1 to ${most}, not '${text}'.`);
}

function checkFile(file) {
  const stat = look(file);
  if (stat.isDirectory()) throw new UsageError(`'${file}' is a directory, not a file.`);
  if (!stat.isFile()) throw new UsageError(`'${file}' is not a regular file.`);
  if (stat.size === 0) throw new UsageError(`'${file}' is empty: there is nothing to search.`);
  return path.resolve(file);
}

function look(file) {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file);
  } catch (err) {
    if (err.code === 'ENOENT') throw new UsageError(`There is no file '${file}'.`);
    throw new UsageError(`'${file}' cannot be read (${err.code}).`);
  }
}
