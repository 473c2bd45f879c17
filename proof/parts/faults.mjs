// The faults that Quiesce must survive: each has tests, which pass, and each protection a control, which fails.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { format } from '../../demo/text.mjs';
import { variants } from '../../scripts/variants.mjs';
import { controls } from '../faults/controls.mjs';
import { faults } from '../faults/rows.mjs';
import { runGoTests, runJsTests } from '../faults/run.mjs';
import { takeOut } from '../faults/take-out.mjs';
import { findTests } from '../faults/tests.mjs';

const control = 'the control: ';

export const part = {
  name: 'faults',
  title: 'every fault has its tests, and every protection a build without it in which they fail',
  packages: [],
  async prove(context) {
    const tests = findTests();
    demandEveryRow(context, tests);
    await build(context);
    const passed = context.quick ? undefined : await runAll(context, tests);
    for (const fault of faults) addRow(context, fault, tests, passed);
    if (context.quick) await runControls(context, tests);
    await takeOutAll(context);
  },
};

/** Each row has a test, and each test a row. */
function demandEveryRow(context, tests) {
  const known = new Set(faults.map(({ number }) => number));
  const lacking = [...known].filter((number) => !tests.some(({ rows }) => rows.includes(number)));
  context.demand(lacking.length === 0, `There is no test for the faults ${lacking.join(', ')}.`);
  const strange = tests.find(({ rows }) => !rows.every((number) => known.has(number)));
  context.demand(!strange, `A number of '${strange?.name}' in ${strange?.file} is that of no fault.`);
}

async function build(context) {
  context.begin('Building the addons, those with a protection less among them');
  await context.must(process.execPath, ['scripts/build.mjs', '--all']);
  const shapes = path.join('build', 'toolkit', 'shapes');
  if (context.quick && existsSync(path.join(root, shapes, 'shapes.node'))) return;
  await context.must(process.execPath, ['cli/quiesce.mjs', 'build', 'test/toolkit/shapes', '--out', shapes]);
}

/** Runs every test that has a number; returns the passed ones of JS. */
async function runAll(context, tests) {
  const ofGo = tests.filter(({ language }) => language === 'go');
  context.begin(`Go: ${ofGo.length} tests`);
  const inGo = await runGoTests(context, ofGo);
  const trap = [{ file: 'mapped/untrapped_test.go', name: 'TestWithoutTheTrapTheProcessDies' }];
  await runGoTests(context, trap, ['-tags=quiesce_unguarded']);
  const ofJs = tests.filter(({ language }) => language === 'js');
  context.begin(`JS: ${ofJs.length} tests`);
  const { passed, skipped } = await runJsTests(context, filesOf(ofJs), { full: true });
  demandAll(context, ofJs, [...passed, ...skipped]);
  const skips = skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  context.row('tests of faults, in JS', `${format(passed.length)} passed`, 'all pass');
  context.row('tests of faults, in Go', `${format(inGo)} passed`, 'all pass');
  context.row('tests that were skipped', skips || '0', 'each has a reason');
  context.demand(
    skipped.every(({ reason }) => reason),
    'A test was skipped without a reason.',
  );
  const number = passed.filter(({ name }) => name.startsWith(control)).length;
  context.row('controls by a build tag', `${number} fail as they must`, 'all fail');
  return passed;
}

/** Each test of the sources was run; one in a loop, whose name has an ellipsis for what changes, at least once. */
function demandAll(context, tests, ran) {
  const names = ran.map(({ name }) => name);
  const wasRun = ({ name }) => {
    const parts = name.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    const pattern = new RegExp(`^${parts.join('.*')}$`);
    return names.some((each) => pattern.test(each));
  };
  const missing = tests.filter((test) => !wasRun(test)).map(({ file, name }) => `${file}: ${name}`);
  context.demand(missing.length === 0, `These tests were not run:\n${missing.join('\n')}`);
}

/** In the quick run the tests have just been run by `npm test`: only the controls are run again. */
async function runControls(context, tests) {
  const ofControls = tests.filter(({ isControl }) => isControl);
  context.begin('Builds without one protection each: their tests must fail');
  const { passed, skipped } = await runJsTests(context, filesOf(ofControls), {
    pattern: control,
    concurrency: 2,
  });
  demandAll(context, ofControls, [...passed, ...skipped]);
  const tags = new Set(variants.flatMap((variant) => variant.tags));
  context.row(`controls by ${tags.size} build tags`, `${passed.length} fail as they must`, 'all fail');
}

async function takeOutAll(context) {
  const chosen = controls.filter(({ isSlow }) => !(context.quick && isSlow));
  await takeOut(context, chosen);
  context.row(
    'protections taken out of the source, one by one',
    `${chosen.length}: without each its test fails`,
    'every test fails',
  );
}

function addRow(context, { number, setup, outcome }, tests, passed) {
  const ofRow = tests.filter(({ rows }) => rows.includes(number));
  const files = filesOf(ofRow).map((file) => {
    const here = ofRow.filter((each) => each.file === file).length;
    return here > 1 ? `${short(file)} ${here}` : short(file);
  });
  const times = passed?.filter(({ rows }) => rows.includes(number)).length;
  context.demand(times !== 0, `No test of fault ${number} has passed in JS.`);
  const ran = times ? `: ${times} passed` : '';
  context.row(`${number}: ${setup}`, `${files.join(', ')}${ran}`, outcome, { onPage: namesOf(ofRow) });
}

/** The tests of a row by name, file by file. */
function namesOf(tests) {
  const named = filesOf(tests).map((file) => {
    const names = tests.filter((each) => each.file === file).map(({ name }) => name);
    return `\`${file}\`: ${names.join('; ')}`;
  });
  return named.join('<br>');
}

function filesOf(tests) {
  return [...new Set(tests.map(({ file }) => file))];
}

/** test/free.test.js is free.js here, guard/free_test.go is guard/free.go. */
function short(file) {
  return file
    .replace(/^test\//, '')
    .replace('.test.js', '.js')
    .replace('_test.go', '.go');
}
