'use strict';

// Scans of a big mapped file beside everything else.

const assert = require('node:assert');
const { mkdtempSync, rmSync } = require('node:fs');
const { open } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { MappedFile } = require('../index.js');
const { full } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { exitOf, nextMessage, startWorker } = require('./support/process.js');
const { collectGarbage } = require('./support/wait.js');

const folder = mkdtempSync(path.join(tmpdir(), 'quiesce-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A file with holes of that size, and the needle at some places in it. */
async function makeFile(name, size, places) {
  const file = path.join(folder, name);
  const handle = await open(file, 'w');
  await handle.truncate(size);
  for (const place of places) await handle.write('needle', place);
  await handle.close();
  return file;
}

test('FAULTS 49: a long scan beside GCs, workers that wait and workers that scan: all get on, all are right', async () => {
  const size = (full ? 1024 : 256) * 2 ** 20;
  const places = [0, 2 ** 20 - 3, 2 ** 20 * 100 + 5, size - 6]; // one across the border of a step
  const file = await MappedFile.open(await makeFile('big', size, places));
  const script = `
    const { MappedFile } = require('./index.js');
    const file = MappedFile.attach(workerData.token);
    for (let i = 0; i < 5; i++) {
      await collectGarbage();
      const garbage = Array.from({ length: 10_000 }, (_, i) => ({ i }));
      await delay(1);
      file.read(garbage.length, 16);
      parentPort.postMessage(i);
    }
    parentPort.postMessage(await file.count('needle'));
  `;
  const workers = [0, 1].map(() => startWorker(script, { workerData: { token: file.token } }));
  const messages = workers.map((worker) => {
    const list = [];
    worker.on('message', (message) => list.push(message));
    return list;
  });
  const scans = [file.count('needle'), file.indexOf('needle', 1), file.indexOf('no such needle')];
  let over = false;
  const all = Promise.all([...scans, ...workers.map(exitOf)]).finally(() => {
    over = true;
  });
  let turns = 0;
  for (; !over; turns++) await collectGarbage(1);
  assert.deepStrictEqual(await all, [4, 2 ** 20 - 3, -1, 0, 0]);
  for (const list of messages) assert.deepStrictEqual(list, [0, 1, 2, 3, 4, 4]);
  assert.ok(turns > 3, `the event loop turned ${turns} times`);
  assert.strictEqual(await file.free(), 'drained');
});

test('FAULTS 49: a scan of a huge file looks at its context: a signal ends it, and so does a free', async () => {
  // Holes: a terabyte to the scan, next to nothing on the disk.
  const huge = await makeFile('huge', 2 ** 40, [0]);
  const aborted = await MappedFile.open(huge);
  const signal = AbortSignal.timeout(50);
  await assert.rejects(aborted.count('needle', { signal }), { name: 'AbortError' });
  const scans = [aborted.count('x'), aborted.indexOf('y'), aborted.lines(5, 5)];
  const ends = Promise.allSettled(scans);
  assert.strictEqual(await aborted.free(), 'drained');
  for (const { reason } of await ends) assert.strictEqual(reason.code, 'ERR_HANDLE_FREED');
});

testAlone(
  'FAULTS 49, 17: a worker that is terminated in the middle of a scan ends it; the handle can be freed',
  async () => {
    const file = await MappedFile.open(await makeFile('huge2', 2 ** 40, [0]));
    const worker = startWorker(
      `
    const { MappedFile } = require('./index.js');
    MappedFile.attach(workerData).count('needle');
    parentPort.postMessage('scanning');
    `,
      { workerData: file.token },
    );
    await nextMessage(worker);
    await worker.terminate();
    assert.strictEqual(await file.free(), 'drained');
  },
);
