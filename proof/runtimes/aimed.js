'use strict';

// Signals aimed at Go's threads, with a listener added after the addon was loaded, while goroutines grow their
// stacks there: aimed.js VARIANT COUNT. Prints how many were sent, when all were.

const { promises, readdirSync } = require('node:fs');
const { constants } = require('node:os');
const { loadTestAddon } = require('../../test/support/addon.js');
const { eventually } = require('../../test/support/wait.js');

const slice = 200; // ms

async function main(variant, count) {
  await Promise.all(Array.from({ length: 8 }, () => promises.stat('.'))); // the runtime's own threads are there now
  const spared = readdirSync('/proc/self/task').join(',');
  const { Runtime } = loadTestAddon(variant);
  let received = 0;
  process.on('SIGUSR2', () => received++);
  let sent = 0;
  while (sent < count) {
    const busy = Runtime.grow(slice);
    sent += await Runtime.signalThreads(spared, constants.signals.SIGUSR2, slice);
    await busy;
  }
  process.kill(process.pid, 'SIGUSR2'); // and one at the process: that is not lost
  await eventually(() => received > 0);
  console.log(sent);
  process.exit(0);
}

main(process.argv[2], Number(process.argv[3]));
