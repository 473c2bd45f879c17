// Runs tests that carry numbers of faults, and tells how often each row passed.

import path from 'node:path';
import { goEnvironment } from '../../cli/go.mjs';
import { Failure } from '../../cli/run.mjs';

const minute = 60_000;
const tapLine = /^\s*(not )?ok \d+ - FAULTS ([\d, ]+): (.*?)(?: # SKIP ?(.*))?$/;

/**
 * Runs the JS tests whose names begin with a number, or those of them that match. Resolves to what passed and what was
 * skipped, each a list of { rows, name, reason }; a test that fails is a Failure.
 */
export async function runJsTests(context, files, { pattern = '', full = false, concurrency = 1 } = {}) {
  const args = [
    '--test',
    '--test-reporter=tap',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${(full ? 20 : 3) * minute}`,
    `--test-name-pattern=^FAULTS [\\d, ]+: ${pattern}`,
    ...files,
  ];
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  if (full) env.QUIESCE_TEST_FULL = '1';
  const found = { passed: [], failed: [], skipped: [] };
  const onLine = (line) => take(line, pattern, found, context);
  const { status, timedOut, stdout, stderr } = await context.run(process.execPath, args, {
    env,
    timeout: (full ? 120 : 20) * minute,
    onLine,
  });
  context.demand(!timedOut, 'The tests had not ended when their time was over.');
  if (found.failed.length > 0 || status !== 0) {
    const names = found.failed.map(({ rows, name }) => `FAULTS ${rows.join(', ')}: ${name}`);
    throw new Failure(
      `Failed: ${names.join('; ') || 'a file of tests'}\n${problems(`${stdout}\n${stderr}`)}`,
    );
  }
  return found;
}

function take(line, pattern, found, context) {
  const [, failed, list, name, reason] = tapLine.exec(line) ?? [];
  if (!list || !new RegExp(`^${pattern}`).test(name)) return;
  if (reason === 'test name does not match pattern') return;
  const kind = failed ? 'failed' : reason === undefined ? 'passed' : 'skipped';
  found[kind].push({ rows: list.split(', ').map(Number), name: name.replaceAll('\\', ''), reason });
  context.say(`FAULTS ${list}: ${name}`);
}

/** What the failed tests say of themselves. */
export function problems(output) {
  const lines = output.split('\n');
  const at = lines.flatMap((line, i) => (/^\s*not ok/.test(line) ? [i] : []));
  return at.flatMap((i) => lines.slice(i, i + 30)).join('\n');
}

/** Runs these Go tests of the main module; all must run and pass. Resolves to how many there were, subtests apart. */
export async function runGoTests(context, tests, flags = []) {
  const packages = new Set(tests.map(({ file }) => `./${path.dirname(file)}`));
  const names = new Set(tests.map(({ name }) => name));
  const passed = new Set();
  const onLine = (line) => {
    const { Action, Test, Package } = line.startsWith('{') ? JSON.parse(line) : {};
    if (Action === 'pass' && names.has(Test)) passed.add(`${Package} ${Test}`);
    if (Action === 'run' && Test) context.say(`${Package}: ${Test}`);
  };
  const run = `-run=^(${[...names].join('|')})$`;
  await context.must('go', ['test', '-json', '-count=1', '-timeout=20m', ...flags, run, ...packages], {
    env: goEnvironment().env,
    timeout: 25 * minute,
    onLine,
  });
  context.demand(passed.size === tests.length, `${passed.size} of ${tests.length} Go tests have passed.`);
  return passed.size;
}
