// The package.json of an author, as far as publishing needs it.

import path from 'node:path';
import { readPackageJson } from '../folders.mjs';
import { Failure } from '../run.mjs';

/** Reads it and throws a Failure for what would make a package that nobody can use. */
export function readManifest(home) {
  const file = path.join(home, 'package.json');
  const manifest = parse(home, file);
  const wrong = problemOf(manifest);
  if (wrong) throw new Failure(`${file}: ${wrong}`);
  return manifest;
}

function parse(home, file) {
  try {
    return readPackageJson(home);
  } catch (err) {
    throw new Failure(`${file} cannot be read: ${err.message}`);
  }
}

function problemOf(manifest) {
  if (manifest === null || typeof manifest !== 'object') return 'it is no object.';
  const { name, version, dependencies } = manifest;
  if (typeof name !== 'string' || !/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name)) {
    return `its name is ${JSON.stringify(name)}, and npm needs one such as "words" or "@you/words".`;
  }
  if (typeof version !== 'string' || !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
    return `its version is ${JSON.stringify(version)}, and npm needs one such as "1.0.0".`;
  }
  const range = dependencies?.quiesce;
  if (typeof range !== 'string') {
    return `"quiesce" is not among its dependencies, and the addon is loaded by it: npm install quiesce.`;
  }
  if (/^(file|link|workspace|portal):/.test(range)) {
    return `it depends on quiesce by "${range}", which nobody has who installs it: name a version.`;
  }
  return undefined;
}
