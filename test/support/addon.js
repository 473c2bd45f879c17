'use strict';

// The test addon (test/goaddon) as tests use it.

const path = require('node:path');
const { Addon } = require('../../lib/addon.js');
const { defineClass } = require('../../lib/define.js');
const { loadNative } = require('../../lib/load.js');

const root = path.join(__dirname, '..', '..');

/** Where the variant of that name is: see scripts/variants.mjs. The proof has tests run against builds of its own. */
function pathOfAddon(name) {
  if (name === 'test' && process.env.QUIESCE_TEST_ADDON) return process.env.QUIESCE_TEST_ADDON;
  return path.join(
    root,
    'build',
    name === 'quiesce' ? 'Release/quiesce.node' : path.join('variants', `${name}.node`),
  );
}

/** Loads a variant of the test addon: { addon, native } and its classes by name. */
function loadTestAddon(name = 'test') {
  const native = loadNative({
    file: pathOfAddon(name),
    remedy: `Build it: node scripts/build.mjs ${name}`,
  });
  const addon = new Addon(native);
  const classes = {};
  for (const each of addon.classes) if (each !== 'Guard') classes[each] = defineClass(addon, each);
  return { addon, native, ...classes };
}

/** True for the long rounds of `npm run test:full`. */
const full = process.env.QUIESCE_TEST_FULL === '1';

module.exports = { full, loadTestAddon, pathOfAddon, root };
