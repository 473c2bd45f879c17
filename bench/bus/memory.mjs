// A worker that takes what it can get of a topic. Asked, it tells how much that was.

import { parentPort, workerData } from 'node:worker_threads';
import { Topic } from '../../lib/bus/index.mjs';

const subscription = await Topic.attach(workerData).subscribe({ batch: 1024, lost: 'skip' });
let bytes = 0;

async function take() {
  for await (const list of subscription) {
    for (const { data } of list) bytes += data.length;
  }
}

take();
parentPort.on('message', () => parentPort.postMessage({ ...subscription.stats(), bytes }));
parentPort.postMessage('ready');
