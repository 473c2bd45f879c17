// From open to release.

import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Guard, MappedFile } from '../../index.mjs';
import { loadVariant } from '../addons.mjs';
import { takeTurns } from '../timing.mjs';

export async function openFree() {
  const { loops } = await loadVariant('test');
  return takeTurns({ ours: loops.openFree }, { batch: 2000, rounds: 50 });
}

export function openFreeFile() {
  const ours = async (n) => {
    for (let i = 0; i < n; i++) await (await MappedFile.open(process.execPath)).free();
  };
  const rival = async (n) => {
    for (let i = 0; i < n; i++) await (await open(process.execPath)).close();
  };
  return takeTurns({ ours, rival }, { batch: 200, rounds: 20 });
}

const CYCLES = 1_000_000;
const WARM_UP = 200_000;
const BETWEEN = 2000; // cycles from one collection to the next

/** How much more memory is resident after a million cycles, in bytes. */
export async function memory() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const cycle = async (n) => {
    for (let i = 0; i < n; i++) {
      new Guard().freeSync();
      if (i % BETWEEN === BETWEEN - 1) {
        collect();
        await nextTurn(); // finalizers run
      }
    }
  };
  await cycle(WARM_UP);
  const before = await lowWater(cycle);
  await cycle(CYCLES);
  return { ours: (await lowWater(cycle)) - before };
}

/** The least that is resident over some collections: V8's and Go's heaps swell and shrink by some MB. */
async function lowWater(cycle) {
  let least = Infinity;
  for (let i = 0; i < 30; i++) {
    await cycle(BETWEEN);
    least = Math.min(least, process.memoryUsage.rss());
  }
  return least;
}
