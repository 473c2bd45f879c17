// One worker that sends and some that receive, by a bus in memory and by what Node has for it.

import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { Bus } from '../../lib/bus/index.mjs';

export const EVENT_BYTES = 128;

const KEPT = 65_536; // events of the topic: for messages that are passed on, not kept

/**
 * Starts the workers. `batch` has the receivers take lists; `latency` has them tell how long each event took instead
 * of when the first and the last one came. With one receiver the rival is a MessagePort, else a BroadcastChannel.
 * Resolves with a function that has the sender send n events in one of its ways, and resolves with what the
 * receivers tell.
 */
export async function openStage({ receivers = 1, batch, latency = false }) {
  const topic = await (await Bus.open()).topic('events', { maxEvents: KEPT });
  const { port1, port2 } = new MessageChannel();
  const ports = receivers === 1 ? [port1, port2] : [];
  const [senderPort, receiverPort] = ports;
  const takers = [];
  for (let i = 0; i < receivers; i++) {
    const data = { token: topic.token, batch, latency, port: receiverPort };
    takers.push(await startWorker('receiver', data, receiverPort));
  }
  const sender = await startWorker('sender', { token: topic.token, port: senderPort }, senderPort);
  return async (way, n) => {
    for (const taker of takers) await ask(taker, n);
    const told = takers.map(answerOf);
    sender.postMessage({ way, n });
    return Promise.all(told);
  };
}

async function startWorker(name, workerData, port) {
  const file = new URL(`${name}.mjs`, import.meta.url);
  const worker = new Worker(file, { workerData, transferList: port ? [port] : [] });
  await answerOf(worker); // it is ready
  return worker;
}

function ask(worker, message) {
  worker.postMessage(message);
  return answerOf(worker);
}

/** The next message of a worker; an error of its is the measurement's. */
async function answerOf(worker) {
  const [message] = await once(worker, 'message');
  return message;
}
