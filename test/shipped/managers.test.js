'use strict';

// npm, pnpm and Yarn install the packages of dist/ for a user without Go or a C compiler, and nothing is built.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Project, toolScript } = require('./support/project.js');
const { startRegistry } = require('./support/registry.js');

let registry;
before(async () => {
  registry = await startRegistry();
});
after(() => registry.close());

const script = `
  const { MappedFile, stats } = require('quiesce');
  const { Bus } = require('quiesce/bus');
  (async () => {
    const file = await MappedFile.open(process.execPath);
    const found = await file.count('node');
    const bus = await Bus.open();
    console.log(found > 0, await file.free(), await bus.free(), stats().live);
  })();
`;
const works = 'true drained drained 0\n';

/** Checks that what was installed works, and that it is the platform package's. */
async function check(project, before = []) {
  project.write({ 'use.js': script });
  assert.equal(await project.must([...before, 'use.js']), works);
}

test('there is neither go nor a C compiler on the PATH', async () => {
  const project = new Project(registry, {
    'look.js': `
      const { spawnSync } = require('node:child_process');
      for (const name of ['go', 'gcc', 'cc', 'clang', 'python3', 'make']) {
        console.log(spawnSync(name, ['--version']).error?.code);
      }`,
  });
  assert.equal(await project.must(['look.js']), 'ENOENT\n'.repeat(6));
});

test('npm install', async () => {
  const project = new Project(registry);
  await project.npm('install', 'quiesce');
  assert.ok(project.installed('quiesce-linux-x64'));
  assert.ok(!project.installed('quiesce-linux-arm64') && !project.installed('quiesce-win32-x64'));
  await check(project);
});

test('npm ci, from a lockfile, with --ignore-scripts', async () => {
  const project = new Project(registry);
  await project.npm('install', 'quiesce', '--package-lock-only');
  await project.npm('ci', '--ignore-scripts');
  await check(project);
});

test('npm install --omit=optional: one error says what is missing and what to do', async () => {
  const project = new Project(registry, { 'use.js': script });
  await project.npm('install', 'quiesce', '--omit=optional');
  const { code, stderr } = await project.run(['use.js']);
  assert.equal(code, 1);
  assert.match(stderr, /the package quiesce-linux-x64 is not installed/);
  assert.match(stderr, /Install quiesce anew on this platform, with its optional dependencies/);
  assert.match(stderr, /code: 'ERR_ADDON_UNAVAILABLE'/);
});

test('pnpm', async () => {
  const project = new Project(registry);
  await project.must([toolScript('pnpm/bin/pnpm.cjs'), 'add', 'quiesce']);
  await check(project);
});

test('Yarn 4, with node_modules', async () => {
  const project = new Project(registry, { '.yarnrc.yml': 'nodeLinker: node-modules\n', 'yarn.lock': '' });
  await project.must([toolScript('@yarnpkg/cli-dist/bin/yarn.js'), 'add', 'quiesce']);
  await check(project);
});

test("Yarn 4, Plug'n'Play", async () => {
  const project = new Project(registry, { '.yarnrc.yml': 'nodeLinker: pnp\n', 'yarn.lock': '' });
  await project.must([toolScript('@yarnpkg/cli-dist/bin/yarn.js'), 'add', 'quiesce']);
  await check(project, ['-r', './.pnp.cjs']);
});

test('Yarn 1', async () => {
  const project = new Project(registry);
  await project.must([toolScript('yarn/bin/yarn.js'), 'add', 'quiesce', '--registry', registry.url]);
  await check(project);
});
