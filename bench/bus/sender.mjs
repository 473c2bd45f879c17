// The worker that sends. It is told { way, n }.

import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { Topic } from '../../lib/bus/index.mjs';
import { now, stamp } from './clock.mjs';
import { EVENT_BYTES } from './stage.mjs';

const BATCH = 1024;
const INTERVAL = 1; // ms from one event to the next, where the latency counts

const topic = Topic.attach(workerData.token);
const port = workerData.port ?? new BroadcastChannel('bench');
const event = new Uint8Array(EVENT_BYTES);
const list = Array(BATCH).fill(event);

const post = (bytes) => topic.post(bytes);
const postMessage = (bytes) => port.postMessage(bytes);

const ways = {
  async post(n) {
    for (let i = 0; i < n; i++) if (!topic.post(event)) await topic.drain();
  },

  async publishBatch(n) {
    for (let left = n; left > 0; left -= BATCH) {
      await topic.publishBatch(left < BATCH ? list.slice(0, left) : list);
    }
  },

  postMessage(n) {
    for (let i = 0; i < n; i++) port.postMessage(event);
  },

  postIdle: (n) => idly(n, post),
  postBusy: (n) => busily(n, post),
  postMessageIdle: (n) => idly(n, postMessage),
  postMessageBusy: (n) => busily(n, postMessage),
};

async function idly(n, send) {
  for (let i = 0; i < n; i++) {
    await sleep(INTERVAL);
    send(stamp(event));
  }
}

/** Never lets the event loop have its turn; its microtasks run, as those of any code that awaits. */
async function busily(n, send) {
  for (let i = 0; i < n; i++) {
    for (const end = now() + INTERVAL * 1e6; now() < end; );
    send(stamp(event));
    await undefined;
  }
}

parentPort.on('message', ({ way, n }) => ways[way](n));
parentPort.postMessage('ready');
