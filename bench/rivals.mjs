// The native rivals: their sources are in bench/rivals/, setup.mjs builds them.

import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../cli/run.mjs';

/** Where a rival is once it is built. */
export function rivalPath(name) {
  return path.join(root, 'build', 'bench', `${name}.${name === 'clib' ? 'so' : 'node'}`);
}

/** The addon's exports; of the library, which is no addon, the path. */
export function rival(name) {
  return name === 'clib' ? rivalPath(name) : createRequire(import.meta.url)(rivalPath(name));
}
