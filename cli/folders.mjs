// The folders of a build: where its output belongs, its cache, and its scratch folder.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from './run.mjs';

const week = 7 * 24 * 60 * 60 * 1000;

/** The nearest folder with a package.json, from `folder` upwards; undefined if there is none. */
export function packageFolder(folder) {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : packageFolder(parent);
}

/**
 * Runs `body({ cache, scratch })` and resolves to what it gives. The scratch folder is this build's alone and gone afterwards. The cache is
 * kept, in node_modules of `home`; without a home, or where nothing can be written there, it goes too.
 */
export async function withFolders(home, body) {
  const folders =
    (home && makeFolders(path.join(home, 'node_modules', '.cache', 'quiesce'))) ?? makeTemporary();
  try {
    return await body(folders);
  } finally {
    rmSync(folders.scratch, { recursive: true, force: true });
  }
}

function makeFolders(cache) {
  try {
    mkdirSync(cache, { recursive: true });
    sweep(cache);
    return { cache, scratch: mkdtempSync(path.join(cache, 'build-')) };
  } catch (err) {
    if (!err.syscall) throw err;
    return undefined;
  }
}

function makeTemporary() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'quiesce-'));
  return { cache: scratch, scratch };
}

/** Removes what no build has used for a week: generators of other versions, and what killed builds left. */
function sweep(cache) {
  for (const name of readdirSync(cache)) {
    const entry = path.join(cache, name);
    const used = statSync(entry, { throwIfNoEntry: false })?.mtimeMs;
    if (used < Date.now() - week) rmSync(entry, { recursive: true, force: true });
  }
}

/**
 * Puts files into the folder `out`, each by a rename: a process that has loaded an old one keeps it, and no one
 * sees half a file. Other files there stay as they are.
 */
export function place(names, from, out) {
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(path.join(out, '.quiesce-')); // a rename does not leave the file system
  try {
    for (const name of names) copyFileSync(path.join(from, name), path.join(folder, name));
    for (const name of names) replace(path.join(folder, name), path.join(out, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws if `out` is nowhere to put a CommonJS index.js and more. */
export function checkTarget(out) {
  if (statSync(out, { throwIfNoEntry: false })?.isFile()) {
    throw new Failure(`${out} is a file, and the output needs a folder.`);
  }
  if (packageFolder(out) === out && readType(out) === 'module') {
    throw new Failure(
      `The package.json in ${out} says "type": "module", and the index.js of the output is CommonJS: ` +
        'choose another folder by --out.',
    );
  }
}

/** Removes the addon whose index.js lies in `out` if it has another name; returns that name. */
export function removeFormer(out, name) {
  const index = path.join(out, 'index.js');
  const text = existsSync(index) ? readFileSync(index, 'utf8') : '';
  const former =
    /^'use strict';\nmodule\.exports = require\('quiesce\/addon'\)\.load\(.*'([^'/\\]+\.node)'\)(?:, '[^']+')?\);\n$/.exec(
      text,
    );
  if (!former || former[1] === name) return undefined;
  rmSync(path.join(out, former[1]), { force: true });
  return former[1];
}

/** Whether the entries in `out` would find the runtime. */
export function findsRuntime(out) {
  try {
    createRequire(path.join(out, 'index.js')).resolve('quiesce/addon');
    return true;
  } catch {
    return false;
  }
}

/** Has Node take index.js in `out` for CommonJS, where the npm package around it says that it has ES modules. */
export function markCommonJS(out) {
  const home = packageFolder(out);
  if (home === undefined || home === out || readType(home) !== 'module') return;
  writeFileSync(path.join(out, 'package.json'), '{ "type": "commonjs" }\n');
}

/** What a package.json says; a byte order mark is passed over, as Node and npm do. */
export function readPackageJson(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8').replace(/^\uFEFF/, ''));
}

function readType(folder) {
  try {
    return readPackageJson(folder).type;
  } catch {
    return undefined; // npm will tell what is wrong with it
  }
}

function replace(made, file) {
  try {
    renameSync(made, file);
  } catch (err) {
    // Windows does not let go of a file that a process has loaded.
    if (process.platform !== 'win32' || !['EPERM', 'EBUSY', 'EACCES'].includes(err.code)) throw err;
    throw new Failure(`${file} cannot be replaced while a process has it loaded: end that process first.`);
  }
}
