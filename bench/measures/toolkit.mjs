// What the toolkit generates: the time of one call or item, in ns.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { timeOf } from '../timing.mjs';

const require = createRequire(import.meta.url);
const turns = { batch: 20_000, rounds: 100 };

const openTally = () => require('../../build/toolkit/tally').Counter.open();

export function noOp() {
  const tally = openTally();
  return timeOf((n) => {
    for (let i = 0; i < n; i++) tally.value();
  }, turns);
}

export function number() {
  const tally = openTally();
  return timeOf((n) => {
    for (let i = 0; i < n; i++) tally.add(1);
  }, turns);
}

export function structs() {
  const tally = openTally();
  return timeOf(
    (n) => {
      for (let i = 0; i < n; i++) tally.top();
    },
    { ...turns, batch: 2000 },
  );
}

export function json() {
  const tally = openTally();
  return timeOf(
    (n) => {
      for (let i = 0; i < n; i++) JSON.parse(tally.text());
    },
    { ...turns, batch: 2000 },
  );
}

async function drain(iterable) {
  for await (const { count } of iterable) if (count < 0) throw new Error('never');
}

async function* generate(n) {
  for (let i = 0; i < n; i++) yield { word: 'word', count: i };
}

export function items() {
  const tally = openTally();
  return timeOf((n) => drain(tally.items(n)), { batch: 20_000, rounds: 20 });
}

export const generator = () => timeOf((n) => drain(generate(n)), { batch: 20_000, rounds: 20 });

/** The document that the benchmark of examples/minify has too. */
export function minify() {
  const { Minifier } = require('../../build/bench/minify');
  const document = readFileSync(new URL('../../examples/minify/testdata/page.html', import.meta.url), 'utf8');
  const minifier = new Minifier();
  return timeOf(
    (n) => {
      for (let i = 0; i < n; i++) minifier.minifySync('text/html', document);
    },
    { batch: 100, rounds: 50 },
  );
}
