// What every script begins with and does: a body that may fail in one sentence, and commands that must succeed.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Failure, root } from '../cli/run.mjs';

/** Runs the body of a script; a Failure ends it with its sentence and exit code 1. */
export async function main(body) {
  try {
    await body();
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    console.error(`\n${err.message}`);
    process.exitCode = 1;
  }
}

/** Runs a command in the repository's root, its output passed through. Throws a Failure unless it exits with 0. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (done.error?.code === 'ENOENT') throw new Failure(`'${command}' is not on the PATH.`);
  if (done.error) throw done.error;
  if (done.signal) throw new Failure(`${path.basename(command)} was ended by ${done.signal}.`);
  if (done.status !== 0) {
    const line = [path.basename(command), ...args].join(' ').replaceAll(root + path.sep, '');
    throw new Failure(`Failed: ${line} (exit code ${done.status})`);
  }
}
