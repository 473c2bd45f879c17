// Makes dist/: the packages as they are published: node scripts/dist.mjs [--target NAME]... [--no-sbom] [--assemble]
// docs/packaging.md tells what is in it. --assemble builds nothing: it makes the rest around the platform packages that
// are there, as a release does with those of several machines.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureGenerator, generatorIn } from '../cli/generator.mjs';
import { goEnvironment } from '../cli/go.mjs';
import { Failure, root } from '../cli/run.mjs';
import { assemble, describeFiles } from '../cli/shipping/assemble.mjs';
import { packPlatform } from '../cli/shipping/platform.mjs';
import { findTarget } from '../cli/targets.mjs';
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
  const made = path.join(scratch, target.name);
  const binaries = addons.map((name) => path.join(made, `${name}.node`));
  for (const [i, file] of binaries.entries()) buildFor(target, addons[i], file);
  await packPlatform({
    ...{ target, manifest, binaries, generator, made, out: dist },
    texts: [path.join(root, 'LICENSE')],
    modules: { env: goEnvironment().env, cwd: root, own: 'github.com/quiesce/quiesce' },
  });
  if (!sbom) return;
  for (const [i, file] of binaries.entries()) {
    writeBinaryBill(file, billPath(`${target.name}-${addons[i]}`), manifest.version);
  }
}

function billPath(name) {
  return path.join(dist, `${name}.cdx.json`);
}

/** What of the manifest is not for a package that is installed. */
function adapt({ gypfile, private: unpublished, ...kept }) {
  return kept;
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
    if (asked.sbom) await writePackageBill(billPath(manifest.name), manifest.name);
    const names = await assemble({ home: root, manifest, out: dist, scratch, adapt });
    console.log(`\n${describeFiles(dist, [...names, 'SHA256SUMS'])}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
