// The package of one platform, from binaries that are built to the tarball.

import path from 'node:path';
import { writeLicenses } from './licenses.mjs';
import { checkLibrary } from './needs.mjs';
import { pack, stagePlatform } from './stage.mjs';

/**
 * Checks the binaries, gathers the licenses of what is linked into them, and packs them with the `texts`, files of the
 * package that it belongs to, into `out`. `modules` is what writeLicenses() is told of their Go modules; `made` is a
 * folder for what there is on the way.
 */
export async function packPlatform({ target, manifest, binaries, texts, modules, generator, made, out }) {
  for (const file of binaries) await checkLibrary(file, target, generator);
  const licenses = path.join(made, 'THIRD_PARTY_LICENSES');
  await writeLicenses(licenses, binaries, modules);
  const files = [...binaries, licenses, ...texts];
  return pack(stagePlatform({ folder: path.join(made, 'package'), manifest, target, files }), out);
}
