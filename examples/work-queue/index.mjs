// Hashes the files that are named on standard input, one a line, by a pool of four workers.
// find FOLDER -type f | node index.mjs [DIR]

import { createInterface } from 'node:readline';
import { WorkQueue } from './queue.mjs';

const [dir] = process.argv.slice(2);
const queue = await WorkQueue.open({ handler: new URL('./hash.mjs', import.meta.url), dir });
const input = createInterface(process.stdin);

// Ctrl-C: no more jobs, but those that are there are done. A second one ends the process: with DIR the next one goes on.
let taken = 0;
let isOver = false;
process.once('SIGINT', () => {
  console.error('Finishing ...');
  isOver = true;
  input.close();
});

for await (const file of input) {
  if (isOver) break; // of what was read ahead
  await queue.add({ file });
  taken++;
}
await queue.drained();
const dead = await queue.deadLetters();
await queue.close();
console.error(`${taken} files taken, ${dead.length} given up`);
for (const { job, error } of dead) console.error(`${job.file}: ${error}`);
process.exitCode = dead.length > 0 ? 1 : 0;
