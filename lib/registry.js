'use strict';

// All addons built on Quiesce that this thread has loaded, also by other copies and versions of this package:
// a Map from the addon's id to functions that take and return plain data.

const key = Symbol.for('quiesce.registry');

function registry() {
  if (!globalThis[key]) {
    Object.defineProperty(globalThis, key, { value: new Map(), configurable: true });
  }
  return globalThis[key];
}

/** Adds an addon: { handles(), stats(), survey(limit), freeAll(ms) }. One that is loaded twice counts once. */
function register(id, addon) {
  if (!registry().has(id)) registry().set(id, addon);
}

function addons() {
  return [...registry().values()];
}

module.exports = { addons, register };
