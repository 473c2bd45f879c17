// Makes the addons of variants.mjs.

import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { addonEnvironment, buildFlags, checkCompiler, foreignHint } from '../cli/go.mjs';
import { Failure, root } from '../cli/run.mjs';
import { variablesFor } from '../cli/targets.mjs';
import { run } from './run.mjs';
import { digestOfSources, isUpToDate, writeStamp } from './stamp.mjs';
import { findVariant } from './variants.mjs';

/** Builds the named variants, those that are up to date excepted, and says so in one line each. */
export function build(names, { force = false, targetArch } = {}) {
  const { env, settings } = addonEnvironment(targetArch);
  const done = new Set();
  const context = [buildFlags, settings, env.CGO_CFLAGS];
  const sources = digestOfSources(context);

  const ensure = (variant) => {
    if (done.has(variant.name)) return;
    const from = variant.copyOf && findVariant(variant.copyOf);
    if (from) ensure(from);
    done.add(variant.name);

    const recipe = variant.toolkit
      ? digestOfSources(context, [variant.toolkit, 'toolkit'])
      : `${sources} ${variant.package} ${variant.tags}`;
    const out = path.join(root, variant.out);
    if (!force && isUpToDate(out, recipe)) {
      console.error(`${variant.out}: up to date`);
      return;
    }
    const start = performance.now();
    replace(out, recipe, (made) => {
      if (from) copyFileSync(path.join(root, from.out), made);
      else if (variant.toolkit) runToolkit(variant, made, env);
      else compile(variant, made, env, settings);
    });
    const verb = from ? 'copied' : 'built';
    console.error(`${variant.out}: ${verb} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  };
  for (const name of names) ensure(findVariant(name));
}

/** Makes the named variant for a target of cli/targets.mjs, as the file `made`. */
export function buildFor(target, name, made) {
  const { env, settings } = addonEnvironment(undefined, variablesFor(target));
  const variant = findVariant(name);
  mkdirSync(path.dirname(made), { recursive: true });
  if (variant.toolkit) runToolkit(variant, made, env);
  else compile(variant, made, env, settings, target);
  rmSync(made.replace(/\.node$/, '.h'), { force: true }); // Go leaves it beside a c-shared output
}

/**
 * Has `make` write a file in a folder of its own, then puts it in place by a rename: a process that has the old
 * file mapped keeps it, and a build beside this one is not disturbed. The folder also takes the header that Go
 * leaves beside a c-shared output. The basename is the final one, for macOS writes it into the file.
 */
function replace(out, recipe, make) {
  mkdirSync(path.dirname(out), { recursive: true });
  const folder = mkdtempSync(path.join(path.dirname(out), '.making-'));
  try {
    const made = path.join(folder, path.basename(out));
    make(made);
    writeStamp(out, made, recipe);
    renameSync(made, out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compile(variant, made, env, settings, target) {
  checkCompiler(settings, target);
  try {
    run('go', ['build', ...buildFlags, '-tags', variant.tags.join(','), '-o', made, variant.package], {
      env,
    });
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    throw new Failure(`${variant.out} was not built: the messages above are go's.${foreignHint(settings)}`);
  }
}

function runToolkit(variant, made, env) {
  const command = ['cli/quiesce.mjs', 'build', variant.toolkit, '--out', path.dirname(made)];
  run(process.execPath, command, { env });
}
