// A queue of jobs, and the pool of worker threads that does them.

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Bus } from 'quiesce/bus';

const GROUP = 'workers';
const MOST = 1000; // jobs that wait, more or less: whoever adds more waits himself
const LOOK = 20; // ms between two looks at how much is left
const PAUSE = 200; // ms before a worker that has failed is replaced: it may fail at once again

export class WorkQueue {
  #bus;
  #jobs;
  #dead;
  #workerData;
  #pool = new Set();
  #added = 0;
  #isClosing = false;

  constructor(bus, jobs, dead, { handler, workers, attempts, delay }) {
    this.#bus = bus;
    this.#jobs = jobs;
    this.#dead = dead;
    this.#workerData = {
      group: GROUP,
      jobs: jobs.token,
      dead: dead.token,
      handler: String(handler),
      attempts,
      delay,
    };
    for (let i = 0; i < workers; i++) this.#hire();
  }

  /**
   * Opens a queue whose jobs are done by the default export of the module `handler` (a URL), which is called with a job
   * and { attempt }. One that fails is tried again after `delay` ms, then after twice as long, and so on; after so many
   * `attempts` it becomes a dead letter. With `dir` jobs outlive the process, and a queue that is opened there again
   * goes on with them.
   */
  static async open({ handler, workers = 4, attempts = 5, delay = 100, dir }) {
    const bus = await Bus.open(dir ? { dir } : {});
    try {
      // Whatever is beyond a limit is removed, done or not. What add() lets in is far below it.
      const jobs = await bus.topic('jobs', { maxBytes: 256 << 20 });
      const dead = await bus.topic('jobs.dead');
      return new WorkQueue(bus, jobs, dead, { handler, workers, attempts, delay });
    } catch (error) {
      await bus.free();
      throw error;
    }
  }

  /** Adds a job, anything that JSON can hold. Resolves when the bus has it; later while very many wait. */
  async add(job) {
    if (++this.#added % 100 === 0) while (!this.#isClosing && (await this.left()) > MOST) await sleep(LOOK);
    if (this.#isClosing) throw new Error('The queue is closing and takes no more jobs.');
    return this.#jobs.publish(JSON.stringify(job));
  }

  /** The jobs that are not done: those that wait, and those that are being done or waiting for another attempt. */
  async left() {
    const { groups, last } = await this.#jobs.stats();
    const group = groups.find(({ name }) => name === GROUP);
    return group ? group.pending + group.inFlight : last; // without a group no worker has come yet
  }

  /** Waits until all jobs are done, or dead letters. */
  async drained() {
    while ((await this.left()) > 0) await sleep(LOOK);
  }

  /** The jobs that were given up: [{ job, error }], the latest 1000 of them. */
  async deadLetters() {
    const { last } = await this.#dead.stats();
    const events = await this.#dead.read(Math.max(1, last - 999), 1000);
    return events.map((event) => ({ job: event.json(), error: event.headers.error }));
  }

  /** The worker threads of now. */
  get workers() {
    return [...this.#pool];
  }

  /** Lets each worker finish the job that it has, and closes the bus. What is left then stays in the directory. */
  async close() {
    this.#isClosing = true;
    const ends = this.workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of this.#pool) worker.postMessage('end');
    await Promise.all(ends);
    await this.#bus.free();
  }

  /** Starts a worker, and another one when it dies. What it had goes to others, for the bus sees its thread end. */
  #hire() {
    if (this.#isClosing) return;
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: this.#workerData });
    this.#pool.add(worker);
    worker.on('error', (error) => console.error(`A worker died: ${error.message}`));
    worker.on('exit', () => {
      this.#pool.delete(worker);
      setTimeout(() => this.#hire(), PAUSE).unref();
    });
  }
}
