// What require() of an addon costs, in a process that has loaded nothing like it.

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { rivalPath } from '../rivals.mjs';

const require = createRequire(import.meta.url);
const paths = { quiesce: '../../index.js', empty: rivalPath('empty'), percall: rivalPath('percall') };

export function time(which) {
  const start = process.hrtime.bigint();
  require(paths[which]);
  return Number(process.hrtime.bigint() - start);
}

/** How much more is resident, in bytes, once what the addon starts has come to rest. */
export function memory(which) {
  return growth(which, () => process.memoryUsage.rss());
}

/** How many threads there are more. */
export function threads(which) {
  return growth(which, () => readdirSync('/proc/self/task').length);
}

async function growth(which, look) {
  await sleep(100);
  look(); // what looking itself takes the first time
  const before = look();
  require(paths[which]);
  await sleep(100);
  return look() - before;
}
