// The package that users install, made around the platform packages that a folder has.

import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../run.mjs';
import { platformPackage, targets } from '../targets.mjs';
import { writeChecksums } from './checksums.mjs';
import { pack, stageMain } from './stage.mjs';

/** The name that npm gives a tarball. */
function tarballName(name, version) {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}

function fileOf(target, { name, version }) {
  return tarballName(platformPackage(name, target), version);
}

/** The targets whose packages, of the manifest's version, are in that folder. Throws a Failure if there is none. */
export function targetsIn(out, manifest) {
  const names = targets.map((each) => each.name);
  const there = names.filter((each) => existsSync(path.join(out, fileOf(each, manifest))));
  if (there.length > 0) return there;
  const { name, version } = manifest;
  throw new Failure(
    `${out} has no platform package of ${name} ${version}, such as ${fileOf(names[0], manifest)}.`,
  );
}

/**
 * Packs the package of `home` into `out`, with the platform packages of its version there as optional dependencies, and
 * writes SHA256SUMS. `needed` and `adapt` are those of stageMain. Resolves to the names of all files, that package's last.
 */
export async function assemble({ home, manifest, out, scratch, needed, adapt }) {
  const there = targetsIn(out, manifest);
  const folder = path.join(scratch, 'package');
  await stageMain({ folder, home, manifest, targets: there, out, needed, adapt });
  const own = path.basename(await pack(folder, out));
  const bills = readdirSync(out).filter((each) => each.endsWith('.cdx.json'));
  const names = [...bills, ...there.map((each) => fileOf(each, manifest)), own];
  writeChecksums(out, names);
  return names;
}

/** A line for each file, for people. */
export function describeFiles(folder, names) {
  const near = path.relative('', folder) || '.';
  const shown = near.startsWith('..') ? folder : near;
  return names
    .map((name) => {
      const megabytes = statSync(path.join(folder, name)).size / 1e6;
      return `${path.join(shown, name)}: ${megabytes < 0.1 ? megabytes.toFixed(3) : megabytes.toFixed(1)} MB`;
    })
    .join('\n');
}
