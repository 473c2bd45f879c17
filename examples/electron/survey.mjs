// Counts words in a file, each by a thread that attaches to one mapping.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { MappedFile } from 'quiesce';

/**
 * @param {string} path
 * @param {string[]} words
 * @returns {Promise<Record<string, number>>}
 */
export async function survey(path, words) {
  const file = await MappedFile.open(path);
  try {
    const counts = await Promise.all(words.map((word) => countInThread(file.token, word)));
    return Object.fromEntries(words.map((word, i) => [word, counts[i]]));
  } finally {
    await file.free();
  }
}

/** @type {(token: number, word: string) => Promise<number>} */
function countInThread(token, word) {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: { token, word } });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

if (!isMainThread && workerData?.word) {
  const count = await MappedFile.attach(workerData.token).count(workerData.word);
  parentPort?.postMessage(count);
}
