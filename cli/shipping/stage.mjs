// The folders that are packed: one with the binaries of each platform, and the one that depends on them.

import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { npmPack } from '../npm.mjs';
import { Failure } from '../run.mjs';
import { platformPackage } from '../targets.mjs';

// What a package on the registry says of itself, beside its name and version.
const shared = [
  'description',
  'license',
  'author',
  'contributors',
  'homepage',
  'repository',
  'bugs',
  'funding',
];

// What of publishConfig says where it goes and who may see it. The rest, by which some managers change a manifest, is
// meant for the package itself.
const isDestination = /^(access|provenance|tag|(.+:)?registry)$/;

/** Makes the folder of a platform package and returns it: `files` are the paths of what is in it. */
export function stagePlatform({ folder, manifest, target, files }) {
  emptyFolder(folder);
  for (const file of files) copyFileSync(file, path.join(folder, path.basename(file)));
  const own = Object.fromEntries(shared.filter((key) => manifest[key]).map((key) => [key, manifest[key]]));
  const name = platformPackage(manifest.name, target.name);
  const description = `The binaries of ${manifest.name} for ${target.name}`;
  const { os, cpu, libc } = target;
  const limits = { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
  // Yarn's Plug'n'Play keeps packages zipped, from where no library can be loaded.
  const { engines } = manifest;
  const kept = { ...limits, preferUnplugged: true, engines, publishConfig: destinationOf(manifest) };
  writeManifest(folder, { name, version: manifest.version, ...own, description, ...kept });
  const text = `# ${name}\n\n${description}. The package \`${manifest.name}\` depends on it; there is no need to install it by name.\n`;
  writeFileSync(path.join(folder, 'README.md'), text);
  return folder;
}

function destinationOf({ publishConfig }) {
  const kept = Object.entries(publishConfig ?? {}).filter(([key]) => isDestination.test(key));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/**
 * Makes the folder of the package that depends on them: what npm would pack of `home`, but for binaries and for what lies
 * in `out` of this and former packages. Throws a Failure if that lacks one of the files `needed`, absolute paths. `adapt`
 * changes the manifest further.
 */
export async function stageMain({
  folder,
  home,
  manifest,
  targets,
  out,
  needed = [],
  adapt = (each) => each,
}) {
  emptyFolder(folder);
  const names = (await npmPack(['--dry-run'], home)).files.map((each) => each.path);
  checkNeeded(needed, names, home);
  for (const name of names) {
    if (name === 'package.json' || name.endsWith('.node') || isMade(path.join(home, name), out)) continue;
    const copy = path.join(folder, name);
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(path.join(home, name), copy);
  }
  const optionalDependencies = { ...manifest.optionalDependencies };
  for (const target of targets) {
    optionalDependencies[platformPackage(manifest.name, target)] = manifest.version;
  }
  const { scripts, files, ...kept } = manifest;
  writeManifest(folder, adapt({ ...kept, optionalDependencies }));
}

function checkNeeded(needed, names, home) {
  const missing = needed.find((file) => !names.includes(path.relative(home, file).replaceAll(path.sep, '/')));
  if (missing === undefined) return;
  throw new Failure(
    `${missing} is not among what npm packs of ${home}, and without it the addon cannot be loaded: ` +
      `name its folder in "files" of package.json.`,
  );
}

function isMade(file, out) {
  const name = path.relative(out, file);
  return /^(\.packing-[^/\\]+[/\\])?[^/\\]+\.tgz$/.test(name) || name === 'SHA256SUMS';
}

/** Packs a folder into `out` and resolves to the tarball's path. It is there whole or not at all. */
export async function pack(folder, out) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) setMode(path.join(entry.parentPath ?? entry.path, entry.name));
  }
  const unfinished = mkdtempSync(path.join(out, '.packing-')); // a rename does not leave the file system
  try {
    const { filename } = await npmPack(['--pack-destination', unfinished], folder);
    renameSync(path.join(unfinished, filename), path.join(out, filename));
    return path.join(out, filename);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The bytes of a tarball must not depend on the umask, nor on where a file was copied from. */
function setMode(file) {
  const isProgram = readFileSync(file).subarray(0, 2).equals(Buffer.from('#!'));
  chmodSync(file, isProgram ? 0o755 : 0o644);
}

function writeManifest(folder, manifest) {
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function emptyFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
