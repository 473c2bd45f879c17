// The packages in node_modules: there, and those of package-lock.json?

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../cli/run.mjs';
import { run } from './run.mjs';

/** Runs `npm ci` unless node_modules already holds what package-lock.json asks for. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.log('node_modules is missing or out of date: npm ci');
  npm(['ci']);
}

/** Runs npm, in the repository's root unless the options name another folder. */
export function npm(args, options = {}) {
  const all = [...args, '--no-audit', '--no-fund'];
  // Under `npm test` this is the npm that runs us; npm.cmd on Windows could not be started without a shell.
  const self = process.env.npm_execpath;
  if (self) run(process.execPath, [self, ...all], options);
  else run('npm', all, { shell: process.platform === 'win32', ...options });
}

function isInstalled() {
  const wanted = packagesIn('package-lock.json');
  const present = packagesIn('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([where, { version, optional }]) =>
      // Other platforms' binaries are optional and not there.
      where === '' || present[where]?.version === version || (optional && !present[where]),
  );
}

function packagesIn(lockfile) {
  try {
    return JSON.parse(readFileSync(path.join(root, lockfile), 'utf8')).packages;
  } catch (err) {
    if (err.code === 'ENOENT') return {};
    throw err;
  }
}
