// Takes protections out, and runs the tests that then must fail.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildFlags, goEnvironment } from '../../cli/go.mjs';
import { root } from '../../cli/run.mjs';
import { replaceOnce, writeCopies, writeOverlay } from '../runner/overlay.mjs';
import { problems } from './run.mjs';

const preload = path.join(root, 'proof', 'faults', 'changed.cjs');
const minute = 60_000;

/** Runs the test of each control; every one must fail, and in the way that it says. */
export async function takeOut(context, controls) {
  for (const build of new Set(controls.map((each) => each.build))) {
    const list = controls.filter((each) => each.build === build);
    const folder = path.join(context.folder, build ?? 'alone');
    const env = build ? await buildWithout(context, folder, list) : undefined;
    for (const control of list) {
      context.begin(`Without this: ${control.protection}`);
      const ended = control.goTest
        ? await runGoTest(context, folder, control)
        : await runJsTest(context, control, env ?? changedEnvironment(folder, control));
      demandFailure(context, control, ended);
    }
  }
}

/** Builds the test addon with all these changes; returns the environment in which tests load it. */
async function buildWithout(context, folder, list) {
  context.begin(`Building ${path.basename(folder)}, without ${list.length} protections`);
  const overlay = writeOverlay(folder, changed(list));
  const addon = path.join(folder, 'test.node');
  const args = ['build', ...buildFlags, '-overlay', overlay, '-o', addon, './test/goaddon'];
  await context.must('go', args, { env: goEnvironment().env });
  return { QUIESCE_TEST_ADDON: addon };
}

/** The environment in which the package's own JS has this change. */
function changedEnvironment(folder, control) {
  return {
    NODE_OPTIONS: `--require=${JSON.stringify(preload)}`,
    QUIESCE_PROOF_CHANGED: JSON.stringify(writeCopies(folder, changed([control]))),
  };
}

/** The changed texts by their files. */
function changed(list) {
  const texts = {};
  for (const { file, from, to } of list) {
    const text = texts[file] ?? readFileSync(path.join(root, file), 'utf8');
    texts[file] = replaceOnce(text, from, to, file);
  }
  return texts;
}

function runJsTest(context, { test: [file, name] }, env) {
  const args = ['--test', '--test-reporter=tap', `--test-name-pattern=^${name}`, `test/${file}.test.js`];
  return context.run(process.execPath, args, {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    timeout: 3 * minute,
  });
}

function runGoTest(context, folder, control) {
  const [pkg, name] = control.goTest;
  const overlay = writeOverlay(folder, changed([control]));
  const args = ['test', '-count=1', `-overlay=${overlay}`, `-run=^${name}$`, `./${pkg}`];
  return context.run('go', args, { env: goEnvironment().env, timeout: 3 * minute });
}

function demandFailure(context, control, { status, stdout }) {
  const [, name] = control.goTest ?? control.test;
  const without = `With this taken out: ${control.protection}: '${name}'`;
  context.demand(status !== 0, `${without} does not fail.`);
  context.demand(
    control.failure.test(stdout),
    `${without} fails in another way:\n${problems(stdout) || stdout}`,
  );
}
