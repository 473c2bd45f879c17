'use strict';

// Where the inspector of a process listens: a socket named by its pid, in a folder that only its user may enter; on
// Windows a pipe. The command `quiesce inspect` looks there too.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** The version of what is spoken there; docs/diagnostics.md describes it. */
const PROTOCOL = 1;

/** The BroadcastChannel by which threads tell the inspector of addons. */
const CHANNEL = 'quiesce.inspect';

const PIPES = '\\\\.\\pipe\\';
const isWindows = process.platform === 'win32';
const names = isWindows ? /^quiesce-inspect-(\d+)$/ : /^(\d+)\.sock$/;

// The shortest that systems have room for in the address of a socket, 104 on macOS, with a zero at the end. What is
// longer may be cut off without an error.
const MAX_PATH = 103;

/** The folder of this user's sockets. */
function folderOfUser() {
  return isWindows ? PIPES : path.join(os.tmpdir(), `quiesce-${process.getuid()}`);
}

/** Where the inspector of a process is, unless it was told a place of its own. */
function placeOf(pid) {
  const name = isWindows ? `quiesce-inspect-${pid}` : `${pid}.sock`;
  return folderOfUser() + (isWindows ? '' : path.sep) + name;
}

/** Throws unless the folder is this user's alone: in a shared one, anybody could have made it first. */
function checkFolder(folder) {
  const found = fs.lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (found.uid !== process.getuid()) throw new Error(`${folder} belongs to another user (${found.uid})`);
  if ((found.mode & 0o077) !== 0) {
    throw new Error(`${folder} is open to others (its mode is ${(found.mode & 0o777).toString(8)}, not 700)`);
  }
}

/** Makes the folder, or checks the one that is there. */
function makeFolder(folder) {
  if (isWindows) return;
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  checkFolder(folder);
}

/** The pids that have a socket in the folder of this user; some may have ended since. */
function pidsWithPlaces() {
  const folder = folderOfUser();
  try {
    if (!isWindows) checkFolder(folder);
    return fs
      .readdirSync(folder)
      .flatMap((name) => names.exec(name)?.[1] ?? [])
      .map(Number);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Throws for a place that no socket can have. */
function checkPlace(place) {
  const folder = path.dirname(place);
  if (!isWindows && !fs.existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  const length = Buffer.byteLength(place);
  if (!isWindows && length > MAX_PATH) {
    throw new Error(`the path of a socket has at most ${MAX_PATH} bytes, and ${place} has ${length}`);
  }
}

module.exports = {
  CHANNEL,
  PROTOCOL,
  checkPlace,
  folderOfUser,
  isWindows,
  makeFolder,
  pidsWithPlaces,
  placeOf,
};
