// The workflow file that makes and publishes an author's packages on hosted runners.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { goNeeded } from '../go.mjs';
import { Failure } from '../run.mjs';

const name = '.github/workflows/release.yml';

/** Writes it beside the author's package.json, unless there is one. */
export function writeWorkflow(home, manifest) {
  const file = path.join(home, name);
  if (existsSync(file)) throw new Failure(`${file} is there already: move it away to have a new one.`);
  const template = readFileSync(new URL('../template/release.yml.tmpl', import.meta.url), 'utf8');
  const ACCESS = manifest.publishConfig?.access ? '' : ' --access public';
  const values = { ACCESS, NPM_NAME: manifest.name, GO_NEEDED: goNeeded().split('.').slice(0, 2).join('.') };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    template.replace(/__([A-Z_]+)__/g, (_, key) => values[key]),
  );
  console.log(
    `Wrote ${path.relative('', file)}. It runs for each tag v*; have npm trust it as a publisher of each of the packages.`,
  );
}
