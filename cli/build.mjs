// quiesce build: makes a Node addon of a Go package. docs/toolkit.md describes the package's side.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  checkTarget,
  findsRuntime,
  markCommonJS,
  packageFolder,
  place,
  removeFormer,
  withFolders,
} from './folders.mjs';
import { ensureGenerator, generatorIn } from './generator.mjs';
import { addonEnvironment, buildFlags, checkCompiler, foreignHint, isOlder } from './go.mjs';
import { findPackage } from './package.mjs';
import { Progress } from './progress.mjs';
import { Failure, root, start } from './run.mjs';
import { variablesFor } from './targets.mjs';
import { writeWorkspace } from './workspace.mjs';

const passThrough = ['ignore', 2, 2];

/**
 * Builds the package (a folder or an import path) into the folder `out`, or into `dist` of the author's npm package. The
 * addon is for `platform`, one of targets.mjs, or for what Go's own variables say; `published` is the npm package whose
 * platform packages have it. Resolves to the path of the addon.
 */
export async function build(asked, { out, verbose, platform, published }) {
  const progress = new Progress(verbose);
  const { env, settings } = addonEnvironment(undefined, platform && variablesFor(platform));
  checkCompiler(settings, platform);
  env.GO111MODULE = 'on'; // whatever the author has set
  const author = await progress.step('Reading the package', () => findPackage(asked, env));
  keepToolchain(author.goVersion, env, settings);
  const home = packageFolder(author.dir);
  const target = path.resolve(out ?? path.join(home ?? author.dir, 'dist'));
  checkTarget(target);

  return withFolders(home, async ({ cache, scratch }) => {
    const generator = generatorIn(cache, settings);
    await progress.step('Compiling the generator', () => ensureGenerator(generator, scratch, env, settings));
    // No vendor folder serves a workspace, and nothing may be written to a go.mod.
    const GOFLAGS = `${settings.GOFLAGS} -mod=readonly`;
    const workspace = { ...env, GOFLAGS, GOWORK: await writeWorkspace(scratch, author, env) };
    const made = path.join(scratch, 'made');
    await progress.step('Generating', () => generate(generator, author, made, workspace, published));
    const addon = `${author.name}.node`;
    await progress.step(`Compiling ${addon}`, () => compile(addon, author, made, workspace, settings));
    const former = removeFormer(target, addon);
    if (former) console.error(`note: ${former}, which was built here before, is removed`);
    place([addon, 'index.js', 'index.mjs', 'index.d.ts', 'index.d.mts'], made, target);
    markCommonJS(target);
    report(path.join(target, addon), progress);
    if (!findsRuntime(target)) {
      console.error("note: to be loaded it needs the npm package 'quiesce' beside it: npm install quiesce");
    }
    return path.join(target, addon);
  });
}

/**
 * The author's go.mod may have had Go fetch a newer toolchain than this package asks for. The generator has to be
 * made by that one too, to be able to read what it compiles.
 */
function keepToolchain(version, env, settings) {
  if (!isOlder(settings.GOVERSION, version)) return;
  settings.GOVERSION = version;
  env.GOTOOLCHAIN = version;
}

/** Has the generator write the main package, the entries and the types into the folder `made`. */
async function generate(generator, { dir, name }, made, env, published) {
  mkdirSync(made);
  const args = ['--package', dir, '--out', made, '--addon-name', name, '--quiesce-version', version()];
  if (published) args.push('--npm-name', published);
  const { status } = await start(generator, args, { env, stdio: passThrough });
  if (status === 1) throw new Failure(''); // it has said what is wrong, as a compiler does
  if (status !== 0) throw new Failure(`${dir} was not read: the messages above are the generator's.`);
}

/** Compiles the main package that the generator wrote, as if it lay in the author's tree. */
async function compile(addon, { dir }, made, env, settings) {
  const { mainDir } = JSON.parse(readFileSync(path.join(made, 'build.json'), 'utf8'));
  const overlay = path.join(made, 'overlay.json');
  const main = path.join(mainDir, 'main.go');
  writeFileSync(overlay, JSON.stringify({ Replace: { [main]: path.join(made, 'main.go') } }));
  const target = `./${path.relative(dir, mainDir)}`;
  const args = ['build', '-overlay', overlay, ...buildFlags, '-o', path.join(made, addon), target];
  const { status } = await start('go', args, { cwd: dir, env: { ...env, PWD: dir }, stdio: passThrough });
  if (status !== 0) {
    throw new Failure(`${addon} was not built: the messages above are Go's.${foreignHint(settings)}`);
  }
}

function report(file, progress) {
  const near = path.relative('', file);
  const megabytes = (statSync(file).size / 1e6).toFixed(1);
  const shown = near.startsWith('..') ? file : near;
  console.error(`${shown}: ${megabytes} MB, with its entries and types, built in ${progress.elapsed}`);
}

function version() {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;
}
