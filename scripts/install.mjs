// The packages in node_modules: there, and those of package-lock.json?

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { npmCommand } from '../cli/npm.mjs';
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
  const [command, all, more] = npmCommand([...args, '--no-audit', '--no-fund']);
  run(command, all, { ...more, ...options });
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
