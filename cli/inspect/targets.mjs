// Which processes can be inspected, and how each is reached.

import { rmSync } from 'node:fs';
import place from '../../lib/inspect/place.js';
import { Failure, UsageError } from '../run.mjs';
import { Client } from './client.mjs';

const gone = ['ENOENT', 'ECONNREFUSED'];

/** Connects to the process that an argument names: a pid, or the path of a socket. */
export async function connectTo(target) {
  const isPid = /^\d+$/.test(target);
  if (!isPid && !/[\\/]/.test(target)) {
    throw new UsageError(
      `inspect: '${target}' is neither a process's id nor the path of a socket. See 'quiesce inspect --help'.`,
    );
  }
  const path = isPid ? placeOf(Number(target)) : target;
  try {
    return await Client.connect(path);
  } catch (err) {
    if (err instanceof Failure) throw err;
    if (gone.includes(err.code)) throw new Failure(isPid ? whyNoPid(Number(target)) : whyNoSocket(path));
    throw new Failure(`Cannot connect to ${path}: ${err.message}.`);
  }
}

function placeOf(pid) {
  try {
    return place.placeOf(pid);
  } catch (err) {
    throw new Failure(err.message);
  }
}

function whyNoPid(pid) {
  if (!isAlive(pid)) return `There is no process ${pid}.`;
  return (
    `Process ${pid} has no inspector in ${place.folderOfUser()}. Start it with QUIESCE_INSPECT=1 in its environment, ` +
    'as the same user and with the same TMPDIR; its main thread must load quiesce.'
  );
}

function whyNoSocket(path) {
  return `Nobody listens on ${path}. Start the process with QUIESCE_INSPECT=${path} in its environment; its main thread must load quiesce.`;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    return err.code === 'EPERM'; // it is another user's
  }
}

/** The processes of this user that can be inspected: [{ pid, node, version, script, started, stats }]. */
export async function listTargets() {
  let pids;
  try {
    pids = place.pidsWithPlaces();
  } catch (err) {
    throw new Failure(`Cannot look for processes: ${err.message}.`);
  }
  const found = await Promise.all(pids.sort((a, b) => a - b).map(look));
  return found.filter(Boolean);
}

async function look(pid) {
  const path = place.placeOf(pid);
  let client;
  try {
    client = await Client.connect(path);
    const { stats } = await client.ask('snapshot', { limit: 0 });
    return { ...client.hello, stats };
  } catch (err) {
    // It was killed. One that is alive may be about to listen.
    if (err.code === 'ECONNREFUSED' && !place.isWindows && !isAlive(pid)) rmSync(path, { force: true });
    return undefined;
  } finally {
    client?.close();
  }
}
