'use strict';

// Processes that Go code of a resource starts. A Go thread in a Node process blocks the signals (FAULTS 28), and
// a process inherits that unless it is started with a clean mask.

const assert = require('node:assert');
const { readdirSync, readFileSync } = require('node:fs');
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

test("Go's threads have the shortest timer slack; the JS thread and started processes have the ordinary one", {
  skip: process.platform !== 'linux' && 'only Linux has timer slack',
}, async () => {
  const slackOf = (id) => Number(readFileSync(`/proc/${id}/timerslack_ns`, 'utf8'));
  const ordinary = slackOf(process.pid);
  const threads = readdirSync('/proc/self/task').map(slackOf);
  assert.ok(ordinary > 1);
  assert.ok(threads.filter((slack) => slack === 1).length > 1, `the slacks are ${threads}`);
  const pid = await Process.start('sleep', '30');
  const plain = await Process.startPlain('sleep', '30'); // the control: it inherits a Go thread's
  const slacks = [slackOf(pid), slackOf(plain)];
  for (const each of [pid, plain]) {
    process.kill(each, 'SIGKILL');
    await Process.wait(each);
  }
  assert.deepStrictEqual(slacks, [ordinary, 1]);
});

test('a process that cannot be started is an error', async () => {
  await assert.rejects(Process.start('no such program', ''), { message: /executable file not found/ });
  await assert.rejects(Process.start('/', ''), { name: 'Error' });
});
