'use strict';

// A process that ends with ops in flight: exits.js WAY CODE.

const [, , way, code] = process.argv;
const { loadTestAddon } = require('../../test/support/addon.js');
const { startWorker } = require('../../test/support/bodies.js');
const { exitOf, nextMessage } = require('../../test/support/process.js');

/** Sync ops, async ones, raw enters and a free that nobody waits for. */
function useIt({ addon, quiesce }, sleeper) {
  const guard = new quiesce.Guard();
  guard.tryEnter();
  const own = addon.Sleeper.open(10_000);
  for (let i = 0; i < 10; i++) own.stubborn(2 ** 30).catch(() => {});
  own.free().catch(() => {});
  for (let i = 0; i < 10; i++) sleeper.sleep(2 ** 40).catch(() => {});
  globalThis.kept = [guard, own, sleeper];
}

const busyWorker = `({ addon, quiesce, parentPort }, [token, code]) => {
  const sleeper = addon.Sleeper.attach(token);
  (${useIt})({ addon, quiesce }, sleeper);
  parentPort.postMessage('busy');
  if (code === undefined) return sleeper.block(30);
  sleeper.block(2);
  process.exit(code);
}`;

async function main() {
  const addon = loadTestAddon();
  const sleeper = addon.Sleeper.open();
  globalThis.sleeper = sleeper;
  if (way === 'worker') {
    const worker = startWorker(busyWorker, [sleeper.token, Number(code)]);
    const exited = exitOf(worker);
    await nextMessage(worker);
    process.exitCode = await exited;
    if ((await sleeper.free()) !== 'drained') process.exitCode = 99;
    return;
  }
  useIt({ addon, quiesce: require('../..') }, sleeper);
  if (way === 'main') setTimeout(() => process.exit(Number(code)), 5);
  if (way === 'exception') throw new Error('of the test');
  if (way !== 'workers') return;
  const workers = [1, 2].map(() => startWorker(busyWorker, [sleeper.token]));
  await Promise.all(workers.map((worker) => nextMessage(worker)));
  process.exit(Number(code));
}

main();
