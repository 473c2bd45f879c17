// Whether an output still is what its sources would give. Go's own cache would know, but go build links each
// time, which takes seconds; this takes milliseconds.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../cli/run.mjs';

// package-lock.json stands for the version of Node-API's headers.
const compiled = /\.(go|c|h|s|S|syso)$|^go\.(mod|sum)$|^package-lock\.json$/;

/**
 * The paths, relative to the root and sorted, of every file that goes into Go packages, their tests included. The
 * modules in folders of their own are left out unless asked for.
 */
export function sourceFiles({ nested = false } = {}, folder = '') {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  const isNested = folder !== '' && entries.some(({ name }) => name === 'go.mod');
  if (isNested && !nested) return [];
  const found = entries.flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return isIgnored(entry.name) ? [] : sourceFiles({ nested }, file);
    return compiled.test(entry.name) ? [file] : [];
  });
  return found.sort();
}

/**
 * One digest of everything that the addons are made of. What is named in `context` counts as a source, and so do the
 * modules in the folders of that name.
 */
export function digestOfSources(context, modules = []) {
  const hash = createHash('sha256').update(JSON.stringify(context));
  for (const file of [...sourceFiles(), ...modules.flatMap((each) => sourceFiles({ nested: true }, each))]) {
    if (file.endsWith('_test.go')) continue;
    const contents = readFileSync(path.join(root, file));
    hash.update(`\0${file}\0${contents.length}\0`).update(contents);
  }
  return hash.digest('hex');
}

/**
 * True if the output was made from exactly these sources. The stamp names the output's own digest too: with two
 * builds at once, one's output may end up beside the other's stamp, and the pair is then not up to date.
 */
export function isUpToDate(out, sources) {
  try {
    const stamp = JSON.parse(readFileSync(stampOf(out), 'utf8'));
    return stamp.sources === sources && stamp.output === digestOf(out);
  } catch {
    // Missing or cut off: both mean that it has to be built.
    return false;
  }
}

/** Records that `made`, about to become `out`, comes from these sources. */
export function writeStamp(out, made, sources) {
  const draft = `${made}.stamp`;
  writeFileSync(draft, `${JSON.stringify({ sources, output: digestOf(made) })}\n`);
  renameSync(draft, stampOf(out));
}

function stampOf(out) {
  return `${out}.stamp`;
}

function digestOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function isIgnored(folder) {
  return folder.startsWith('.') || ['node_modules', 'build', 'dist', 'testdata'].includes(folder);
}
