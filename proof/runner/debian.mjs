// Debian's packages: what a part needs is installed where apt-get is there and may, and told where not.

import { existsSync } from 'node:fs';
import { capture } from '../../cli/run.mjs';

let updated = false;

/** Installs what is not there; resolves to a sentence that says what is lacking, or to nothing. */
export async function lackingPackages(packages) {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return undefined;
  const wanted = `It needs the Debian ${missing.length > 1 ? 'packages' : 'package'} ${missing.join(', ')}`;
  if (!existsSync('/usr/bin/apt-get'))
    return `${wanted}, or what your system calls them; there is no apt-get here.`;
  if (process.getuid() !== 0) return `${wanted}: sudo apt-get install ${missing.join(' ')}`;
  console.log(`apt-get install ${missing.join(' ')}`);
  const problem = apt(['install', '-y', '--no-install-recommends', ...missing]);
  return problem && `${wanted}, and apt-get failed: ${problem}`;
}

/** Downloads the packages' .deb files into a folder, uninstalled; returns a sentence if that failed. */
export function downloadPackages(packages, folder) {
  if (!existsSync('/usr/bin/apt-get')) {
    return `It unpacks the Debian packages ${packages.join(', ')}, and there is no apt-get here.`;
  }
  const problem = apt(['download', ...packages], { cwd: folder });
  return problem && `It unpacks the Debian packages ${packages.join(', ')}, and apt-get failed: ${problem}`;
}

/** Where there is no dpkg the programs are looked for when they are started. */
function isInstalled(name) {
  const { missing, stdout } = capture('dpkg-query', ['-W', '-f', '$' + '{db:Status-Status}', name]);
  return missing || stdout === 'installed';
}

function apt(args, options = {}) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const attempt = (list) => {
    const { status, stderr } = capture('apt-get', list, { env, ...options });
    return status === 0 ? undefined : stderr.trim().split('\n').at(-1) || `exit code ${status}`;
  };
  if (!updated) {
    const problem = attempt(['update']);
    if (problem) return problem;
    updated = true;
  }
  return attempt(args);
}
