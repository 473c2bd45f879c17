// One publisher: it publishes each line of its share of the file as an event, pass after pass.

import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { Topic } from '../../lib/bus/index.mjs';
import { Board } from './board.mjs';
import { linesOf } from './lines.mjs';

const BATCH = { events: 256, bytes: 256 << 10 };

// How far the publishers may be ahead of what is counted. A topic has limits, and removes what is beyond them whether
// it was counted or not: so this is far below them. In memory publishBatch() holds publishers back too, but not for
// workers that are stuck; on disk and on servers a topic takes what it gets.
const WINDOW = 1 << 20; // bytes

const { memory, token, path, share, publishers, mayFail } = workerData;
const board = new Board(memory);
const topic = Topic.attach(token);

for (let pass = 1; await mayBegin(pass); pass++) {
  await publishAll(pass);
  board.add('readings', 1);
}
topic.detach();

/** Waits for the others, so that none is passes ahead, which all would have to make. */
async function mayBegin(pass) {
  while (!board.stopped && board.get('readings') < (pass - 1) * publishers) await sleep(1);
  return !board.stopped && board.begin(pass);
}

async function publishAll(pass) {
  let batch = [];
  let bytes = 0;
  for await (const { at, line } of linesOf(path, share)) {
    // On servers an id makes it safe to publish an event again when nobody knows whether it was stored. Each backend
    // remembers ids for two minutes, so there are none where they serve nobody.
    batch.push(mayFail ? { data: line, id: `${pass}:${at}` } : { data: line });
    bytes += line.length;
    if (batch.length < BATCH.events && bytes < BATCH.bytes) continue;
    await publish(batch, bytes);
    if (board.stopped) return;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) await publish(batch, bytes);
}

async function publish(batch, bytes) {
  while (board.ahead > WINDOW && !board.stopped) await sleep(1);
  // Before it is published: the other side may be faster with it than this thread.
  board.add('published', batch.length);
  board.add('publishedBytes', bytes);
  // Of each batch one event tells when it was on its way: latency is measured by these.
  batch[0].headers = { sent: String(process.hrtime.bigint()) };
  while (!(await isStored(batch)));
}

/** Publishes; false if nobody knows whether all of it was stored. */
async function isStored(batch) {
  try {
    await topic.publishBatch(batch);
    return true;
  } catch (error) {
    if (mayFail && error.code === 'ERR_BUS_TIMEOUT' && !board.stopped) return false;
    throw error;
  }
}
