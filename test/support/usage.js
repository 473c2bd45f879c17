'use strict';

// The runners of this repository, `npm run proof` and `npm run bench`, with command lines that they refuse.

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { root } = require('./addon.js');

/** Returns a function that runs the program `file`, of this repository, with arguments. */
function runner(...file) {
  const script = path.join(root, ...file);
  return (...args) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}

/** Each of [arguments, pattern] is refused with a sentence on stderr, nothing on stdout, and exit code 2. */
function refuses(run, cases) {
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = run(...args);
    assert.deepStrictEqual({ status, stdout }, { status: 2, stdout: '' });
    assert.match(stderr, message);
  }
}

module.exports = { refuses, runner };
