// The threads of the demo, as the main thread has them.

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const PAUSE = { least: 150, most: 600 }; // ms between two kills

/** Starts a thread: { worker, ended }, where `ended` resolves when it ends, and rejects when it fails. */
function start(script, workerData) {
  const worker = new Worker(new URL(script, import.meta.url), { workerData });
  const ended = new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', resolve);
  });
  ended.catch(() => {}); // whoever waits for it hears of it
  return { worker, ended };
}

/** Starts the publishers, one for each share of the file; resolves when they have ended. */
export async function publish(shares, workerData) {
  const started = shares.map((share) =>
    start('publisher.mjs', { ...workerData, share, publishers: shares.length }),
  );
  await Promise.all(started.map(({ ended }) => ended));
}

/** The workers of the group. */
export class Crew {
  killed = 0;
  #workerData;
  #onFailure;
  #members = [];

  constructor(n, workerData, onFailure) {
    this.#workerData = workerData;
    this.#onFailure = onFailure;
    for (let i = 0; i < n; i++) this.#hire();
  }

  #hire() {
    const member = start('counter.mjs', this.#workerData);
    member.ended.catch(this.#onFailure);
    this.#members.push(member);
  }

  /** Terminates one worker after the other, wherever it is, and puts another in its place, until the signal aborts. */
  async killAtRandom(signal) {
    while (!signal.aborted) {
      await sleep(PAUSE.least + Math.random() * (PAUSE.most - PAUSE.least), undefined, { signal }).catch(
        () => {},
      );
      if (signal.aborted) return;
      const [member] = this.#members.splice(Math.floor(Math.random() * this.#members.length), 1);
      await member.worker.terminate();
      this.killed++;
      this.#hire();
    }
  }

  /** Has each worker end when it has done what it has taken. */
  async end() {
    for (const { worker } of this.#members) worker.postMessage('end');
    await Promise.all(this.#members.map(({ ended }) => ended));
  }
}
