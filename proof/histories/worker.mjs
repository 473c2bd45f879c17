// One of the threads of record.mjs. All of them make one history together, wait for each other, make the next one.

import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { Meeting } from './meeting.mjs';
import { Player } from './player.mjs';

const require = createRequire(import.meta.url);
const { stats } = require('../../index.js');
const { Canary, native } = require('../../test/support/addon.js').loadTestAddon(workerData.variant);

const { count, first, number, seed } = workerData;
const meeting = new Meeting(workerData);
const histories = [];
for (let i = first; i < first + count; i++) histories.push(await record(i));
parentPort.postMessage(histories);

async function record(index) {
  const bare = index % 2 === 0;
  const player = new Player({
    meeting,
    bare,
    async: index % 4 === 1,
    number,
    seed: seed + index * workerData.workers + number,
  });
  if (number === 0) for (const cell of meeting.cells.keys()) player.open(cell);
  meeting.wait(); // all begin
  await player.act();
  meeting.wait(); // nobody is inside any more
  player.freeOwn();
  meeting.wait(); // all is free or will be
  if (number === 0) {
    await allReleased(); // and then the slots of the next history are those of this one
    if (!bare) player.addCloses(JSON.parse(Canary.takeCloses()) ?? []);
  }
  return { bare, calls: player.calls };
}

/** What timed out is released in the background. */
async function allReleased() {
  const live = () => stats().live + JSON.parse(native.stats()).live;
  const limit = Date.now() + 60_000;
  while (live() > 0) {
    if (Date.now() > limit) throw new Error(`${live()} handles were not released.`);
    await new Promise(setImmediate);
  }
}
