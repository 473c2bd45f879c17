// Calls that are answered by a promise.

import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { loadVariant } from '../addons.mjs';
import { takeTurns } from '../timing.mjs';

const throughThreadPool = promisify(randomBytes); // the least that libuv's pool can be asked for

export async function oneInFlight() {
  const { loops } = await loadVariant('test');
  const resolved = async (n) => {
    for (let i = 0; i < n; i++) await undefined;
  };
  const rival = async (n) => {
    for (let i = 0; i < n; i++) await throughThreadPool(1);
  };
  return takeTurns({ ours: loops.oneAtATime, rival, resolved }, { batch: 500, rounds: 20 });
}

export async function thousandInFlight() {
  const { loops } = await loadVariant('test');
  const resolved = (n) => Promise.all(Array.from({ length: n }, async () => undefined));
  const rival = (n) => Promise.all(Array.from({ length: n }, () => throughThreadPool(1)));
  return takeTurns({ ours: loops.atOnce, rival, resolved }, { batch: 1000, rounds: 100 });
}
