'use strict';

// Workers that load the addon, which the main thread never does, use it, and exit or are terminated in the middle of
// calls: cycles.js ROUNDS. Prints each round's number; at the end, as JSON, the memory after each, and how often the addon
// is mapped.

const { readFileSync } = require('node:fs');
const { startWorker } = require('../../test/support/bodies.js');
const { exitOf, nextMessage } = require('../../test/support/process.js');

const ways = ['exit', 'in a sync op', 'with ops in flight', 'inside a guard'];

async function body({ addon, quiesce, parentPort }, way) {
  const { Sleeper, Counter } = addon;
  const sleeper = Sleeper.open();
  globalThis.kept = sleeper;
  for (let i = 0; i < 5; i++) sleeper.sleep(2 ** 40).catch(() => {});
  for (let i = 0; i < 5; i++) sleeper.stubborn(2 * i).catch(() => {});
  const result = await Counter.open().addAsync(1);
  if (way === 'inside a guard') new quiesce.Guard().tryEnter();
  parentPort.postMessage(result);
  if (way === 'exit') process.exit(0);
  if (way === 'in a sync op') sleeper.block(20);
}

async function main(rounds) {
  const memory = [];
  for (let round = 0; round < rounds; round++) {
    const way = ways[round % ways.length];
    const worker = startWorker(body, way);
    const ended = exitOf(worker).catch(() => {});
    if ((await nextMessage(worker)) !== 1) throw new Error('a wrong result');
    if (way !== 'exit') await worker.terminate();
    await ended;
    memory.push(process.memoryUsage().rss / 1024);
    console.log(round + 1);
  }
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  const mappings = maps.filter((line) => /r-xp.*\/test\.node$/.test(line)).length;
  console.log(JSON.stringify({ memory, mappings }));
}

main(Number(process.argv[2])).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
