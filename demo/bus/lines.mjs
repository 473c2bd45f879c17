// The lines of a file, as bytes, in shares for several threads.

import { closeSync, createReadStream, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const NEWLINE = 10;
const CHUNK = 256 << 10;
const texts = ['.js', '.md', '.ts', '.txt'];

/** The largest text that the dependencies bring along. */
export function largestText() {
  const folder = fileURLToPath(new URL('../../node_modules', import.meta.url));
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => texts.includes(path.extname(name)))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, size: statSync(file).size }));
  return files.reduce((largest, each) => (each.size > largest.size ? each : largest)).file;
}

/** Cuts a file into n shares of whole lines, of about the same size: [{ start, end }]. */
export function shareOut(file, n) {
  const fd = openSync(file);
  try {
    const { size } = fstatSync(fd);
    const cuts = [0];
    for (let i = 1; i < n; i++)
      cuts.push(Math.max(cuts[i - 1], lineAfter(fd, Math.floor((i * size) / n), size)));
    return cuts.map((start, i) => ({ start, end: cuts[i + 1] ?? size }));
  } finally {
    closeSync(fd);
  }
}

/** Where the first line begins that comes after a place; the end of the file if there is none. */
function lineAfter(fd, from, size) {
  const block = Buffer.alloc(CHUNK);
  for (let at = from; at < size; ) {
    const read = readSync(fd, block, 0, block.length, at);
    const i = block.subarray(0, read).indexOf(NEWLINE);
    if (i >= 0) return at + i + 1;
    if (read === 0) return size;
    at += read;
  }
  return size;
}

/** The lines of a share, one by one: { at, line }, where `line` is bytes without the newline. */
export async function* linesOf(file, { start, end }) {
  if (start === end) return;
  let rest = [];
  let at = start;
  for await (const chunk of createReadStream(file, { start, end: end - 1, highWaterMark: CHUNK })) {
    let from = 0;
    for (let i = chunk.indexOf(NEWLINE); i >= 0; i = chunk.indexOf(NEWLINE, from)) {
      const last = chunk.subarray(from, i);
      const line = rest.length > 0 ? Buffer.concat([...rest, last]) : last;
      rest = [];
      yield { at, line };
      at += line.length + 1;
      from = i + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield { at, line: Buffer.concat(rest) };
}
