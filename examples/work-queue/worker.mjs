// One worker: it takes a job at a time, does it, and acks it.

import { parentPort, workerData } from 'node:worker_threads';
import { Topic } from 'quiesce/bus';

const { group, attempts, delay } = workerData;
const jobs = Topic.attach(workerData.jobs);
const dead = Topic.attach(workerData.dead);
const { default: handle } = await import(workerData.handler);

const queue = await jobs.subscribe({ group, maxInFlight: 1, ackWait: 60_000 }); // longer than any job takes

// A subscription that is freed gives back what was not acked: so it is not freed in the middle of a job.
let isBusy = false;
let isOver = false;
parentPort.once('message', () => {
  isOver = true;
  if (!isBusy) queue.free();
});
parentPort.unref();

for await (const job of queue) {
  isBusy = true;
  await attend(job);
  isBusy = false;
  if (isOver) break;
}

async function attend(job) {
  // A job that kills its worker never gets to the catch below. But its deliveries are counted all the same.
  if (job.deliveries > attempts) return bury(job, 'its worker died each time');
  try {
    await handle(job.json(), { attempt: job.deliveries });
    job.ack();
  } catch (error) {
    if (job.deliveries < attempts) job.nak({ delay: delay * 2 ** (job.deliveries - 1) });
    else await bury(job, error.message);
  }
}

/** Makes a dead letter of a job. By its id it is one, even if this worker dies before the ack. */
async function bury(job, reason) {
  const error = reason.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim(); // headers have no line breaks
  await dead.publish(job.data, { headers: { error, job: String(job.seq) }, id: `job-${job.seq}` });
  job.ack();
}
