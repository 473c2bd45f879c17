// Searches one mapped file by a Piscina pool, while searches are aborted, workers end and come anew, and at last the
// file is freed under them all. It prints what became of each search, and who released what.
// node index.mjs [FILE] [SECONDS]

import { statSync } from 'node:fs';
import { handles, stats } from 'quiesce';
import { storm } from './storm.mjs';

const [path = process.execPath, seconds = '3'] = process.argv.slice(2);
const duration = Number(seconds) * 1000;
if (!(duration > 0 && duration <= 3_600_000)) {
  console.error('SECONDS must be a number above 0, and at most 3600.');
  process.exit(2);
}

const size = (statSync(path).size / 1e6).toFixed(1);
console.log(`Four workers search ${size} MB for ${seconds} s, and a search in five is aborted.`);
const { counts, threads, inFlight, outcome, took, noted, closed } = await storm(path, {
  duration,
  onTick: (now) => console.log(line(now)),
});

console.log(line(counts));
console.log(`free() with ${inFlight} ops in flight: ${outcome}, after ${took.toFixed(1)} ms`);
console.log(
  `${threads} workers have come and gone; ${noted} searches are noted in the topic; bus: ${closed.bus}`,
);
const { opened, released } = stats();
console.log(`${opened} handles were opened, ${released} released, ${handles().length} are left`);

function line({ done, aborted, refused }) {
  return `${done} done, ${aborted} aborted, ${refused} refused`;
}
