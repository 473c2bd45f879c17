'use strict';

// Options of Node that keep it from loading any addon: the error says so, and which option it takes.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');

// In Node 20 the permission model has another name.
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';
const inRoot = `--allow-fs-read=${path.join(root, '*')}`;

/** Requires the package in a node that was started with these flags. */
function requireUnder(flags) {
  const script = `try { require(${JSON.stringify(root)}); console.log('loaded') } catch (error) { console.log(error.code, error.message) }`;
  return execFileSync(process.execPath, ['--no-warnings', ...flags, '-e', script], { encoding: 'utf8' });
}

for (const flags of [['--no-addons'], [permission, inRoot]]) {
  test(`node ${flags[0]}: the error says that no addon may be loaded, and which option it takes`, () => {
    const told = requireUnder(flags);
    assert.match(told, /^ERR_ADDON_UNAVAILABLE .*disabled\. Node was started with --no-addons/);
    assert.match(told, /without --allow-addons\.\n$/);
  });
}

test("node's permission model: with --allow-addons it is loaded, also where nobody may look at the file", () => {
  assert.equal(requireUnder([permission, inRoot, '--allow-addons']), 'loaded\n');
  const some = ['index.js', 'package.json', 'node_modules/*'].map((name) => path.join(root, name));
  const flags = [...some, path.join(root, 'lib', '*')].map((name) => `--allow-fs-read=${name}`);
  assert.equal(requireUnder([permission, ...flags, '--allow-addons']), 'loaded\n');
});
