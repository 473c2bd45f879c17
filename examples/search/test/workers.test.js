'use strict';

// One index in many workers: they add and search at the same time, and are terminated, or lose the index, in the
// middle. Whatever was acknowledged is found when the index is opened again.

const assert = require('node:assert');
const { once } = require('node:events');
const { after, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const { handles } = require('quiesce/addon');
const { Index } = require('search');
const { idsOf, numbered, temporaryPath } = require('./support.js');

/** @type {Record<string, (index: Index, n: number) => Promise<void>>} */
const jobs = {
  /** Adds 50 batches of 20 documents. */
  async add(index, n) {
    for (let i = 0; i < 50; i++) await index.addBatch(numbered(1000 * n + 20 * i, 1000 * n + 20 * (i + 1)));
  },
  /** Adds batches, and tells of each after it was acknowledged. */
  async addForEver(index, n) {
    for (let i = 1000 * n; ; i += 5) {
      await index.addBatch(numbered(i, i + 5));
      parentPort?.postMessage(i);
    }
  },
  /** Searches and iterates, and checks what it gets. */
  async search(index, n) {
    for (let i = 0; ; i++) {
      const found = await index.search(`title:${i % 1000}`);
      if (found.total !== 1 || found.hits?.[0].title !== `Number ${i % 1000}`) throw new Error('wrong hits');
      if (i % 20 === n && (await idsOf(index, 'tags:even')).length !== 500)
        throw new Error('wrong iteration');
      if (i === 0) parentPort?.postMessage('started');
    }
  },
};

async function work() {
  const { token, job, n } = workerData;
  try {
    await jobs[job](Index.attach(token), n);
    parentPort?.postMessage('done');
  } catch (/** @type {any} */ err) {
    parentPort?.postMessage(err.code ?? err.stack);
  }
}

/** @param {Index} index @param {string} job */
function start(index, job) {
  return [0, 1, 2, 3].map((n) => new Worker(__filename, { workerData: { token: index.token, job, n } }));
}

/** @param {Worker[]} workers */
async function messages(workers) {
  return (await Promise.all(workers.map((worker) => once(worker, 'message')))).flat();
}

/** @param {string} folder */
async function reopen(folder) {
  const index = await Index.open(folder);
  const ids = await idsOf(index);
  assert.strictEqual(index.count(), ids.length);
  await index.free();
  return ids;
}

function main() {
  after(() => assert.deepStrictEqual(handles(), []));

  test('four workers add batches, and the main thread searches meanwhile', async (t) => {
    const folder = temporaryPath(t);
    const index = await Index.create(folder);
    const workers = start(index, 'add');
    let done = false;
    const all = messages(workers).then((each) => {
      done = true;
      return each;
    });
    let searches = 0;
    let seen = 0;
    for (; !done; searches++) {
      const total = (await index.search('*', { limit: 0 })).total;
      assert.ok(total >= seen && total % 20 === 0, `${seen}, then ${total}`); // whole batches
      seen = total;
    }
    assert.deepStrictEqual(await all, Array(4).fill('done'));
    t.diagnostic(`${searches} searches meanwhile`);
    assert.strictEqual(index.count(), 4000);
    assert.strictEqual(await index.free(), 'drained');
    assert.deepStrictEqual(
      await reopen(folder),
      numbered(0, 4000).map(({ id }) => id),
    );
  });

  test('the index is freed while queries run', async (t) => {
    const folder = temporaryPath(t);
    let index = await Index.create(folder);
    await index.addBatch(numbered(0, 1000));
    for (let round = 0; round < 5; round++) {
      const workers = start(index, 'search');
      assert.deepStrictEqual(await messages(workers), Array(4).fill('started'));
      await sleep(20 * round);
      const last = messages(workers);
      assert.strictEqual(await index.free(), 'drained');
      assert.deepStrictEqual(await last, Array(4).fill('ERR_HANDLE_FREED'));
      assert.throws(() => index.count(), { code: 'ERR_HANDLE_FREED' });
      index = await Index.open(folder); // it is closed, so that it can be opened at once
      assert.strictEqual(index.count(), 1000);
    }
    await index.free();
  });

  test('the index is freed while batches are added', { timeout: 120_000 }, async (t) => {
    const folder = temporaryPath(t);
    const index = await Index.create(folder);
    const workers = start(index, 'addForEver');
    /** @type {any[]} */
    const told = [];
    for (const worker of workers) worker.on('message', (message) => told.push(message));
    const exits = workers.map((worker) => once(worker, 'exit'));
    while (told.length < 20) await sleep(1);
    assert.strictEqual(await index.free(), 'drained');
    await Promise.all(exits);
    assert.strictEqual(told.filter((each) => each === 'ERR_HANDLE_FREED').length, 4);
    checkAcknowledged(t, told, await reopen(folder));
  });

  test('the workers are terminated while they add and search', { timeout: 120_000 }, async (t) => {
    const folder = temporaryPath(t);
    const index = await Index.create(folder);
    await index.addBatch(numbered(0, 1000));
    /** @type {number[]} */
    const told = [];
    for (let round = 1; round <= 3; round++) {
      const writers = [0, 1, 2].map(
        (n) =>
          new Worker(__filename, { workerData: { token: index.token, job: 'addForEver', n: 3 * round + n } }),
      );
      for (const worker of writers) worker.on('message', (message) => told.push(message));
      const workers = [...writers, ...start(index, 'search')];
      const before = told.length;
      while (told.length < before + 10) await sleep(1);
      await sleep(10 * round);
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    assert.strictEqual((await index.search('title:1')).total, 1);
    assert.strictEqual(await index.free(), 'drained');
    checkAcknowledged(t, told, await reopen(folder));
  });
}

/**
 * Each batch that was acknowledged is there as a whole.
 * @param {import('node:test').TestContext} t @param {any[]} told @param {string[]} ids
 */
function checkAcknowledged(t, told, ids) {
  const batches = told.filter((each) => typeof each === 'number');
  const found = new Set(ids);
  t.diagnostic(`${batches.length} batches acknowledged, ${ids.length} documents found`);
  assert.ok(batches.length >= 10, `${told}`);
  for (const i of batches) {
    for (const { id } of numbered(i, i + 5))
      assert.ok(found.has(id), `${id} was acknowledged, but is not found`);
  }
}

if (isMainThread) main();
else work();
