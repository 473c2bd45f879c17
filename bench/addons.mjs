// The test addon, with the guard and without.

import { createRequire } from 'node:module';

export const { loadTestAddon } = createRequire(import.meta.url)('../test/support/addon.js');

/** Loads a variant of the test addon: { counter, Counter, Echo, ... }. */
export function openCounter(variant) {
  const classes = loadTestAddon(variant);
  return { ...classes, counter: classes.Counter.open() };
}
