// Starting other programs, and failing in one readable sentence.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** An error whose message is all that the user needs: it is printed without a stack. */
export class Failure extends Error {}

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

/** Runs a command and returns { missing, status, stdout, stderr }; a program that is not there is no error. */
export function capture(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (done.error && done.error.code !== 'ENOENT') throw done.error;
  return {
    missing: done.error !== undefined,
    status: done.status,
    stdout: done.stdout ?? '',
    stderr: done.stderr ?? '',
  };
}
