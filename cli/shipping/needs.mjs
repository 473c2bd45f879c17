// What a library that was built asks of the system that will load it, and whether that is more than users have.

import path from 'node:path';
import { Failure, start } from '../run.mjs';

/** The newest version of glibc that an addon may need: what Node 20's own binaries do. */
export const glibcFloor = [2, 28];

/** Throws a Failure unless the library loads wherever Node does on that target. `generator` is quiesce-gen. */
export async function checkLibrary(file, target, generator) {
  const { status, stdout, stderr } = await start(generator, ['--needs', file], {});
  if (status !== 0) throw new Failure(stderr.trim());
  const needs = JSON.parse(stdout);
  const problem = problemOf(needs, target);
  if (problem) throw new Failure(`${path.basename(file)}, built for ${target.name}, ${problem}`);
  return needs;
}

/** What is wrong with a library for that target, as the end of a sentence; undefined if nothing is. */
export function problemOf(needs, target) {
  if (needs.os !== target.os || needs.cpu !== target.cpu) return `is one for ${needs.os}-${needs.cpu}.`;
  if (target.os === 'linux') return linuxProblem(needs);
  if (target.os === 'win32') return windowsProblem(needs);
  return undefined;
}

function linuxProblem({ symbols, pinned }) {
  const tooNew = symbols.filter((each) => isNewer(/@GLIBC_([\d.]+)$/.exec(each)?.[1]));
  if (tooNew.length > 0) {
    return (
      `needs a glibc later than ${glibcFloor.join('.')}, for ${tooNew.join(', ')}. Build it on an older system, ` +
      'or leave out what calls these: addon/glibc.h of quiesce gives old versions to those that have one.'
    );
  }
  if (!pinned) return 'may be unloaded: it was linked without -z nodelete, which Go adds by itself.';
  return undefined;
}

function isNewer(version) {
  if (version === undefined) return false;
  const [major, minor] = version.split('.').map(Number);
  return major > glibcFloor[0] || (major === glibcFloor[0] && minor > glibcFloor[1]);
}

// The program is electron.exe or has an app's name, so Node-API must not be imported from node.exe; and no user has
// the run-time libraries of MinGW.
function windowsProblem({ libraries }) {
  const wrong = libraries.filter((name) => name.endsWith('.exe') || /^lib.*\.dll$/.test(name));
  if (wrong.length === 0) return undefined;
  return `needs ${wrong.join(', ')}, which a user's program does not have. Link them statically, with -static in CGO_LDFLAGS.`;
}
