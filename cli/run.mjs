// Starting other programs, and failing in one readable sentence.

import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: a clone of the repository, or what npm installed. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** True if this package is a clone of the repository, and not what npm installed. */
export const isClone = !root.split(path.sep).includes('node_modules');

/** An error whose message is all that the user needs: it is printed without a stack. */
export class Failure extends Error {
  exitCode = 1;
}

/** A command line that makes no sense. */
export class UsageError extends Failure {
  exitCode = 2;
}

/** Runs a command and returns { missing, status, stdout, stderr }; a program that is not there is no error. */
export function capture(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (done.error && done.error.code !== 'ENOENT') throw done.error;
  if (done.signal) throw new Failure(`${path.basename(command)} was ended by ${done.signal}.`);
  return {
    missing: done.error !== undefined,
    status: done.status,
    stdout: done.stdout ?? '',
    stderr: done.stderr ?? '',
  };
}

/** Runs a command beside this process and resolves to { status, stdout, stderr } when it has ended. */
export function start(command, args, options) {
  return new Promise((resolve, reject) => {
    if (interrupted) throw new Failure(`Ended by ${interrupted}.`);
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name]?.setEncoding('utf8').on('data', (text) => {
        written[name] += text;
      });
    }
    const release = onInterrupt((signal) => child.kill(signal));
    child.on('error', (err) => {
      release();
      reject(err.code === 'ENOENT' ? new Failure(`'${command}' is not on the PATH.`) : err);
    });
    child.on('close', (status, signal) => {
      release();
      if (interrupted) reject(new Failure(`Ended by ${interrupted}.`));
      else if (signal) reject(new Failure(`${path.basename(command)} was ended by ${signal}.`));
      else resolve({ status, ...written });
    });
  });
}

let interrupted;
const listeners = new Set();

/** Calls the listener with the signal by which `interruptible` is interrupted; returns what forgets it. */
export function onInterrupt(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Runs a body that may be interrupted: the first SIGINT, SIGTERM or SIGHUP ends what `start` has running, so that
 * the body can clean up. This process then ends by the same signal; a second one ends it at once.
 */
export async function interruptible(body) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const interrupt = (signal) => {
    interrupted = signal;
    for (const each of signals) process.off(each, interrupt);
    for (const listener of listeners) listener(signal);
  };
  for (const each of signals) process.on(each, interrupt);
  try {
    await body();
  } finally {
    for (const each of signals) process.off(each, interrupt);
    if (interrupted) process.kill(process.pid, interrupted);
  }
}
