// What index.mjs has done: the SHA-256 of a file.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { threadId } from 'node:worker_threads';

export default async function handle({ file }) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  console.log(`${hash.digest('hex')}  ${file}  (worker ${threadId})`);
}
