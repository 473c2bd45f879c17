// quiesce package: what is published of an author's npm package. docs/packaging.md describes it.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from '../build.mjs';
import { packageFolder, withFolders } from '../folders.mjs';
import { ensureGenerator, generatorIn } from '../generator.mjs';
import { addonEnvironment, checkCompiler, goEnvironment } from '../go.mjs';
import { Failure } from '../run.mjs';
import { findTarget, host, variablesFor } from '../targets.mjs';
import { assemble, describeFiles, targetsIn } from './assemble.mjs';
import { readManifest } from './manifest.mjs';
import { packPlatform } from './platform.mjs';
import { writeWorkflow } from './workflow.mjs';

const entries = ['index.js', 'index.mjs', 'index.d.ts', 'index.d.mts'];

/** Runs the command for the Go package in the folder `asked`. */
export async function packageAddon(asked, options) {
  const folder = path.resolve(asked);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`There is no folder ${asked}: name that of the Go package.`);
  }
  const home = packageFolder(folder);
  if (home === undefined) {
    throw new Failure(`There is no package.json in ${folder} or above it: make one with 'npm init'.`);
  }
  const manifest = readManifest(home);
  if (options.workflow) return writeWorkflow(home, manifest);
  const targets = options.assemble ? [] : (options.target ?? [host]).map(findTarget);
  const out = path.resolve(options.packages ?? path.join(home, 'packages'));
  if (options.assemble) targetsIn(out, manifest);
  for (const target of targets) {
    checkCompiler(addonEnvironment(undefined, variablesFor(target)).settings, target);
  }
  mkdirSync(out, { recursive: true });
  const names = await withFolders(home, async ({ cache, scratch }) => {
    // The entries that the package will have lie where a build for here puts them.
    const dist = path.resolve(options.out ?? path.join(home, 'dist'));
    const { verbose } = options;
    const context = { folder, home, manifest, out, dist, scratch, cache, verbose, published: manifest.name };
    await build(folder, { out: dist, verbose, published: manifest.name });
    for (const target of targets) await makePlatform(target, context);
    if (!options.assemble) tellOthers(targetsIn(out, manifest), targets, manifest);
    return assemble({ ...context, needed: neededIn(dist), adapt });
  });
  console.log(describeFiles(out, [...names, 'SHA256SUMS']));
  console.log(`\n${nextSteps(manifest, path.relative('', out) || '.', names)}`);
}

/** Builds the addon for a target, checks it, and packs it. */
async function makePlatform(target, context) {
  const { folder, home, manifest, out, dist, scratch, cache, verbose, published } = context;
  const made = path.join(scratch, target.name);
  const addon = await build(folder, { out: made, verbose, platform: target, published });
  checkEntries(target, made, dist);
  const { env, settings } = goEnvironment();
  const generator = generatorIn(cache, settings);
  await ensureGenerator(generator, scratch, env, settings);
  await packPlatform({
    ...{ target, manifest, generator, made, out },
    binaries: [addon],
    texts: ownLicense(home),
    modules: { env, cwd: folder },
  });
  rmSync(made, { recursive: true });
}

/** A package from before may have been built from other source, and nothing in it tells. */
function tellOthers(there, made, { name, version }) {
  const others = there.filter((each) => !made.some((target) => target.name === each));
  if (others.length === 0) return;
  console.error(
    `note: ${name} ${version} also gets the packages for ${others.join(', ')} that were there before; ` +
      'remove them unless they were built from this source',
  );
}

/** Without these files of that folder nothing can be loaded. */
function neededIn(folder) {
  return ['index.js', 'package.json']
    .map((name) => path.join(folder, name))
    .filter((file) => existsSync(file));
}

/** One package of JavaScript serves all platforms, so what Go exports must not depend on them. */
function checkEntries(target, made, dist) {
  for (const name of entries) {
    const [there, here] = [made, dist].map((each) => readFileSync(path.join(each, name), 'utf8'));
    if (there === here) continue;
    throw new Failure(
      `What the Go package exports for ${target.name} is not what it exports for ${host}: ${name} differs. ` +
        'Export the same on all platforms, and return an error where something is not possible.',
    );
  }
}

function ownLicense(home) {
  return ['LICENSE', 'LICENSE.md', 'LICENSE.txt']
    .map((name) => path.join(home, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

function adapt({ private: unpublished, ...kept }) {
  return kept;
}

function nextSteps({ name, version, publishConfig }, out, names) {
  // npm takes a scoped package for one that is to be paid for.
  const access = name.startsWith('@') && !publishConfig?.access ? ' --access public' : '';
  const tarballs = names.filter((each) => each.endsWith('.tgz'));
  return [
    `${name} ${version} for ${tarballs.length - 1} of the platforms. Publish the package itself last, since it asks for the others:`,
    '',
    ...tarballs.map((each) => `  npm publish${access} ${path.join(out, each)}`),
  ].join('\n');
}
