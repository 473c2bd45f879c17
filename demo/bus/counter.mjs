// One worker of the group: it counts the words of the events that it gets, publishes the result, and then acks them.
// It may be terminated at any moment. In this order nothing is lost by that: what was not acked goes to another
// worker. But things may be done twice, as results.mjs explains.

import { parentPort, workerData } from 'node:worker_threads';
import { Topic } from '../../lib/bus/index.mjs';
import { writeResult } from './results.mjs';

const lines = Topic.attach(workerData.lines);
const results = Topic.attach(workerData.results);
const events = await lines.subscribe({ group: 'counters', batch: 256, ackWait: 10_000 });

// Only what is acked is done: so it ends between two lists, and not before this one is acked.
let isBusy = false;
let isOver = false;
parentPort.once('message', () => {
  isOver = true;
  if (!isBusy) events.free(); // it waits for more
});
parentPort.unref();

for await (const list of events) {
  isBusy = true;
  const { data, id } = writeResult(list);
  await results.publish(data, { id });
  for (const event of list) event.ack();
  isBusy = false;
  if (isOver) break;
}
lines.detach();
results.detach();
