// What the command lines of the demos have in common.

import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** Something that the user got wrong; its message is one sentence. */
export class UsageError extends Error {}

/** parseArgs() with these options and --help. */
export function parse(args, options) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    });
  } catch (err) {
    const [problem] = err.message.split(/\. |\.?\n|\.$/);
    throw new UsageError(`${problem}; --help tells what there is.`);
  }
}

/** Throws unless each of the names is known; `kind` is what they are names of. */
export function checkNames(kind, names, known) {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`There is no ${kind} '${unknown}'; there are ${known.join(', ')}.`);
}

/** The number that an option was given, from 1 to `most`; undefined if it was not given. */
export function integer(name, text, most) {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number from 1 to ${most}, not '${text}'.`);
}

/** The absolute path of a file that can be read and has something in it. */
export function checkFile(file) {
  const stat = look(file);
  if (stat.isDirectory()) throw new UsageError(`'${file}' is a directory, not a file.`);
  if (!stat.isFile()) throw new UsageError(`'${file}' is not a regular file.`);
  if (stat.size === 0) throw new UsageError(`'${file}' is empty.`);
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
