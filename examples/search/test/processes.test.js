'use strict';

// Two processes and one index: it is open in one of them at a time, and survives the death of that.

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const readline = require('node:readline');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { Index } = require('search');
const { idsOf, numbered, temporaryPath } = require('./support.js');

const role = process.env.SEARCH_TEST_ROLE;

/** The child process: it opens the index, and four workers of it add batches until it is killed. */
async function child() {
  const index = await Index.open(String(process.env.SEARCH_TEST_FOLDER));
  console.log('open');
  for (let n = 0; n < 4; n++) {
    const worker = new Worker(__filename, { workerData: { token: index.token, n } });
    worker.on('message', (i) => console.log(`added ${i}.`));
  }
}

/** A worker of it. */
async function add() {
  const { parentPort } = require('node:worker_threads');
  const index = Index.attach(workerData.token);
  for (let i = 10_000 * (workerData.n + 1); ; i += 10) {
    await index.addBatch(numbered(i, i + 10));
    parentPort?.postMessage(i);
  }
}

/** @param {string} folder */
function startChild(folder) {
  const env = {
    ...process.env,
    SEARCH_TEST_ROLE: 'child',
    SEARCH_TEST_FOLDER: folder,
    NODE_TEST_CONTEXT: '',
  };
  const running = spawn(process.execPath, [__filename], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return { running, lines: readline.createInterface(running.stdout) };
}

function main() {
  test('an index that another process has open, and that is killed while it adds', {
    timeout: 120_000,
  }, async (t) => {
    const folder = temporaryPath(t);
    await (await Index.create(folder)).free();
    const { running, lines } = startChild(folder);
    t.after(() => running.kill('SIGKILL'));
    await once(lines, 'line');
    await assert.rejects(Index.open(folder), { code: 'ERR_INDEX_LOCKED' });

    /** @type {number[]} */
    const acknowledged = [];
    lines.on('line', (line) => {
      const [, number] = /^added (\d+)\.$/.exec(line) ?? []; // the last line may be cut off
      if (number) acknowledged.push(Number(number));
    });
    const waiting = Index.open(folder, { lockTimeout: 60_000 });
    while (acknowledged.length < 20) await sleep(1);
    running.kill('SIGKILL');
    await once(lines, 'close');

    const index = await waiting;
    const found = new Set(await idsOf(index));
    t.diagnostic(`${acknowledged.length} batches acknowledged, ${found.size} documents found`);
    for (const i of acknowledged) {
      for (const { id } of numbered(i, i + 10))
        assert.ok(found.has(id), `${id} was acknowledged, but is not found`);
    }
    await index.addBatch(numbered(0, 10));
    assert.strictEqual(index.count(), found.size + 10);
    await index.free();
  });
}

if (!isMainThread) add();
else if (role === 'child') child();
else main();
