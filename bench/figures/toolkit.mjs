// What the toolkit generates, against the same by hand.

import { createRequire } from 'node:module';
import { loadVariant } from '../addons.mjs';
import { takeTurns } from '../timing.mjs';

const turns = { batch: 20_000, rounds: 100 };

/** A counter of the generated addon. The copies of lib/ that the rival has are not its own. */
function openTally() {
  const { Counter } = createRequire(import.meta.url)('../../build/toolkit/tally');
  return Counter.open();
}

export async function noOp() {
  const { loops } = await loadVariant('test');
  const tally = openTally();
  const ours = (n) => {
    for (let i = 0; i < n; i++) tally.value();
  };
  return takeTurns({ ours, rival: loops.value }, turns);
}

export async function number() {
  const { loops } = await loadVariant('test');
  const tally = openTally();
  const ours = (n) => {
    for (let i = 0; i < n; i++) tally.add(1);
  };
  return takeTurns({ ours, rival: loops.number }, turns);
}

export function structs() {
  const tally = openTally();
  const ours = (n) => {
    for (let i = 0; i < n; i++) tally.top();
  };
  const rival = (n) => {
    for (let i = 0; i < n; i++) JSON.parse(tally.text());
  };
  return takeTurns({ ours, rival }, { ...turns, batch: 2000 });
}

async function* generate(n) {
  for (let i = 0; i < n; i++) yield { word: 'word', count: i };
}

export function items() {
  const tally = openTally();
  const drain = async (iterable) => {
    for await (const { count } of iterable) if (count < 0) throw new Error('never');
  };
  const ours = (n) => drain(tally.items(n));
  const rival = (n) => drain(generate(n));
  return takeTurns({ ours, rival }, { batch: 20_000, rounds: 20 });
}
