// The generator, toolkit/cmd/quiesce-gen: it travels as source, and is compiled once for each of its versions.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { Failure, root, start } from './run.mjs';

const toolkit = path.join(root, 'toolkit');

/** Where the generator for these sources and this Go belongs in the cache. */
export function generatorIn(cache, { GOVERSION, GOHOSTOS, GOHOSTARCH }) {
  const hash = createHash('sha256').update(JSON.stringify([GOVERSION, GOHOSTOS, GOHOSTARCH]));
  const sources = readdirSync(toolkit, { recursive: true }).filter(isCompiled);
  for (const name of sources.sort()) {
    const contents = readFileSync(path.join(toolkit, name));
    hash.update(`\0${name}\0${contents.length}\0`).update(contents);
  }
  const suffix = GOHOSTOS === 'windows' ? '.exe' : '';
  return path.join(cache, `quiesce-gen-${hash.digest('hex').slice(0, 16)}${suffix}`);
}

function isCompiled(name) {
  return /(\.go|go\.mod|go\.sum)$/.test(name) && !/_test\.go$|testdata/.test(name);
}

/** Makes that file unless it is there. Of two builds that make it at once, the later one's stays. */
export async function ensureGenerator(file, scratch, env, { GOHOSTOS, GOHOSTARCH }) {
  if (existsSync(file)) {
    utimesSync(file, new Date(), new Date()); // in use: not to be swept
    return;
  }
  const made = path.join(scratch, path.basename(file));
  const args = [
    'build',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    '-s -w',
    '-o',
    made,
    './cmd/quiesce-gen',
  ];
  // It runs here, whatever the addon is built for, and none of the author's flags are meant for it.
  const own = {
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly',
    GOOS: GOHOSTOS,
    GOARCH: GOHOSTARCH,
    CGO_ENABLED: '0',
  };
  const options = { cwd: toolkit, env: { ...env, ...own, PWD: toolkit }, stdio: ['ignore', 2, 2] };
  const { status } = await start('go', args, options);
  if (status !== 0) {
    throw new Failure(
      "Quiesce's generator was not compiled: the messages above are Go's. " +
        'The first build needs the network, for the modules that the generator is made of.',
    );
  }
  renameSync(made, file);
}
