// The parts by themselves: the ports, the file of a page, and what is packed.

import assert from 'node:assert';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createPackageWithOptions, listPackage } from '@electron/asar';
import { handles, MappedFile } from 'quiesce';
import { Bus } from 'quiesce/bus';
import { keepForNextPage, openPageFile } from '../page-file.cjs';
import { follow, serve } from '../ports.cjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

async function eventually(condition, what) {
  for (const end = Date.now() + 20_000; !condition(); await sleep(5)) assert.ok(Date.now() < end, what);
}

const open = (name) => handles().filter((handle) => handle.class === name).length;

test('events go over a port in order, and posts come back', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('events');
  const { port1, port2 } = new MessageChannel();
  const served = serve(topic, port1, { from: 'first' });
  const seen = [];
  const publish = follow(port2, (events) => seen.push(...events));
  await topic.publishBatch(Array.from({ length: 1000 }, (_, i) => `${i}`));
  publish('from the other side');
  await eventually(() => seen.length === 1001, 'all events arrive');
  assert.deepStrictEqual(
    seen.map(({ seq }) => seq),
    Array.from({ length: 1001 }, (_, i) => i + 1),
  );
  assert.strictEqual(seen.find(({ text }) => text === 'from the other side') !== undefined, true);

  assert.strictEqual(await bus.free(), 'drained');
  await served; // the freed bus ends it
});

test('who is slow is sent one list at a time, and holds nobody up', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('events', { maxEvents: 500 });
  const { port1, port2 } = new MessageChannel();
  const served = serve(topic, port1, { from: 'first' });
  const lists = [];
  port2.on('message', (list) => lists.push(list)); // takes nothing
  for (let i = 0; i < 5000; i++) await topic.publish(`${i}`);
  await sleep(50);
  assert.strictEqual(lists.length, 1);
  port2.close();
  await served;
  assert.strictEqual(open('Subscription'), 0);
  await bus.free();
});

test('what comes over a port when the bus is freed, or makes no sense, ends nothing', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('events');
  const listeners = {};
  const port = {
    on: (name, listener) => Object.assign(listeners, { [name]: listener }),
    start() {},
    close() {},
  };
  const served = serve(topic, port, { from: 'first' });
  await eventually(() => listeners.message, 'it listens');
  for (const data of [null, 17, { publish: Symbol('x') }]) listeners.message({ data });
  assert.strictEqual(await bus.free(), 'drained');
  listeners.message({ data: { publish: 'too late' } });
  await served;
});

test('a port that closes frees its subscription', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('events');
  const { port1, port2 } = new MessageChannel();
  const served = serve(topic, port1);
  await eventually(() => open('Subscription') === 1, 'it subscribes');
  port2.close();
  await served;
  assert.strictEqual(open('Subscription'), 0);
  await bus.free();
});

test('the file of a page is kept for the next one; without a share, or in another process, it is mapped anew', async () => {
  const first = await openPageFile(process.execPath, null);
  assert.strictEqual(first.kept, false);
  const last = { pid: process.pid, token: first.file.token };
  keepForNextPage(first.file);
  first.file.detach(); // as the end of its environment does

  const second = await openPageFile(process.execPath, last);
  assert.strictEqual(second.kept, true);
  assert.strictEqual(second.file.token, first.file.token);
  second.file.detach(); // this time nobody keeps it
  await eventually(() => open('MappedFile') === 0, 'it is freed');

  const third = await openPageFile(process.execPath, last);
  assert.strictEqual(third.kept, false);
  const elsewhere = await openPageFile(process.execPath, { pid: -1, token: third.file.token });
  assert.strictEqual(elsewhere.kept, false);
  for (const { file } of [third, elsewhere]) assert.strictEqual(await file.free(), 'drained');
});

test('a token that comes to another process is refused there, and the file mapped anew', async () => {
  const file = await MappedFile.open(process.execPath);
  const child = fork(path.join(root, 'stand-ins', 'other-process.mjs'), { stdio: 'inherit' });
  child.send(file.token);
  const [answer] = await once(child, 'message');
  assert.deepStrictEqual(answer, { code: 'ERR_HANDLE_INVALID', kept: false, outcome: 'drained' });
  assert.strictEqual(await file.free(), 'drained');
});

test('the addons are unpacked from the archive, by the settings of both packagers, and load from there', async (t) => {
  const builder = JSON.parse(readFileSync(path.join(root, 'electron-builder.json')));
  const { packagerConfig } = require('../forge.config.cjs');
  assert.deepStrictEqual(builder.asarUnpack, [packagerConfig.asar.unpack]);

  const folder = mkdtempSync(path.join(tmpdir(), 'electron-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const staged = path.join(folder, 'app');
  const quiesce = realpathSync(path.join(root, 'node_modules', 'quiesce'));
  const addon = path.join('node_modules', 'quiesce', 'build', 'Release', 'quiesce.node');
  for (const name of ['index.js', 'lib', 'package.json', path.join('build', 'Release', 'quiesce.node')])
    cpSync(path.join(quiesce, name), path.join(staged, 'node_modules', 'quiesce', name), { recursive: true });
  writeFileSync(path.join(staged, 'main.js'), "require('quiesce');");

  const archive = path.join(folder, 'app.asar');
  await createPackageWithOptions(staged, archive, packagerConfig.asar);
  assert.ok(listPackage(archive).includes(path.join(path.sep, addon)), 'the archive knows of the addon');
  const unpacked = path.join(`${archive}.unpacked`, addon);
  assert.ok(existsSync(unpacked), 'the addon is beside the archive');
  assert.ok(!existsSync(path.join(`${archive}.unpacked`, 'main.js')), 'and it alone');
  // Only Electron's fs looks into the archive: what a native addon is to open has to lie beside it too.
  await assert.rejects(MappedFile.open(path.join(archive, 'main.js')), { code: 'ENOTDIR' });
  const module = { exports: {} };
  process.dlopen(module, unpacked); // what Electron's dlopen does with a path into the archive
  assert.strictEqual(typeof module.exports.describe, 'function');
});
