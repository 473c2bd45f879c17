// A worker of the fuzzing child: it attaches to the handles of each case, and makes its part of the calls.

import { parentPort, workerData } from 'node:worker_threads';
import { isExpected } from './judge.mjs';
import { loadSurface } from './surfaces.mjs';
import { judgeUncaught, World } from './world.mjs';

const { name, variant } = workerData;
const surface = loadSurface(name, variant);
const { Handle } = surface.classes;
let world;

judgeUncaught(() => world);
process.on('warning', (warning) => {
  if (!isExpected(warning)) world?.wrong.push(`the warning ${warning.message}`);
});

const steps = {
  async run({ tokens, calls }) {
    world = new World(surface, name);
    world.tokens = tokens;
    world.begin(attachAll(tokens));
    await world.run(calls);
    return {};
  },
  async settle() {
    await world.settle();
    const result = world.result();
    world = undefined;
    return result;
  },
};

/** By its own class, as a worker would; what is freed meanwhile is left out. */
function attachAll(tokens) {
  const classes = Handle ? [Handle] : Object.values(surface.classes).filter((each) => each.attach);
  return tokens.flatMap((token) => {
    for (const Class of classes) {
      try {
        return [Class.attach(token)];
      } catch (error) {
        if (error.code !== 'ERR_HANDLE_TYPE' && error.code !== 'ERR_HANDLE_FREED') throw error;
      }
    }
    return [];
  });
}

parentPort.on('message', async ({ step, ...data }) => {
  parentPort.postMessage(await steps[step](data));
});
parentPort.postMessage({});
