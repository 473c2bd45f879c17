// A worker that takes what it can get of a topic. Asked, it tells how much that was, and how large its heap is.

import { getHeapStatistics } from 'node:v8';
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
parentPort.on('message', () => {
  const { total_physical_size: heap } = getHeapStatistics();
  parentPort.postMessage({ ...subscription.stats(), bytes, heap });
});
parentPort.postMessage('ready');
