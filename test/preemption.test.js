'use strict';

// A loop in a sync method stays preemptible. Go 1.26 never preempts a thread again that got a preemption signal
// while it was in C; see quiesceCall in addon/exports.go.

const assert = require('node:assert');
const { test } = require('node:test');
const { full } = require('./support/addon.js');
const { expectExit } = require('./support/process.js');

test('FAULTS 44: a tight loop in a sync method is preempted for a GC, again and again', async () => {
  const { stdout } = await expectExit(
    `
    const { Runtime, Sleeper } = loadTestAddon();
    const sleeper = Sleeper.open();
    let over = false;
    const busy = (async () => {
      while (!over) await Promise.all([Runtime.spinAndGCAsync(), Runtime.grow(2)]);
    })();
    for (let i = 0; i < ${full ? 2000 : 200}; i++) {
      sleeper.spin(1); // ends when another goroutine says so: not at all if a GC waits for it
      await new Promise(setImmediate);
    }
    over = true;
    await busy;
    console.log(sleeper.freeSync());
    `,
    { timeout: full ? 200_000 : 40_000 },
  );
  assert.strictEqual(stdout, 'drained\n');
});
