// Counting words.

import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { format } from '../text.mjs';

const word = /[\p{L}\p{N}_]+/gu;

/** Counts the words of a text into a Map. */
export function addWords(words, text) {
  for (const found of text.match(word) ?? []) words.set(found, (words.get(found) ?? 0) + 1);
}

/** The words of a file, counted by this thread alone, and not by way of linesOf(): { words, lines }. */
export async function countAlone(path, signal) {
  const words = new Map();
  let lines = 0;
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    if (signal.aborted) break;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop();
    lines += parts.length;
    for (const part of parts) addWords(words, part);
  }
  addWords(words, rest);
  return { words, lines: lines + (rest === '' ? 0 : 1) };
}

/** Where a count is not what it should be, in words; `times` is how often the file was read. */
export function differences(counted, expected, times) {
  const found = [];
  for (const [each, n] of expected) {
    const have = counted.get(each) ?? 0;
    if (have !== n * times)
      found.push(`'${each}' was counted ${format(have)} times, not ${format(n * times)}`);
  }
  for (const [each, n] of counted) {
    if (!expected.has(each)) found.push(`'${each}' was counted ${format(n)} times, but is not in the file`);
  }
  return found;
}

/** Writes a count to a file, the most frequent word first. */
export async function writeWords(path, words) {
  const sorted = [...words].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  await writeFile(path, sorted.map(([each, n]) => `${each}\t${n}\n`).join(''));
}
