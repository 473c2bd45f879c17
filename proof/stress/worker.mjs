// One of the threads of workers.mjs. It has one canary at a time, which all the others use; it opens the next and frees
// this one while they do.

import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { Guards } from './guards.mjs';
import { layout } from './layout.mjs';

const BATCH = 64; // pairs between two turns of the event loop
const ROUNDS = 16; // of a look at the payload
const ASYNC_ROUNDS = 1024; // long enough for a free to begin meanwhile
const deadlines = [0, 0, 0.02, 5000];

const { variant, number, workers, pairs, memory } = workerData;
const require = createRequire(import.meta.url);
const { Canary, addon } = require('../../test/support/addon.js').loadTestAddon(variant);
const { canaries, made } = layout.views(memory);

const tally = {
  pairs: 0,
  entered: 0,
  refused: 0,
  drained: 0,
  'timed-out': 0,
  'already-freeing': 0,
  overlaps: 0,
};
const attached = new Array(workers); // the wrapper of each other worker's latest canary
const guarded = !variant.startsWith('unguarded');
const guardEach = guarded ? 16 : 1; // pairs; the control has few of them
const guards = new Guards({ ...workerData, addon, guarded });
let opened = 0;
let own = openNext();
let pending = [];

while (tally.pairs < pairs) {
  for (let i = 0; i < BATCH && tally.pairs < pairs; i++) {
    const wrapper = attachTo((number + 1 + (i % (workers - 1))) % workers);
    if (!wrapper) tally.refused++;
    else if (i % 8 === 0) pending.push(settle(wrapper.lookAsync(ASYNC_ROUNDS)));
    else use(wrapper);
    replace(i);
    tally.pairs++;
    if (i % guardEach === 0) {
      guards.use(tally.pairs);
      await guards.replace(tally.pairs);
    }
  }
  Atomics.add(made, 0, BATCH);
  await Promise.all(pending);
  pending = [];
}
await own.free();
await guards.end();
parentPort.postMessage({ ...tally, ...guards.tally });

function openNext() {
  const canary = Canary.open(++opened * workers + number);
  Atomics.store(canaries, number, BigInt(canary.token));
  return canary;
}

/** A wrapper of the canary that a worker has now, or had a moment ago. */
function attachTo(other) {
  const token = Number(Atomics.load(canaries, other));
  if (attached[other]?.token === token) return attached[other];
  attached[other] = undefined; // the collector detaches it
  try {
    if (token !== 0) attached[other] = Canary.attach(token);
  } catch (error) {
    expectRefusal(error);
  }
  return attached[other];
}

function use(wrapper) {
  try {
    wrapper.look(ROUNDS); // the addon counts what is broken
    tally.entered++;
  } catch (error) {
    expectRefusal(error);
    tally.refused++;
  }
}

async function settle(promise) {
  try {
    await promise;
    tally.entered++;
  } catch (error) {
    expectRefusal(error);
    tally.refused++;
  }
}

/** Opens the next canary, and frees the one that the others use. */
function replace(turn) {
  const old = own;
  own = openNext();
  const deadline = deadlines[turn % deadlines.length]; // each of them both ways
  if ((turn >> 2) % 4 !== 0) pending.push(old.free({ deadline }).then((outcome) => count(outcome, deadline)));
  else count(old.freeSync({ deadline }), deadline);
  if (turn % BATCH === 0) tally[old.freeSync()]++; // again: somebody has won before
}

/** A free that looks once times out over an op; one with a deadline may have waited for Close. */
function count(outcome, deadline) {
  tally[outcome]++;
  if (outcome === 'timed-out' && deadline === 0) tally.overlaps++;
}

function expectRefusal(error) {
  if (error.code !== 'ERR_HANDLE_FREED') throw error;
}
