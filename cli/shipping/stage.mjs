// The folders that are packed: one with the binaries of each platform, and the one that depends on them.

import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { npmOutput } from '../npm.mjs';
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

/** Makes the folder of a platform package and returns it: `files` are the paths of what is in it. */
export function stagePlatform({ folder, manifest, target, files, engines }) {
  emptyFolder(folder);
  for (const file of files) copyFileSync(file, path.join(folder, path.basename(file)));
  const own = Object.fromEntries(shared.filter((key) => manifest[key]).map((key) => [key, manifest[key]]));
  const name = platformPackage(manifest.name, target.name);
  const description = `The binaries of ${manifest.name} for ${target.name}`;
  const { os, cpu, libc } = target;
  const limits = { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
  // Yarn's Plug'n'Play keeps packages zipped, from where no library can be loaded.
  const kept = { ...limits, preferUnplugged: true, engines };
  writeManifest(folder, { name, version: manifest.version, ...own, description, ...kept });
  const text = `# ${name}\n\n${description}. The package \`${manifest.name}\` depends on it; there is no need to install it by name.\n`;
  writeFileSync(path.join(folder, 'README.md'), text);
  return folder;
}

/**
 * Makes the folder of the package that depends on them: what npm would pack of `home`, but for binaries. `adapt` changes the
 * manifest further.
 */
export async function stageMain({ folder, home, manifest, targets, adapt = (each) => each }) {
  emptyFolder(folder);
  const listed = await npmOutput(['pack', '--dry-run', '--json', '--ignore-scripts'], home);
  for (const { path: name } of JSON.parse(listed)[0].files) {
    if (name === 'package.json' || name.endsWith('.node')) continue;
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

/** Packs a folder into `out` and resolves to the tarball's path. */
export async function pack(folder, out) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', out];
  setModes(folder);
  const [{ filename }] = JSON.parse(await npmOutput(args, folder));
  return path.join(out, filename);
}

function writeManifest(folder, manifest) {
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The modes that files have wherever they are packed, whatever the umask was when they were checked out. */
function setModes(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isDirectory()) chmodSync(file, 0o755);
    else chmodSync(file, readFileSync(file).subarray(0, 2).equals(Buffer.from('#!')) ? 0o755 : 0o644);
  }
}

function emptyFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
