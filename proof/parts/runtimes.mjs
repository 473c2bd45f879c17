// The JS suite and the hazards on each Node, on Bun and on Deno.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { format } from '../../demo/text.mjs';
import { build } from '../../scripts/addons.mjs';
import { run } from '../../scripts/run.mjs';
import { findVariant, variants } from '../../scripts/variants.mjs';
import { inLanes } from '../runner/lanes.mjs';
import { gather } from '../runner/problems.mjs';
import { expectedFailures, growthOf, reasons, whyUnrun } from '../runtimes/expectations.mjs';
import { aimSignals, crashUnmasked, cycleWorkers, exitInFlight } from '../runtimes/hazards.mjs';
import { installRuntimes, runtimeNames } from '../runtimes/install.mjs';
import { runTestFile, wholeFile } from '../runtimes/suite.mjs';

const quickFiles = ['errors', 'free', 'panics', 'dispose'].map((name) => `${name}.test.js`);
const page = 'docs/platforms.md';

export const part = {
  name: 'runtimes',
  title: 'the JS suite and the hazards on Node 20, 22, 24 and 26, Bun and Deno',
  packages: [],
  sections: runtimeNames,

  async prove(context) {
    checkPage(context);
    buildAddons(context);
    context.begin('fetching the runtimes');
    const [first, ...others] = installRuntimes();
    const isChosen = ({ name }) => context.on?.includes(name) ?? true;
    const problems = []; // told at the end: what several runtimes have in common is seen then
    const names = isChosen(first)
      ? await proveRuntime(context, first, undefined, problems)
      : await proveSuite(context.section(first.name), first, undefined, []); // for the names of its tests
    const prove = (runtime) => proveRuntime(context, runtime, names, problems);
    await inLanes(2, others.filter(isChosen), prove);
    context.demand(problems.length === 0, `\n${problems.join('\n')}`);
  },
};

/** Each reason for which something does not run must be there for a user to read. */
function checkPage(context) {
  const text = readFileSync(path.join(root, page), 'utf8');
  const missing = [...reasons].filter((reason) => !text.includes(`| \`${reason}\` |`));
  context.demand(missing.length === 0, `${page} has no row for ${missing.join(', ')}.`);
}

function buildAddons(context) {
  const quick = ['quiesce', 'test', 'nomask'].map((name) => findVariant(name));
  build((context.quick ? quick : variants).map(({ name }) => name));
  if (context.quick) return;
  run(process.execPath, ['cli/quiesce.mjs', 'build', 'test/toolkit/shapes', '--out', 'build/toolkit/shapes']);
}

/** `names` has the tests of each file that Node 20 has, and the others must have too; returns this one's. */
async function proveRuntime(context, runtime, names, problems) {
  const section = context.section(runtime.name);
  section.version(runtime.name, runtime.version);
  const found = [];
  const tests = await proveSuite(section, runtime, names, found);
  for (const prove of [proveWorkers, proveExits, proveSignals]) {
    await gather(found, prove(section, runtime));
  }
  if (found.length === 0) section.proven();
  problems.push(...found);
  return tests;
}

async function proveSuite(context, runtime, names, problems) {
  const all = readdirSync(path.join(root, 'test')).filter((name) => name.endsWith('.test.js'));
  const files = context.size(quickFiles, all);
  const counts = { run: 0, passed: 0, failed: 0, unrun: new Set() };
  const seen = new Map();
  for (const file of files) {
    const reason = whyUnrun(runtime.name, file);
    if (reason) {
      counts.unrun.add(reason);
      continue;
    }
    context.begin(`${runtime.name}: ${file}`);
    const { results, output } = await runTestFile(context, runtime, file, context.size(3, 10) * 60_000);
    const found = problemsOf(runtime, file, results, names?.get(file));
    if (found.length > 0) console.error(`${output}\n${found.join('\n')}`);
    problems.push(...found);
    seen.set(file, [...results.keys()]);
    tally(counts, results);
  }
  const expected = counts.failed > 0 ? `, ${counts.failed} listed as what it does not do` : '';
  const unrun = counts.unrun.size > 0 ? `; files not run: ${[...counts.unrun].join(', ')}` : '';
  context.row(
    `${runtime.name}: tests of ${counts.run} files`,
    `${format(counts.passed)} passed${expected}${unrun}`,
    `all but those in ${page}`,
  );
  return seen;
}

/** What is not as expectations.mjs has it, in one sentence each. */
function problemsOf(runtime, file, results, wanted = []) {
  const expected = expectedFailures(runtime.name, file);
  const found = [];
  for (const [test, result] of results) {
    const listed = expected.get(test);
    if (result === 'fail' && !listed) found.push(`'${test}' failed`);
    if (result === 'pass' && listed && !listed.unsteady) {
      found.push(`'${test}' passes, in spite of '${listed.reason}'`);
    }
  }
  for (const test of new Set([...wanted, ...expected.keys()])) {
    if (!results.has(test)) found.push(`there is no result of '${test}'`);
  }
  return found.map((problem) => `${runtime.name}: ${file}: ${problem}.`);
}

function tally(counts, results) {
  counts.run++;
  for (const [test, result] of results) {
    if (test === wholeFile) continue;
    if (result === 'pass') counts.passed++;
    if (result === 'fail') counts.failed++;
  }
}

async function proveWorkers(context, runtime) {
  const { name } = runtime;
  const rounds = context.size(12, 1000);
  context.begin(`${name}: ${rounds} workers`);
  const grown = await cycleWorkers(context, runtime, rounds);
  const { limit, reason } = growthOf(name);
  context.demand(grown < limit, `${name}: grew by ${grown.toFixed(1)} MB in ${rounds} workers.`);
  context.row(
    `${name}: workers that load the addon, and exit or are terminated in a call`,
    `${format(rounds)}, no crash, RSS ${grown < 0 ? '' : '+'}${grown.toFixed(1)} MB`,
    `no crash, RSS under +${limit} MB${reason ? ` (${reason})` : ''}`,
  );
}

async function proveExits(context, runtime) {
  const { name } = runtime;
  const exits = context.size(8, 200);
  context.begin(`${name}: exits in flight`);
  await exitInFlight(context, runtime, exits);
  context.row(`${name}: exits with ops in flight`, `${exits}, each with its code`, 'no crash, no hang');
}

async function proveSignals(context, runtime) {
  const { name } = runtime;
  const count = context.size(50_000, 200_000);
  context.begin(`${name}: signals`);
  const sent = await aimSignals(context, runtime, count);
  context.demand(sent >= count, `${name}: only ${sent} signals were sent.`);
  context.row(`${name}: signals at threads of Go`, `${format(sent)}, no crash`, `${format(count)}, no crash`);
  const end = await crashUnmasked(context, runtime, 200_000, 5);
  context.demand(end, `${name}: the control, an addon that does not mask signals, did not crash in 5 runs.`);
  context.row(`${name}: the control: the same without the mask`, end, 'a crash');
}
