// A worker that counts in a file: by a handle that is shared, or in bytes that it has read itself. Or it looks through as
// much memory for a byte that is not there.

import { readFileSync, statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { MappedFile } from '../../index.mjs';

const { way, file } = workerData;
let bytes;

function countIn(data, pattern) {
  let found = 0;
  for (let at = data.indexOf(pattern); at >= 0; at = data.indexOf(pattern, at + pattern.length)) found++;
  return found;
}

parentPort.on('message', async ({ token, pattern }) => {
  if (way === 'read') {
    bytes ??= readFileSync(file);
    parentPort.postMessage(countIn(bytes, pattern));
  } else if (way === 'memory') {
    bytes ??= Buffer.alloc(statSync(file).size, 1);
    parentPort.postMessage(bytes.indexOf(0));
  } else {
    const mapped = MappedFile.attach(token);
    parentPort.postMessage(await mapped.count(pattern));
    mapped.detach();
  }
});
parentPort.postMessage('ready');
