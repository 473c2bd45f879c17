// What index.mjs gives, around the addon that was built without the guard and without the fault trap. All else
// is the same: the same JS front, the same shim, the same Go.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { Addon } = require('../lib/addon.js');
const { loadNative } = require('../lib/load.js');
const { defineMappedFile } = require('../lib/mapped-file.js');

const native = loadNative({
  file: fileURLToPath(new URL('../build/variants/unguarded.node', import.meta.url)),
});

export const MappedFile = defineMappedFile(new Addon(native));
export const handles = () => JSON.parse(native.handles());
