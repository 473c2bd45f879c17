'use strict';

// Tests of faults that could end the process. Each runs in a process of its own, whose exit code and signal are part
// of it, also when the whole file is run.

const assert = require('node:assert');
const { test } = require('node:test');
const { full } = require('./addon.js');
const { demandExit, runNode } = require('./process.js');

const isAlone = process.env.QUIESCE_TEST_ALONE === '1';
// Bun and Deno have no such command line; the proof runs each file there, and looks how its process ended.
const isNode = !globalThis.Bun && !globalThis.Deno;
const minute = 60_000;

/** Like test() of node:test. */
function testAlone(name, ...rest) {
  if (isAlone || !isNode) return test(name, ...rest);
  const [options = {}] = rest.slice(0, -1);
  const pattern = `^${name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`;
  return test(name, options, async () => {
    const args = ['--test-reporter=tap', `--test-name-pattern=${pattern}`, require.main.filename];
    const env = { QUIESCE_TEST_ALONE: '1' };
    const { stdout } = demandExit(
      await runNode(args, { env, timeout: options.timeout ?? (full ? 20 : 3) * minute }),
    );
    assert.match(stdout, /^# pass 1$/m, 'the test has run');
  });
}

module.exports = { testAlone };
