// Builds the addons: node scripts/build.mjs [NAME...|--all] [--force] [--target_arch=ARCH]
// The names are those of variants.mjs; without one it builds `quiesce`. ARCH is Node's name for a processor.

import { parseArgs } from 'node:util';
import { Failure } from '../cli/run.mjs';
import { build } from './addons.mjs';
import { main } from './run.mjs';
import { variants } from './variants.mjs';

function commandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { all: { type: 'boolean' }, force: { type: 'boolean' }, target_arch: { type: 'string' } },
    });
  } catch (err) {
    throw new Failure(`${err.message}\nUsage: build.mjs [NAME...|--all] [--force] [--target_arch=ARCH]`);
  }
}

main(() => {
  const { values, positionals } = commandLine();
  const asked = positionals.length > 0 ? positionals : ['quiesce'];
  const names = values.all ? variants.map((each) => each.name) : asked;
  build(names, { force: values.force, targetArch: values.target_arch });
});
