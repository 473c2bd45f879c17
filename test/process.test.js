'use strict';

// Processes that Go code of a resource starts. A Go thread in a Node process blocks the signals (FAULTS 28), and
// a process inherits that unless it is started with a clean mask.

const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const { test } = require('node:test');
const { loadTestAddon } = require('./support/addon.js');
const { delay } = require('./support/process.js');

const windows = process.platform === 'win32' && 'Windows has no signal masks';

const { Process } = loadTestAddon();

test('FAULTS 43: SIGTERM, SIGINT and SIGHUP end a process that addon.StartProcess started', {
  skip: windows,
}, async () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    const pid = await Process.start('sleep', '30');
    process.kill(pid, signal);
    assert.match(await Process.wait(pid), /^signal: /);
  }
});

test('FAULTS 43: the control: one started without it ignores SIGTERM', { skip: windows }, async () => {
  const pid = await Process.startPlain('sleep', '30');
  const ended = Process.wait(pid);
  try {
    process.kill(pid, 'SIGTERM');
    assert.strictEqual(await Promise.race([ended, delay(500, 'runs')]), 'runs');
  } finally {
    process.kill(pid, 'SIGKILL');
  }
  assert.strictEqual(await ended, 'signal: killed');
});

test('FAULTS 43: the mask of a started process is empty, and that of the Go threads is as before', {
  skip: process.platform !== 'linux' && 'masks are read in /proc',
}, async () => {
  const blockedIn = (file) => BigInt(`0x${/^SigBlk:\s*(\w+)/m.exec(readFileSync(file, 'utf8'))[1]}`);
  const sigterm = 1n << 14n;
  const pids = await Promise.all(Array.from({ length: 8 }, () => Process.start('sleep', '30')));
  const plain = await Process.startPlain('sleep', '30');
  for (const pid of pids) assert.strictEqual(blockedIn(`/proc/${pid}/status`), 0n);
  assert.notStrictEqual(blockedIn(`/proc/${plain}/status`) & sigterm, 0n);
  for (const pid of [...pids, plain]) {
    process.kill(pid, 'SIGKILL');
    await Process.wait(pid);
  }
});

test('a process that cannot be started is an error', async () => {
  await assert.rejects(Process.start('no such program', ''), { message: /executable file not found/ });
  await assert.rejects(Process.start('/', ''), { name: 'Error' });
});
