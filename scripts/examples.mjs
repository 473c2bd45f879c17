// Builds each package in examples/ as its author would, and runs all its tests: node scripts/examples.mjs [NAME...]
// A link makes this clone the package 'quiesce'. Only where an example uses other packages is a registry asked, once.

import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { checkCompiler, goEnvironment } from '../cli/go.mjs';
import { Failure, root } from '../cli/run.mjs';
import { build } from './addons.mjs';
import { ensureInstalled, npm } from './install.mjs';
import { main, run } from './run.mjs';

const minute = 60_000;
const folder = path.join(root, 'examples');

// Of an example with a go.mod: it is an addon.
const addonSteps = [
  ['quiesce build', (cwd) => node(cwd, 'cli/quiesce.mjs', 'build')],
  ['tsc', (cwd) => node(cwd, 'node_modules/typescript/bin/tsc', '-p', '.')],
  ['go vet', (cwd, env) => run('go', ['vet', './...'], { cwd, env })],
  ['go test', (cwd, env) => run('go', ['test', '-timeout=3m', './...'], { cwd, env })],
  ['node --test', runTests],
  ['README.md', runReadme],
];

// Of one in plain JS.
const plainSteps = [
  ['build', () => build(['quiesce', 'bus'])],
  ['npm install', install],
  ['node --test', runTests],
  ['README.md', runReadme],
];

function node(cwd, script, ...args) {
  run(process.execPath, [path.join(root, script), ...args], { cwd });
}

/** A test that hangs may hang in native code, where only SIGKILL ends it. */
function runTests(cwd) {
  const args = ['--test', '--test-reporter=spec', '--test-concurrency=1', `--test-timeout=${3 * minute}`];
  run(process.execPath, args, { cwd, timeout: 5 * minute, killSignal: 'SIGKILL' });
}

/** Runs the programs of its README.md; the commands there are what this script does. */
function runReadme(cwd) {
  node(root, 'test/support/docs/readme.js', path.relative(root, cwd).replaceAll(path.sep, '/'));
}

/** What npm makes of the dependency "file:../..". */
function link(cwd) {
  const target = path.join(cwd, 'node_modules', 'quiesce');
  if (existsSync(target) && realpathSync(target) === realpathSync(root)) return;
  mkdirSync(path.dirname(target), { recursive: true });
  rmSync(target, { recursive: true, force: true });
  symlinkSync(root, target, 'junction');
}

function install(cwd) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(cwd, 'package.json')));
  const isMissing = (name) => !existsSync(path.join(cwd, 'node_modules', name, 'package.json'));
  if (Object.keys({ ...dependencies, ...devDependencies }).some(isMissing))
    npm(['install', '--no-package-lock'], { cwd });
}

function stepsOf(cwd) {
  return existsSync(path.join(cwd, 'go.mod')) ? addonSteps : plainSteps;
}

function chosen(names) {
  const all = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'package.json')));
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined)
    throw new Failure(`There is no example '${unknown}'; there are ${all.join(', ')}.`);
  return names.length > 0 ? names : all;
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

main(() => {
  ensureInstalled();
  const { env, settings } = goEnvironment();
  checkCompiler(settings);
  const begun = performance.now();
  const names = chosen(process.argv.slice(2));
  for (const name of names) {
    const cwd = path.join(folder, name);
    link(cwd);
    for (const [title, body] of stepsOf(cwd)) {
      console.log(`\n=== examples/${name}: ${title} ===`);
      const start = performance.now();
      body(cwd, { ...env, GOWORK: 'off' });
      console.log(`=== examples/${name}: ${title}: ok, ${seconds(start)}`);
    }
  }
  console.log(`\n${names.join(', ')}: ok, ${seconds(begun)}`);
});
