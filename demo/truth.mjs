// What is true of the file, found in plain JS by reading it. The workers hold every answer of the addon against
// this. The file is read in chunks: Buffers end at 2 GB, and the memory that the demo reports should be the
// addon's.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK = 8 << 20;
const BLOCK = 16 << 10;
const BLOCKS = 32;
const NEEDLE = 16;
const MAX_LINES = 200;

/** All expected answers, as plain data that a worker can be given. */
export function findTruth(path, text) {
  const fd = openSync(path);
  try {
    const { size } = fstatSync(fd);
    const pattern = Buffer.from(text);
    // The file's last bytes: a search for them goes through the whole file, as a rule.
    const needle = readAt(fd, Math.max(0, size - NEEDLE), NEEDLE);
    return {
      size,
      pattern,
      count: search(fd, pattern).found,
      needle,
      needleAt: search(fd, needle).first,
      blocks: sampleBlocks(fd, size),
      lines: firstLines(readAt(fd, 0, 1 << 20)),
    };
  } finally {
    closeSync(fd);
  }
}

/** Counts a pattern from left to right without overlap, and tells where it is first. */
function search(fd, pattern) {
  const chunk = Buffer.allocUnsafe(Math.max(CHUNK, 2 * pattern.length));
  let first = -1;
  let found = 0;
  for (let at = 0; ; ) {
    const part = chunk.subarray(0, readSync(fd, chunk, 0, chunk.length, at));
    if (part.length < pattern.length) return { found, first };
    let from = 0;
    for (let i = part.indexOf(pattern); i >= 0; i = part.indexOf(pattern, from)) {
      if (found === 0) first = at + i;
      found++;
      from = i + pattern.length;
    }
    at += Math.max(from, part.length - pattern.length + 1);
  }
}

function sampleBlocks(fd, size) {
  return Array.from({ length: BLOCKS }, (_, i) => {
    const offset = Math.floor((i * size) / BLOCKS);
    return { offset, bytes: readAt(fd, offset, BLOCK) };
  });
}

/** The complete lines at the start of a file, without their ends. */
function firstLines(bytes) {
  const end = bytes.lastIndexOf('\n');
  if (end < 0) return [];
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, MAX_LINES);
  return lines.map((line) => line.replace(/\r$/, ''));
}

function readAt(fd, offset, length) {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
}
