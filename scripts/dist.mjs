// Makes dist/: the packages as they are published: node scripts/dist.mjs [--target NAME]... [--no-sbom] [--assemble]
// docs/packaging.md tells what is in it. --assemble builds nothing: it makes the rest around the platform packages that
// are there, as a release does with those of several machines.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureGenerator, generatorIn } from '../cli/generator.mjs';
import { goEnvironment } from '../cli/go.mjs';
import { Failure, root } from '../cli/run.mjs';
import { writeChecksums } from '../cli/shipping/checksums.mjs';
import { writeLicenses } from '../cli/shipping/licenses.mjs';
import { checkLibrary } from '../cli/shipping/needs.mjs';
import { pack, stageMain, stagePlatform } from '../cli/shipping/stage.mjs';
import { findTarget, platformPackage, targets } from '../cli/targets.mjs';
import { buildFor } from './addons.mjs';
import { ensureInstalled } from './install.mjs';
import { main } from './run.mjs';
import { writeBinaryBill, writePackageBill } from './sbom.mjs';

const dist = path.join(root, 'dist');
const addons = ['quiesce', 'bus'];
const builtHere = ['linux-x64', 'linux-arm64', 'win32-x64'];

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

function commandLine() {
  try {
    const { values } = parseArgs({
      options: {
        target: { type: 'string', multiple: true },
        'no-sbom': { type: 'boolean' },
        assemble: { type: 'boolean' },
      },
    });
    if (values.assemble && values.target) throw new Error('--assemble takes no --target.');
    const names = values.target ?? (values.assemble ? [] : builtHere);
    return { targets: names.map(findTarget), sbom: !values['no-sbom'], assemble: values.assemble };
  } catch (err) {
    throw new Failure(`${err.message}\nUsage: dist.mjs [--target NAME]... [--no-sbom] [--assemble]`);
  }
}

/** Builds both addons for a target, checks them, and packs them. */
async function makePlatform(target, generator, { sbom, scratch }) {
  const { env } = goEnvironment();
  const binaries = addons.map((name) => path.join(scratch, target.name, `${name}.node`));
  for (const [i, file] of binaries.entries()) {
    const start = performance.now();
    buildFor(target, addons[i], file);
    await checkLibrary(file, target, generator);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(
      `${target.name}/${addons[i]}.node: ${(statSync(file).size / 1e6).toFixed(1)} MB, ${seconds} s`,
    );
  }
  const licenses = path.join(scratch, target.name, 'THIRD_PARTY_LICENSES');
  await writeLicenses(licenses, binaries, { env, cwd: root, own: 'github.com/quiesce/quiesce' });
  const folder = path.join(dist, platformPackage(manifest.name, target.name));
  const files = [...binaries, licenses, path.join(root, 'LICENSE')];
  stagePlatform({ folder, manifest, target, files, engines: manifest.engines });
  if (!sbom) return;
  for (const [i, file] of binaries.entries()) {
    writeBinaryBill(file, billPath(`${target.name}-${addons[i]}`), manifest.version);
  }
}

function billPath(name) {
  return path.join(dist, `${name}.cdx.json`);
}

/** The targets whose packages are in dist/, in the order of cli/targets.mjs. */
function present() {
  const isThere = ({ name }) =>
    existsSync(path.join(dist, platformPackage(manifest.name, name), 'package.json'));
  return targets.filter(isThere).map(({ name }) => name);
}

/** What of the manifest is not for a package that is installed. */
function adapt({ gypfile, ...kept }) {
  return kept;
}

async function assemble({ sbom }) {
  const there = present();
  if (there.length === 0) throw new Failure('There is no platform package in dist/ to assemble.');
  await stageMain({ folder: path.join(dist, manifest.name), home: root, manifest, targets: there, adapt });
  for (const name of readdirSync(dist).filter((each) => each.endsWith('.tgz'))) rmSync(path.join(dist, name));
  for (const name of [manifest.name, ...there.map((each) => platformPackage(manifest.name, each))]) {
    await pack(path.join(dist, name), dist);
  }
  if (sbom) await writePackageBill(billPath(manifest.name), manifest.name);
  const listed = readdirSync(dist).filter((name) => /\.(tgz|cdx\.json)$/.test(name));
  writeChecksums(dist, listed);
  for (const name of listed)
    console.log(`dist/${name}: ${(statSync(path.join(dist, name)).size / 1e6).toFixed(2)} MB`);
}

await main(async () => {
  const asked = commandLine();
  ensureInstalled();
  if (!asked.assemble) rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const scratch = mkdtempSync(path.join(dist, '.making-'));
  try {
    const { env, settings } = goEnvironment();
    const generator = generatorIn(scratch, settings);
    if (asked.targets.length > 0) await ensureGenerator(generator, scratch, env, settings);
    for (const target of asked.targets) await makePlatform(target, generator, { ...asked, scratch });
    await assemble(asked);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
