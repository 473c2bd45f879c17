'use strict';

// Files for tests to map: made in a folder of their own, gone when the test process ends.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

let folder;
let made = 0;

function newPath(name = `file-${made++}`) {
  if (!folder) {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quiesce-test-'));
    process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  }
  return path.join(folder, name);
}

/** Writes a file and returns its path. */
function makeFile(content, name) {
  const file = newPath(name);
  fs.writeFileSync(file, content);
  return file;
}

/** Bytes that are the same in every run: a linear congruential generator, `symbols` different values. */
function generate(length, symbols = 256, seed = 1) {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = (state >>> 16) % symbols;
  }
  return bytes;
}

module.exports = { generate, makeFile, newPath };
