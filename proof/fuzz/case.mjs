// Runs a case in this process: its calls in as many threads, then the invariants.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { World } from './world.mjs';

const hung = 20_000; // ms
const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'thread.mjs');

/** The threads of a process, which live on from case to case unless a case ends them. */
export class Threads {
  #data;
  #all = [];

  constructor(data) {
    this.#data = data;
  }

  async prepare(count) {
    for (let i = 1; i < count; i++) {
      if (this.#all[i]?.isOver === false) continue;
      this.#all[i] = new Thread(this.#data);
      await this.#all[i].answer();
    }
  }

  get(i) {
    return this.#all[i];
  }

  terminate(i) {
    this.#all[i]?.terminate();
  }

  async end() {
    await Promise.all(this.#all.filter(Boolean).map((each) => each.terminate()));
  }
}

class Thread {
  isOver = false;
  problem;
  #worker;
  #answers = [];
  #waiting = [];

  constructor(data) {
    this.#worker = new Worker(file, { workerData: data });
    this.#worker.on('message', (answer) => this.#push(answer));
    this.#worker.on('error', (error) => {
      this.problem = error;
    });
    this.#worker.on('exit', () => {
      this.isOver = true;
      for (const resolve of this.#waiting.splice(0)) resolve(undefined);
    });
  }

  post(message) {
    if (!this.isOver) this.#worker.postMessage(message);
  }

  /** The next answer; undefined from a thread that is over. */
  answer() {
    if (this.#answers.length > 0) return this.#answers.shift();
    if (this.isOver) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async terminate() {
    await this.#worker.terminate();
    this.isOver = true;
  }

  #push(answer) {
    const resolve = this.#waiting.shift();
    if (resolve) resolve(answer);
    else this.#answers.push(answer);
  }
}

/** Runs one case; returns what each of its threads has counted, and what is wrong. */
export async function runCase(surface, { surface: name, threads: lists }, threads, folder, setWorld) {
  const world = new World(surface, name, (i) => threads.terminate(i));
  setWorld(world);
  await threads.prepare(lists.length);
  const handles = await surface.open(folder);
  world.begin(handles);
  const tokens = [...world.tokens];
  const others = lists.slice(1).map((calls, i) => {
    const thread = threads.get(i + 1);
    thread.post({ step: 'run', tokens, calls });
    return thread;
  });
  await world.run(lists[0]);
  const results = [];
  for (const each of others) await within(each.answer(), world, 'a thread');
  await freeAll(surface, world);
  await world.settle();
  for (const each of others) {
    each.post({ step: 'settle' });
    const result = await within(each.answer(), world, 'the promises of a thread');
    if (result) results.push(result);
    if (each.problem) world.wrong.push(`a thread failed: ${each.problem.stack}`);
  }
  await freeAll(surface, world); // what was opened meanwhile
  await check(surface, world);
  return [world.result(), ...results];
}

async function freeAll(surface, world) {
  const { errors, timedOut } = await surface.freeAll({ deadline: hung });
  if (timedOut > 0) world.wrong.push(`${timedOut} handles were not free after ${hung / 1000} s`);
  for (const error of errors) world.judge(error, 'freeAll');
}

async function within(promise, world, what) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, hung, world);
  });
  const answer = await Promise.race([promise, late]);
  clearTimeout(timer);
  if (answer !== world) return answer;
  world.wrong.push(`${what} did not end within ${hung / 1000} s`);
  return undefined;
}

/** When all is freed: what was opened is released, and nothing is attached, in flight or was used after its Close. */
async function check(surface, world) {
  const isClean = ({ opened, released, live, freeing, abandoned, ops }) =>
    opened === released + live && live + freeing + abandoned + ops === 0;
  for (let i = 0; !isClean(surface.stats()) && i < 200; i++) {
    await new Promise((resolve) => setTimeout(resolve, i));
    if (i % 20 === 19) await surface.freeAll({ deadline: 100 }); // a call that came late has opened one
  }
  if (!isClean(surface.stats())) world.wrong.push(`something is left: ${JSON.stringify(surface.stats())}`);
  const left = surface.handles();
  if (left.length > 0) world.wrong.push(`${left.length} handles are left: ${JSON.stringify(left[0])}`);
  if (surface.misuse() !== 0) world.wrong.push('a resource was used after its Close, or closed twice');
}
