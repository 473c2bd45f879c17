// The licenses of what is inside a binary: Go's and those of the modules that it was linked from.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, start } from '../run.mjs';

const isLicense = /^(licen[cs]e|copying|notice|patents)([.-].*)?$/i;

/** Writes the file `out` with the licenses of all that these binaries contain, but for the module `own`. */
export async function writeLicenses(out, binaries, { env, cwd, own }) {
  const modules = new Map();
  for (const file of binaries) {
    for (const module of await modulesIn(file, env, cwd)) modules.set(module.join(' '), module);
  }
  const parts = [await goOwn(env, cwd)];
  const list = [...modules.values()].filter(([name]) => name !== own).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, version] of list) parts.push(await licenseOf(name, version, env, cwd));
  writeFileSync(out, `${parts.join(`\n\n${'='.repeat(80)}\n\n`)}\n`);
}

/** The modules that a binary says it was linked from: [name, version]. One that is replaced by a folder has none. */
async function modulesIn(file, env, cwd) {
  const { status, stdout, stderr } = await start('go', ['version', '-m', file], { env, cwd });
  if (status !== 0) throw new Failure(stderr.trim());
  const lines = stdout.split('\n').map((line) => line.trim().split('\t'));
  return lines
    .filter(([kind, , version]) => (kind === 'dep' || kind === '=>') && /^v\d/.test(version))
    .map(([, name, version]) => [name, version]);
}

async function licenseOf(name, version, env, cwd) {
  const args = ['mod', 'download', '-json', `${name}@${version}`];
  const { stdout } = await start('go', args, { env: { ...env, GOWORK: 'off', GOFLAGS: '' }, cwd });
  const { Dir, Error: problem } = JSON.parse(stdout);
  if (!Dir) throw new Failure(`The license of ${name} ${version} was not found: ${problem}`);
  return `${name} ${version}\n\n${textIn(Dir, `${name} ${version}`)}`;
}

async function goOwn(env, cwd) {
  const { stdout } = await start('go', ['env', 'GOROOT', 'GOVERSION'], { env, cwd });
  const [root, version] = stdout.trim().split('\n');
  return `Go ${version.replace('go', '')}: its runtime and standard library\n\n${textIn(root, 'Go')}`;
}

function textIn(folder, what) {
  const names = readdirSync(folder).filter((name) => isLicense.test(name));
  // Debian's Go, for one, has it one folder up.
  const up = path.join(folder, '..', 'LICENSE');
  const files = names.length > 0 ? names.map((name) => path.join(folder, name)) : existsSync(up) ? [up] : [];
  if (files.length === 0) throw new Failure(`${what} has no file with its license.`);
  return files.map((file) => readFileSync(file, 'utf8').trim()).join('\n\n');
}
