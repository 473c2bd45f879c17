// The names of a new package, from the name of its folder.

import { isBuiltin } from 'node:module';
import { Failure } from './run.mjs';

// Packages that the new one depends on, and what npm forbids.
const takenByNpm = ['quiesce', 'typescript', 'node_modules', 'favicon.ico'];

// Names of devices on Windows, which Go takes in no module's path.
const device = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;

// Go's keywords, and the package names that mean something to it.
const takenByGo = new Set([
  ...['break', 'case', 'chan', 'const', 'continue', 'default', 'defer', 'else', 'fallthrough', 'for', 'func'],
  ...['go', 'goto', 'if', 'import', 'interface', 'map', 'package', 'range', 'return', 'select', 'struct'],
  ...['switch', 'type', 'var', 'main', 'init', 'documentation'],
]);

/**
 * The names that follow from a folder's name: { npm, go }, for the npm package and for the Go package. In a folder
 * `@scope` npm's is @scope/name, where it takes any name.
 */
export function namesFor(folder, parent = '') {
  const scope = parent.startsWith('@') ? npmName(parent) : '';
  if (parent.startsWith('@') && scope === '') {
    throw new Failure(`The folder name '${parent}' gives no name for a scope of npm's.`);
  }
  const name = free(
    npmName(folder),
    (name) => device.test(name) || (scope === '' && (isBuiltin(name) || takenByNpm.includes(name))),
    '-addon',
  );
  const npm = scope === '' ? name : `@${scope}/${name}`;
  const go = free(
    name.replace(/[^a-z0-9]/g, '').replace(/^[0-9]+/, ''),
    (name) => takenByGo.has(name),
    'addon',
  );
  if (go === '') {
    throw new Failure(
      `The folder name '${folder}' gives no name for a Go package, which has to have a letter (a to z).`,
    );
  }
  if (npm.length > 214)
    throw new Failure(`The name '${npm}' is too long for npm: 214 characters are the limit.`);
  return { npm, go };
}

function npmName(folder) {
  return folder
    .normalize('NFKD')
    .replace(/\p{M}/gu, '') // the accents, which that form sets apart
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '');
}

function free(name, isTaken, suffix) {
  return isTaken(name) ? name + suffix : name;
}
