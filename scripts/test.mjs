// Every check of the repository: node scripts/test.mjs [--full] [lint|go|types|js...]
// It sets up what it needs and stops at the first failure. --full makes the stress tests run longer.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkCompiler, goEnvironment } from '../cli/go.mjs';
import { capture, Failure, root } from '../cli/run.mjs';
import { build } from './addons.mjs';
import { ensureInstalled } from './install.mjs';
import { runTestFiles } from './jstest.mjs';
import { main, run } from './run.mjs';
import { sourceFiles } from './stamp.mjs';
import { tagSets, variants } from './variants.mjs';

// Run without a line in go.mod, so that whoever imports the Go packages does not get it as a requirement.
const staticcheck = 'honnef.co/go/tools/cmd/staticcheck@v0.8.2';
const actionlint = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';

// The packages without cgo have to compile where this machine's C compiler cannot go.
const portable = ['./guard/...', './mapped/...', './addon/door/...', './addon/typed/...'];
const otherTargets = ['windows/amd64', 'darwin/arm64', 'linux/arm64'];

const sections = {
  lint: [
    ['gofmt', gofmt],
    ['biome', () => node('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.')],
    ['go vet', vet],
    ['go vet for other systems', vetOtherTargets],
    ['staticcheck', () => go('run', staticcheck, './...')],
    ['actionlint', lintWorkflows],
    ...['toolkit', 'bus', 'proof'].flatMap((module) => [
      [`${module}: go vet`, () => goIn(module, 'vet', './...')],
      [`${module}: staticcheck`, () => goIn(module, 'run', staticcheck, './...')],
    ]),
  ],
  // Never from Go's cache: these are races to be won again each time.
  go: [
    ['go test', () => go('test', '-race', '-count=1', `-timeout=${isFull() ? 40 : 10}m`, './...')],
    ['toolkit: go test', () => goIn('toolkit', 'test', './...')],
    ['bus: go test', () => goIn('bus', 'test', '-race', '-count=1', '-timeout=10m', './...')],
  ],
  types: [
    ['tsc, moduleResolution node16', () => tsc()],
    ['tsc, moduleResolution bundler', () => tsc('--module', 'preserve', '--moduleResolution', 'bundler')],
  ],
  js: [
    ['build', () => build(variants.map((each) => each.name))],
    ['quiesce build', buildFixture],
    ['node --test', () => runTestFiles({ full: isFull() })],
  ],
};

let environment;

/** Go's environment, made on first use: it needs the packages to be installed. */
function goEnv() {
  if (!environment) {
    const { env, settings } = goEnvironment();
    checkCompiler(settings);
    environment = env;
  }
  return environment;
}

function go(...args) {
  run('go', args, { env: goEnv() });
}

/** Runs go in the module of that folder. */
function goIn(module, ...args) {
  run('go', args, { env: goEnv(), cwd: path.join(root, module) });
}

function node(script, ...args) {
  run(process.execPath, [path.join(root, 'node_modules', script), ...args]);
}

function tsc(...args) {
  node('typescript/bin/tsc', '-p', 'test/types/tsconfig.json', ...args);
}

/** Has the command make the addon of test/toolkit/, as an author would. */
function buildFixture() {
  const command = ['cli/quiesce.mjs', 'build', 'test/toolkit/shapes', '--out', 'build/toolkit/shapes'];
  run(process.execPath, command, { env: goEnv() });
}

function isFull() {
  return process.env.QUIESCE_TEST_FULL === '1';
}

function gofmt() {
  const files = sourceFiles({ nested: true }).filter((file) => file.endsWith('.go'));
  const { missing, status, stdout, stderr } = capture('gofmt', ['-l', ...files], { env: goEnv() });
  if (missing) throw new Failure(`'gofmt' is not on the PATH; it lies beside 'go'.`);
  if (status !== 0) throw new Failure(`gofmt failed: ${stderr.trim()}`);
  if (stdout !== '') throw new Failure(`Not formatted (npm run format):\n${stdout.trim()}`);
  console.log(`${files.length} files checked`);
}

function vet() {
  for (const tags of tagSets()) go('vet', '-tags', tags, './...');
}

/** The workflows for hosted runners, those that are made for authors too. Its shellcheck is not at hand everywhere. */
function lintWorkflows() {
  const own = path.join('.github', 'workflows');
  const templates = path.join('cli', 'template');
  const files = [own, templates].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => /\.yml(\.tmpl)?$/.test(name))
      .map((name) => path.join(folder, name)),
  );
  for (const file of files) {
    const input = readFileSync(path.join(root, file), 'utf8').replace(/__[A-Z_]+__/g, '1.26');
    const options = { env: goEnv(), input, stdio: ['pipe', 'inherit', 'inherit'] };
    run('go', ['run', actionlint, '-shellcheck=', '-pyflakes=', '-stdin-filename', file, '-'], options);
    console.log(`${file}: ok`);
  }
}

function vetOtherTargets() {
  for (const target of otherTargets) {
    const [GOOS, GOARCH] = target.split('/');
    run('go', ['vet', ...portable], { env: { ...goEnv(), CGO_ENABLED: '0', GOOS, GOARCH } });
    console.log(`${target}: ok`);
  }
}

function commandLine() {
  const all = Object.keys(sections);
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { full: { type: 'boolean' } },
    });
    const unknown = positionals.find((name) => !all.includes(name));
    if (unknown) throw new Error(`There is no section '${unknown}'.`);
    return { full: values.full, names: positionals.length > 0 ? positionals : all };
  } catch (err) {
    throw new Failure(`${err.message}\nUsage: test.mjs [--full] [${all.join('|')}...]`);
  }
}

main(async () => {
  const { full, names } = commandLine();
  if (full) process.env.QUIESCE_TEST_FULL = '1';
  ensureInstalled();
  for (const [title, body] of names.flatMap((name) => sections[name])) {
    console.log(`\n=== ${title} ===`);
    const start = performance.now();
    await body();
    console.log(`=== ${title}: ok, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
});
