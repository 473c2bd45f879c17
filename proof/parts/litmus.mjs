// The state word in C under contention, and the same with a plain store, which has to fail.

import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { format } from '../../demo/text.mjs';

const source = path.join(root, 'proof', 'litmus', 'word.c');
const flags = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror', '-pthread'];
const threads = { entering: 4, freeing: 3 };
const rounds = 5;

/** What must be 0, by the name that word.c prints it under. */
const faults = {
  'dead-canaries': 'resources touched outside their life',
  'second-releases': 'second releases',
  'second-winners': 'second winners',
  underflows: 'counts that fell below zero',
  'ops-left': 'ops or an abandoned release left in the word',
  unreleased: 'lives without a release',
  unwon: 'lives without a winner',
};

export const part = {
  name: 'litmus',
  title: 'the state word in C, hammered by threads',
  packages: ['gcc', 'libc6-dev'],
  async prove(context) {
    const { stdout } = await context.must('gcc', ['-dumpfullversion']);
    context.version('gcc', stdout.trim());
    const found = await hammer(context, 'word', []);
    const wrong = faultsOf(found.counts) || `the run ${found.how}`;
    context.demand(found.status === 0, `The word does not hold: ${wrong}.`);
    demandOverlap(context, found.counts);
    addRows(context, found.counts);
    await proveControl(context);
  },
};

/** Leaving by a load and a store must be caught, or the litmus catches nothing; a busy machine may need some tries. */
async function proveControl(context) {
  for (let round = 1; round <= rounds; round++) {
    const { status, how, counts } = await hammer(context, 'plain-store', ['-DPLAIN_STORE']);
    if (status === 0) continue;
    const faults = faultsOf(counts);
    context.demand(status === 1 && faults, `The control failed in another way than it should: it ${how}.`);
    context.row('leave by load and store (control)', faults, 'seen to fail');
    return;
  }
  context.demand(
    false,
    `A leave by load and store went unnoticed ${rounds} times: this litmus shows nothing.`,
  );
}

/** Builds word.c, runs it, and resolves to what it counted and how it ended. */
async function hammer(context, name, defines) {
  const program = path.join(context.folder, name);
  const seconds = context.size(2, 60);
  context.begin(
    `${name}: ${threads.entering} threads enter and leave, ${threads.freeing} free, ${seconds} s`,
  );
  await context.must('gcc', [...flags, ...defines, '-o', program, source]);
  const args = [seconds, threads.entering, threads.freeing].map(String);
  const result = await context.run(program, args, { timeout: (seconds + 60) * 1000 });
  const how = result.timedOut ? 'hung' : `ended by ${result.signal ?? `exit code ${result.status}`}`;
  const pairs = result.stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return {
    status: result.status,
    how,
    counts: new Map(pairs.map(([key, value]) => [key, BigInt(value ?? 0)])),
  };
}

/** One sentence's worth of what went wrong, or ''. */
function faultsOf(counts) {
  const seen = Object.keys(faults).filter((name) => counts.get(name));
  return seen
    .map((name) => `${format(Number(BigInt.asIntN(64, counts.get(name))))} ${faults[name]}`)
    .join(', ');
}

function demandOverlap(context, counts) {
  const met = counts.get('conflicts') + counts.get('late-enters');
  const message = 'so it shows nothing about the word.';
  context.demand(met > 0n, `No enter met another access in this run, ${message}`);
  for (const name of ['time-outs', 'lost-frees']) {
    context.demand(counts.get(name) > 0n, `No ${name} in this run, ${message}`);
  }
}

function addRows(context, counts) {
  const figure = (name) => format(Number(counts.get(name)));
  context.row('lives of the slot, each released once by one winner', figure('lives'), '0 otherwise');
  context.row('ops, each inside a life', figure('enters'), '0 outside');
  context.row(
    'frees that lost, frees that timed out',
    `${figure('lost-frees')}, ${figure('time-outs')}`,
    '> 0',
  );
  const met = `${figure('conflicts')}, ${figure('late-enters')}`;
  context.row('enters that met another access, enters that came late', met, '> 0 together');
}
