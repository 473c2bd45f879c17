'use strict';

// Waiting for what comes at a time of its own.

const { setTimeout: delay } = require('node:timers/promises');

/** How long to wait, in ms, for what takes a moment unless something is broken: the long rounds get four times as much. */
function patience(ms) {
  return process.env.QUIESCE_TEST_FULL === '1' ? 4 * ms : ms;
}

/** Calls `fn` until it returns something truthy and returns that; what it throws at the deadline is thrown. */
async function eventually(fn, { timeout = patience(20_000), every = 5 } = {}) {
  const end = performance.now() + timeout;
  for (;;) {
    let failure;
    try {
      const value = await fn();
      if (value) return value;
      failure = new Error(`Not so within ${timeout} ms: ${fn}`);
    } catch (error) {
      failure = error;
    }
    if (performance.now() > end) throw failure;
    await delay(every);
  }
}

/** Collects garbage and lets finalizers run. Needs --expose-gc, or turns it on. */
async function collectGarbage(rounds = 2) {
  for (let i = 0; i < rounds; i++) {
    gc();
    await new Promise(setImmediate);
  }
}

function gc() {
  if (globalThis.Bun) return Bun.gc(true);
  if (typeof globalThis.gc !== 'function') {
    require('node:v8').setFlagsFromString('--expose-gc');
    globalThis.gc = require('node:vm').runInNewContext('gc');
  }
  globalThis.gc();
}

module.exports = { collectGarbage, eventually, patience };
