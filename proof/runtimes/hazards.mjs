// What a runtime must survive: workers that come and go, processes that end in the middle, signals at Go's threads.

import path from 'node:path';
import { inLanes } from '../runner/lanes.mjs';

const here = import.meta.dirname;
const ways = ['main', 'workers', 'worker', 'exception'];
const crashes = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGTRAP'];

/** Runs a script of this folder on a runtime. */
function start(context, runtime, script, args, timeout, onLine) {
  const run = runtime.kind === 'deno' ? ['run', '-A'] : [];
  return context.run(runtime.binary, [...run, path.join(here, script), ...args.map(String)], {
    env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: undefined },
    timeout,
    onLine,
  });
}

/** How it ended, in words. */
function endOf({ timedOut, signal, status }) {
  return timedOut ? 'hung' : (signal ?? `exit code ${status}`);
}

function demandSuccess(context, runtime, what, ended) {
  const text = `${ended.stdout}\n${ended.stderr}`.trim().split('\n').slice(-30).join('\n');
  context.demand(ended.status === 0, `${runtime.name}: ${what}: ${endOf(ended)}\n${text}`);
}

/** Workers that load the addon, half of them terminated in calls; returns MB grown after the first quarter. */
export async function cycleWorkers(context, runtime, rounds) {
  const ended = await start(context, runtime, 'cycles.js', [rounds], 30 * 60_000, (line) =>
    context.say(`${runtime.name}: workers: ${line.slice(0, 10)} of ${rounds}`),
  );
  demandSuccess(context, runtime, 'workers that come and go', ended);
  const { memory, mappings } = JSON.parse(ended.stdout.trim().split('\n').at(-1));
  context.demand(memory.length === rounds, `${runtime.name}: ${memory.length} of ${rounds} workers.`);
  context.demand(mappings === 1, `${runtime.name}: the addon is mapped ${mappings} times.`);
  const quarter = Math.floor(rounds / 4);
  const [early, late] = [memory.slice(quarter, 2 * quarter), memory.slice(-quarter)];
  return (Math.min(...late) - Math.min(...early)) / 1024;
}

/** Processes that end with ops in flight, two at a time, each with a code of its own. */
export async function exitInFlight(context, runtime, count) {
  let done = 0;
  await inLanes(2, [...Array(count).keys()], async (i) => {
    const way = ways[i % ways.length];
    const code = way === 'exception' ? 1 : 3 + (i % 50);
    const ended = await start(context, runtime, 'exits.js', [way, code], 60_000);
    const good = ended.status === code && ended.signal === null && !ended.timedOut;
    const text = good ? '' : ended.stderr.trim().split('\n').slice(-30).join('\n');
    context.demand(good, `${runtime.name}: exit ${code} (${way}) in flight: ${endOf(ended)}\n${text}`);
    context.say(`${runtime.name}: exits: ${++done} of ${count}`);
  });
}

/** Signals aimed at Go's threads; returns how many. */
export async function aimSignals(context, runtime, count) {
  const ended = await start(context, runtime, 'aimed.js', ['test', count], 10 * 60_000);
  demandSuccess(context, runtime, 'signals aimed at threads of Go', ended);
  return Number(ended.stdout);
}

/** The same with an addon that does not mask them, until it crashes; returns how it ended, or nothing. */
export async function crashUnmasked(context, runtime, count, attempts) {
  for (let i = 0; i < attempts; i++) {
    const ended = await start(context, runtime, 'aimed.js', ['nomask', count], 30_000);
    const fatal = ended.status === 2 && /^(fatal error|SIG|runtime:|signal arrived)/m.test(ended.stderr); // of Go
    // Some runtimes catch a signal of their own crash and exit with a code; a hang is Go's runtime that lost a thread.
    if (crashes.includes(ended.signal) || fatal) return ended.signal ?? 'a fatal error of Go';
  }
  return undefined;
}
