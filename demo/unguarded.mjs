// The same race without the guard. It is expected to die, so it runs in a process of its own.

import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('unguarded-child.mjs', import.meta.url));
const MAX_OUTPUT = 1 << 16; // Go's report lists every goroutine

/**
 * Runs the race of these options: { path, pattern, workers, frees, limit }. Resolves with how it ended:
 * { died, signal, code, firstLine, seconds, frees, wrong, told }. One that won all its frees has not died.
 */
export async function raceUnguarded(options, signal) {
  const start = performance.now();
  const { code, killer, stderr, last } = await runChild(options, signal);
  const seconds = (performance.now() - start) / 1000;
  const died = !signal.aborted && code !== 0;
  return { died, signal: killer, code, firstLine: died ? firstLineOf(stderr) : undefined, seconds, ...last };
}

/** What the child knows it writes as one JSON document a line; the last one outlives it. */
function runChild(options, signal) {
  const started = spawn(process.execPath, [child, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: tmpdir(), // for the core file, where the system writes one
    signal,
  });
  let stderr = '';
  let stdout = '';
  let last = { frees: 0, wrong: 0, told: [] };
  started.stderr.setEncoding('utf8').on('data', (text) => {
    if (stderr.length < MAX_OUTPUT) stderr += text;
  });
  started.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (stdout + text).split('\n');
    stdout = lines.pop();
    if (lines.length > 0) last = JSON.parse(lines[lines.length - 1]);
  });
  return new Promise((resolve, reject) => {
    started.on('error', (error) => {
      if (error.name !== 'AbortError') reject(error);
    });
    started.on('close', (code, killer) => resolve({ code, killer, stderr, last }));
  });
}

/** What the runtime said of its end: the first line that names it, without goroutines and registers. */
function firstLineOf(stderr) {
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling = /^(unexpected fault|fatal error|panic:|SIG[A-Z]+:|runtime:)/;
  return lines.find((line) => telling.test(line)) ?? lines.find((line) => line !== '');
}
