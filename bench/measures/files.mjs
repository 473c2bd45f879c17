// MappedFile against the ways to read a file, on the Node binary.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MappedFile } from '../../index.mjs';
import { median, timeOf } from '../timing.mjs';

const file = process.execPath;
const pattern = 'napi_create_object';
const cores = availableParallelism();
const readers = 8;
const rounds = 7;

export async function read() {
  const mapped = await MappedFile.open(file);
  return timeOf(
    (n) => {
      for (let i = 0; i < n; i++) mapped.read(4096, 128);
    },
    { batch: 5000, rounds: 100 },
  );
}

export function readSync128() {
  const fd = openSync(file);
  return timeOf(
    (n) => {
      for (let i = 0; i < n; i++) readSync(fd, Buffer.allocUnsafe(128), 0, 128, 4096);
    },
    { batch: 5000, rounds: 100 },
  );
}
export { readSync128 as readSync };

export function openFree() {
  const cycles = async (n) => {
    for (let i = 0; i < n; i++) await (await MappedFile.open(file)).free();
  };
  return timeOf(cycles, { batch: 200, rounds: 20 });
}

export function openClose() {
  const cycles = async (n) => {
    for (let i = 0; i < n; i++) await (await open(file)).close();
  };
  return timeOf(cycles, { batch: 200, rounds: 20 });
}

/** Bytes per second and core, when each core looks through the whole file. */
async function rate(lookThrough) {
  const rates = [];
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    await Promise.all(Array.from({ length: cores }, (_, i) => lookThrough(i)));
    rates.push(statSync(file).size / (Number(process.hrtime.bigint() - start) / 1e9));
  }
  return median(rates.slice(1));
}

export async function count() {
  const mapped = await MappedFile.open(file);
  const workers = await startReaders(cores, 'map');
  return rate(async (i) => {
    const found = await ask(workers[i], { token: mapped.token, pattern });
    if (!(found > 0)) throw new Error(`'${pattern}' was found ${found} times`);
  });
}

/** The C library's memchr, through memory of the worker's own. */
export async function memchr() {
  const workers = await startReaders(cores, 'memory');
  return rate((i) => ask(workers[i], {}));
}

export function grep() {
  return rate(async () => {
    const child = spawn('grep', ['-c', '-a', '-F', pattern, file], {
      env: { ...process.env, LC_ALL: 'C' },
      stdio: 'ignore',
    });
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`grep ended with ${status}`);
  });
}

/** What each of eight workers that look through the file adds to the process, in bytes. */
async function memoryOf(way) {
  const workers = await startReaders(readers, way);
  const mapped = way === 'map' ? await MappedFile.open(file) : undefined;
  const before = process.memoryUsage.rss();
  await Promise.all(workers.map((worker) => ask(worker, { token: mapped?.token, pattern })));
  return (process.memoryUsage.rss() - before) / readers;
}

export const countMemory = () => memoryOf('map');
export const readMemory = () => memoryOf('read');

async function startReaders(n, way) {
  const workers = Array.from(
    { length: n },
    () => new Worker(new URL('../files/reader.mjs', import.meta.url), { workerData: { way, file } }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message'))); // it is ready
  return workers;
}

async function ask(worker, question) {
  worker.postMessage(question);
  const [found] = await once(worker, 'message');
  return found;
}
