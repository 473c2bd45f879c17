// Runs test/*.test.js under node's own test runner, and makes sure that it ends.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Failure, root } from '../cli/run.mjs';

const minute = 60_000;

/** Runs every test file of a folder, or those with these names; rejects with a Failure unless all pass. */
export async function runTestFiles({ full, folder = 'test', names = [] }) {
  const all = readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.test.js'));
  const unknown = names.find((name) => !all.includes(`${name}.test.js`));
  if (unknown !== undefined) throw new Failure(`There is no ${folder}/${unknown}.test.js.`);
  const files = names.length > 0 ? names.map((name) => `${name}.test.js`) : all;
  if (files.length === 0) throw new Failure(`There is no ${folder}/*.test.js.`);
  // Each file starts threads for every core; on two cores a second file beside it makes its timing a lottery.
  const concurrency = Math.max(1, Math.floor(availableParallelism() / 2));
  const args = [
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${(full ? 20 : 3) * minute}`,
    ...files.sort().map((name) => path.join(folder, name)),
  ];
  await runGroup(process.execPath, args, (full ? 60 : 20) * minute);
}

/**
 * Runs a command in a process group of its own and kills the group at the deadline. Node's runner ends a file
 * that takes too long with SIGTERM and then waits for it: a thread stuck in native code may never take that
 * signal, and the processes that the file started do not get it at all.
 */
function runGroup(command, args, deadline) {
  const detached = process.platform !== 'win32';
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', detached });
  const kill = (signal) => {
    try {
      process.kill(detached ? -child.pid : child.pid, signal);
    } catch (err) {
      if (err.code !== 'ESRCH') throw err;
    }
  };
  // A group of its own no longer gets the terminal's Ctrl+C.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, kill);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill('SIGKILL');
  }, deadline);

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else if (late) reject(new Failure(`The tests had not ended after ${deadline / minute} minutes.`));
      else reject(new Failure(`The tests failed (${signal ?? `exit code ${code}`}).`));
    });
  });
}
