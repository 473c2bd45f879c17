// From open to release: times in ns, and what memory is left, in bytes.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Guard } from '../../index.mjs';
import { loadTestAddon } from '../addons.mjs';
import { rival } from '../rivals.mjs';
import { timeOf } from '../timing.mjs';

export function openFree() {
  const { Counter } = loadTestAddon('test');
  return timeOf(
    (n) => {
      for (let i = 0; i < n; i++) Counter.open().freeSync();
    },
    { batch: 2000, rounds: 50 },
  );
}

const CYCLES = 10_000_000;
const WARM_UP = 1_000_000; // the heaps grow to what they take
const BETWEEN = 2000; // cycles from one collection to the next

/** How much more memory is resident after so many cycles than before. */
async function growth(once) {
  const collect = collector();
  const cycle = async (n) => {
    for (let i = 0; i < n; i++) {
      once();
      if (i % BETWEEN === BETWEEN - 1) await collect();
    }
  };
  await cycle(WARM_UP);
  const before = await lowWater(30, () => cycle(BETWEEN));
  await cycle(CYCLES);
  return (await lowWater(30, () => cycle(BETWEEN))) - before;
}

/** Makes the function that collects V8's garbage and has its finalizers run. */
function collector() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  return async () => {
    collect();
    await nextTurn();
  };
}

/** The least that is resident over some rounds: V8's and Go's heaps swell and shrink by some MB. */
async function lowWater(rounds, round) {
  let least = Infinity;
  for (let i = 0; i < rounds; i++) {
    await round();
    least = Math.min(least, process.memoryUsage.rss());
  }
  return least;
}

export const cycles = () => growth(() => new Guard().freeSync());

/** What a binding does that gives nothing back: 64 bytes stay for each. */
export function leak() {
  const { leak } = rival('empty');
  return growth(leak);
}

/** The growth by 1,000 frees that timed out, whose ops ended later; before 7,000 have let the heaps grow to what they take. */
export async function timeouts() {
  const { Sleeper } = loadTestAddon('test');
  const collect = collector();
  const batch = async () => {
    const late = Array.from({ length: 100 }, async () => {
      const sleeper = Sleeper.open();
      const op = sleeper.stubborn(150);
      if ((await sleeper.free({ deadline: 1 })) !== 'timed-out') throw new Error('no time-out');
      await op;
    });
    await Promise.all(late);
    await collect();
  };
  await lowWater(60, batch);
  const before = await lowWater(10, batch);
  return (await lowWater(10, batch)) - before;
}
