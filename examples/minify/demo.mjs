// Minifies files, by a pool of workers that share one minifier.
// node demo.mjs FILE...

import { availableParallelism } from 'node:os';
import path from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Minifier } from 'minify';

/** What a worker does: it takes the next file until there is none. */
async function work() {
  const { token, files, next } = workerData;
  const minifier = Minifier.attach(token);
  for (let i = Atomics.add(next, 0, 1); i < files.length; i = Atomics.add(next, 0, 1)) {
    const start = performance.now();
    try {
      const { mediaType, size, content } = await minifier.minifyFile(files[i]);
      parentPort.postMessage({
        file: files[i],
        mediaType,
        size,
        left: content.length,
        ms: performance.now() - start,
      });
    } catch (err) {
      parentPort.postMessage({ file: files[i], problem: `${err.code}: ${err.message.split('\n')[0]}` });
    }
  }
  minifier.detach();
}

async function main(files) {
  if (files.length === 0) {
    console.error('Usage: node demo.mjs FILE...');
    process.exitCode = 2;
    return;
  }
  const minifier = new Minifier();
  const next = new Int32Array(new SharedArrayBuffer(4));
  const rows = [];
  const workers = Array.from({ length: Math.min(availableParallelism(), files.length) }, () => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { token: minifier.token, files, next },
    });
    worker.on('message', (row) => rows.push(row));
    return new Promise((end) => worker.once('exit', end));
  });
  await Promise.all(workers);

  for (const { file, mediaType, size, left, ms, problem } of rows) {
    const name = path.basename(file).padEnd(28);
    if (problem) console.log(`${name} ${problem}`);
    else {
      const percent = size === 0 ? 0 : Math.round((100 * left) / size);
      console.log(
        `${name} ${mediaType.padEnd(24)} ${size} -> ${left} bytes, ${percent} %, ${ms.toFixed(1)} ms`,
      );
    }
  }
  const { calls, bytesIn, bytesOut } = minifier.stats();
  console.log(`\n${calls} calls of ${workers.length} workers, ${bytesIn} -> ${bytesOut} bytes`);
  await minifier.free();
}

if (isMainThread) await main(process.argv.slice(2));
else await work();
