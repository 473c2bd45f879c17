// Stock Node with a sanitizer's runtime loaded before everything else, and sanitized addons.

import path from 'node:path';
import { capture, Failure, root } from '../../cli/run.mjs';
import { addonsOf } from './build.mjs';
import { Log } from './reports.mjs';

const minute = 60_000;

// Both: a report does not change how a process ends, for tests look at that.
export const sanitizers = {
  // Go turns its faults into panics and V8 its own into traps, so both need their handlers.
  address: {
    name: 'address',
    title: 'AddressSanitizer',
    library: 'libasan.so',
    variable: 'ASAN_OPTIONS',
    options: 'halt_on_error=0:exitcode=0:handle_segv=0:allow_user_segv_handler=1',
  },
  // As much history as there can be: an access whose stack is lost could not be told from Node's.
  thread: {
    name: 'thread',
    title: 'ThreadSanitizer',
    library: 'libtsan.so',
    variable: 'TSAN_OPTIONS',
    options: 'exitcode=0:history_size=7',
  },
};

// The shadow of the memory has a fixed place, which may be taken where the kernel lays out memory by chance.
const fixedLayout = ['setarch', '-R'];

/** What `node` is started by: its memory at fixed places, where that is allowed, and the runtime loaded first. */
function launcher({ library, variable, options }, log, extra) {
  const found = capture('gcc', [`-print-file-name=${library}`]).stdout.trim();
  if (!path.isAbsolute(found)) throw new Failure(`gcc has no ${library}: install the one of its version.`);
  const [program, ...args] = fixedLayout;
  const fixed = capture(program, [...args, 'true']);
  const start = !fixed.missing && fixed.status === 0 ? fixedLayout : [];
  return [...start, 'env', `LD_PRELOAD=${found}`, `${variable}=${options}:${extra}:${log.option}`];
}

/** Runs node under the sanitizer to its end, or for `timeout` ms; resolves to how it ended, and the reports. */
async function runNode(context, sanitizer, folder, { args, name, extra = 'detect_leaks=0', timeout }) {
  const log = new Log(path.join(folder, 'logs', name), addonsOf(folder));
  const [program, ...rest] = [...launcher(sanitizer, log, extra), process.execPath, ...args];
  const ended = await context.run(program, rest, {
    cwd: folder,
    timeout: timeout ?? 10 * minute,
  });
  context.demand(timeout || !ended.timedOut, `${sanitizer.title}: ${name} had not ended after 10 minutes.`);
  return { ...ended, reports: log.reports() };
}

/**
 * Runs the workload; resolves to how it ended and the reports. `tally` is { calls, envs, refused } if it ended well. With
 * bugs planted in it, it may end anywhere, with nothing said and any exit code, or not at all: what was reported by the
 * `timeout` is what it found.
 */
export async function runWorkload(context, sanitizer, folder, rounds, { timeout } = {}) {
  const script = path.join(root, 'proof', 'sanitize', 'workload.cjs');
  const args = ['--no-warnings', script, folder, String(rounds)];
  const extra = sanitizer === sanitizers.address ? 'detect_leaks=1' : undefined;
  const ended = await runNode(context, sanitizer, folder, { args, name: 'workload', extra, timeout });
  const endedWell = ended.status === 0 && ended.stdout !== '';
  return { ...ended, tally: endedWell ? JSON.parse(ended.stdout) : undefined };
}

/**
 * Runs test files, one after the other; resolves to { tests, reports }. All tests must pass. A file may have a second
 * run: everything takes ten times as long here, and some tests wait for a time of their own.
 */
export async function runTests(context, sanitizer, folder, names) {
  const sum = { tests: 0, reports: [] };
  for (const name of names) {
    let run = await runTestFile(context, sanitizer, folder, name, `${name}-1`);
    sum.reports.push(...run.reports);
    if (run.failed.length > 0) {
      run = await runTestFile(context, sanitizer, folder, name, `${name}-2`);
      sum.reports.push(...run.reports);
    }
    context.demand(run.failed.length === 0, `${sanitizer.title}: ${name}.test.js: ${run.failed.join('; ')}`);
    sum.tests += run.passed;
  }
  return sum;
}

async function runTestFile(context, sanitizer, folder, file, name) {
  context.say(`${file}.test.js`);
  // What is freed is kept from use for a while: how much memory there is tells nothing here. To Node 20 a test also has
  // the name of the root that it stands in.
  const args = ['--test', '--test-reporter=tap', '--test-name-pattern=/^(?!FAULTS (19|21)|<root>)/'];
  args.push(path.join('test', `${file}.test.js`));
  const { stdout, reports } = await runNode(context, sanitizer, folder, { args, name });
  const count = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1] ?? Number.NaN);
  const failed = stdout.match(/^\s*not ok .*$/gm) ?? [];
  if (failed.length === 0 && !(count('pass') > 0 && count('fail') === 0)) failed.push('it did not end well');
  return { passed: count('pass'), failed, reports };
}
