// A worker that receives, by the bus and by the rival. It is told how many events are to come, and tells of them when
// the last one is there.

import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { Topic } from '../../lib/bus/index.mjs';
import { ageOf, now } from './clock.mjs';

const { token, batch, latency, port } = workerData;

/** Counts events, and the bytes in them. */
class Throughput {
  count = 0;
  bytes = 0;
  first;

  take({ length }) {
    if (this.count === 0) this.first = now();
    this.bytes += length;
    this.count++;
  }

  get result() {
    return { first: this.first, last: now(), bytes: this.bytes };
  }
}

class Latency {
  count = 0;
  result = [];

  take(data) {
    this.result.push(ageOf(data));
    this.count++;
  }
}

let meter;
let expected = 0;

function begin(n) {
  meter = latency ? new Latency() : new Throughput();
  expected = n;
  parentPort.postMessage('ready');
}

function take(data) {
  meter.take(data);
  if (meter.count === expected) parentPort.postMessage(meter.result);
}

async function takeLists(subscription) {
  for await (const list of subscription) {
    for (const { data } of list) take(data);
  }
}

async function takeSingly(subscription) {
  for await (const { data } of subscription) take(data);
}

const subscription = await Topic.attach(token).subscribe({ batch });
if (batch) takeLists(subscription);
else takeSingly(subscription);

(port ?? new BroadcastChannel('bench')).onmessage = ({ data }) => take(data);
parentPort.on('message', begin);
parentPort.postMessage('ready');
