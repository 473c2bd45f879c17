// The test addon, with the guard and without.

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Loads a variant of the test addon, with copies of the JS front and of the loops of its own: V8 would optimize
 * shared ones for neither. Resolves with { native, loops }.
 */
export async function loadVariant(name) {
  const lib = path.join(root, 'lib', path.sep);
  for (const file of Object.keys(require.cache)) if (file.startsWith(lib)) delete require.cache[file];
  const { Addon } = require('../lib/addon.js');
  const { defineClass } = require('../lib/define.js');
  const { loadNative } = require('../lib/load.js');

  const native = loadNative(path.join(root, 'build', 'variants', `${name}.node`));
  const addon = new Addon(native);
  const { makeLoops } = await import(`./loops.mjs?${name}`);
  return { native, loops: makeLoops(defineClass(addon, 'Counter'), defineClass(addon, 'Echo')) };
}
