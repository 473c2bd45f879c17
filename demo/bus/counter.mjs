// One worker of the group: it counts the words of the events that it gets, publishes the result, and then acks them.
// It may be terminated at any moment. In this order nothing is lost by that: what was not acked goes to another
// worker. But things may be done twice, as results.mjs explains.

import { parentPort, workerData } from 'node:worker_threads';
import { Topic } from '../../lib/bus/index.mjs';
import { writeResult } from './results.mjs';

const lines = Topic.attach(workerData.lines);
const results = Topic.attach(workerData.results);
const events = await lines.subscribe({ group: 'counters', batch: 256, ackWait: 10_000 });

parentPort.once('message', () => events.free()); // it ends the loop
parentPort.unref();

for await (const list of events) {
  const { data, id } = writeResult(list);
  await results.publish(data, { id });
  for (const event of list) event.ack();
}
lines.detach();
results.detach();
