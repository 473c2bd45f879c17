// Runs children that make random calls, and makes of a case that fails the shortest one that still does.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, root } from '../../cli/run.mjs';
import { groupBy } from './group.mjs';

const child = path.join(root, 'proof', 'fuzz', 'child.mjs');
const corpus = path.join(root, 'proof', 'fuzz', 'corpus');
const flags = ['--expose-gc', '--no-warnings', child];
const hung = 120_000; // ms beyond the time that a child has
const mostTries = 80; // to make a case shorter

/** The cases that are kept, by surface. */
export function keptCases() {
  const files = readdirSync(corpus).filter((name) => name.endsWith('.json'));
  const cases = files.map((name) => JSON.parse(readFileSync(path.join(corpus, name), 'utf8')));
  return groupBy(cases, (each) => each.surface);
}

/**
 * Runs a child: of `cases`, or of those that `seed` gives in so many `seconds`. Returns its report; `failed` has the
 * case and what was wrong, also if the child did not end as it should.
 */
export async function runChild(context, task) {
  const folder = mkdtempSync(path.join(context.folder, 'child-'));
  const file = path.join(folder, 'case.json');
  const timeout = (task.seconds ?? 0) * 1000 + hung;
  const args = [...flags, JSON.stringify({ ...task, file, folder })];
  const { status, signal, stdout, stderr, timedOut } = await context.run(process.execPath, args, {
    cwd: folder,
    timeout,
  });
  const ended = timedOut
    ? 'it hung'
    : signal
      ? `it was ended by ${signal}`
      : status !== 0
        ? `it exited with ${status}`
        : '';
  const report = reportIn(stdout);
  if (report && !ended && stderr === '') return report;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const wrong = `${ended || 'it wrote to stderr'}: ${stderr.slice(0, 4000)}`.trim();
  const one = text ? JSON.parse(text) : undefined;
  return {
    cases: 0,
    calls: 0,
    counts: {},
    crashed: ended !== '',
    ...report,
    failed: { case: one, wrong },
  };
}

function reportIn(stdout) {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

/** Drops calls, and whole threads, as long as the case still fails. */
export async function shrink(context, task, failed) {
  let best = failed.case;
  let tries = 0;
  const fails = async (threads) => {
    if (tries++ >= mostTries) return false;
    const cases = Array(3).fill({ ...best, threads }); // a race may need another try
    return (await runChild(context, { ...task, seconds: undefined, cases })).failed !== undefined;
  };
  if (!best || !(await fails(best.threads))) return { case: best, again: false };
  for (let size = 16; size >= 1; size = Math.floor(size / 2)) {
    for (let thread = 0; thread < best.threads.length; thread++) {
      for (let at = 0; at < best.threads[thread].length; ) {
        const shorter = best.threads.map((calls, i) => (i === thread ? calls.toSpliced(at, size) : calls));
        if (await fails(shorter)) best = { ...best, threads: shorter };
        else at += size;
      }
    }
  }
  return { case: best, again: true };
}

/** Keeps a case that failed, and fails the part with its script. */
export async function fail(context, task, failed, seed) {
  context.say('a case fails: making it shorter');
  const { case: shortest, again } = await shrink(context, task, failed);
  const parts = [`A case of ${task.surface} fails (QUIESCE_FUZZ_SEED=${seed}): ${failed.wrong}`];
  if (shortest) {
    mkdirSync(corpus, { recursive: true });
    const file = path.join(corpus, `failed-${task.surface}-${Date.now()}.json`);
    writeFileSync(file, `${JSON.stringify(shortest, undefined, 1)}\n`);
    parts.push(
      again ? 'It fails again with these calls:' : 'It did not fail again in three runs; its calls were:',
      script(shortest),
    );
    parts.push(`It is kept in ${path.relative(root, file)}.`);
  }
  throw new Failure(parts.join('\n'));
}

/** A case as a person reads it. */
export function script({ threads }) {
  return threads
    .map((calls, i) => [`thread ${i}:`, ...calls.map((call) => `  ${line(call)}`)].join('\n'))
    .join('\n');
}

function line({ op, turns, thread, label, this: itself, value, args, wait }) {
  if (op) return op === 'terminate' ? `terminate thread ${thread}` : `${op}${turns ? ` ${turns}` : ''}`;
  const on = value ? ` on ${JSON.stringify(value)}` : itself ? ` on ${itself.join(' ')}` : '';
  return `${wait ? 'await ' : ''}${label}(${args.map((each) => JSON.stringify(each)).join(', ')})${on}`;
}
