'use strict';

// Loaded in a thread whose environment has QUIESCE_INSPECT, with its first addon; never otherwise. In the main thread it
// starts the inspector, a worker: that answers also while this thread is blocked. In any other it tells the inspector
// which addons there are, for what one thread has loaded others need not know.

const path = require('node:path');
const { BroadcastChannel, isMainThread, threadId, Worker } = require('node:worker_threads');
const { CHANNEL, checkPlace, folderOfUser, makeFolder, placeOf } = require('./place.js');

const key = Symbol.for('quiesce.inspector'); // of the process: several copies of this package share one inspector

const files = new Set(); // of the addons that this copy has loaded here
let channel;

function warn(why) {
  process.emitWarning(`The inspector is not available: ${why}`, {
    type: 'QuiesceWarning',
    code: 'QUIESCE_INSPECT',
  });
}

/** Where to listen, by the variable; undefined where it says no. */
function placeFor(setting) {
  if (setting === '0') return undefined;
  if (setting !== '1') {
    if (!/[\\/]/.test(setting)) throw new Error(`QUIESCE_INSPECT is 1 or a path, and not '${setting}'`);
    return path.resolve(setting);
  }
  makeFolder(folderOfUser());
  return placeOf(process.pid);
}

function start(place) {
  checkPlace(place);
  const worker = new Worker(path.join(__dirname, 'server.js'), {
    name: 'quiesce inspector',
    workerData: { place, script: process.argv[1], started: Math.round(Date.now() - process.uptime() * 1000) },
    env: {}, // with the process's, NODE_OPTIONS and this very module would come along
    execArgv: [],
    stdout: true, // the process's own are never written to
    stderr: true,
  });
  worker.on('message', ({ listening, problem }) => {
    if (problem) warn(problem);
    if (listening) process.once('exit', () => removeSocket(listening));
  });
  worker.on('error', (error) => warn(error.message));
  worker.unref();
  return { tell: (file) => worker.postMessage({ file }) };
}

/** The worker's end removes it as well, unless that is cut short. */
function removeSocket(place) {
  require('node:fs').rmSync(place, { force: true });
}

/** Tells the inspector now, and again when it asks: it may begin to listen later than this thread loads. */
function tellByChannel(file) {
  if (!channel) {
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }) => {
      if (data?.ask) for (const each of files) channel.postMessage({ file: each });
    };
    channel.unref();
  }
  channel.postMessage({ file });
}

/** Follows the loading of an addon in this thread. It never throws. */
function join(native, file) {
  try {
    if (process.versions.bun || process.versions.deno) {
      if (files.size === 0) warn('it needs Node.js, and this is another runtime');
      files.add(file);
      return;
    }
    native.setThread(threadId);
    if (files.has(file)) return;
    files.add(file);
    if (!isMainThread) {
      tellByChannel(file);
      return;
    }
    if (!process[key]) {
      const place = placeFor(process.env.QUIESCE_INSPECT);
      if (place === undefined) return;
      Object.defineProperty(process, key, { value: start(place) });
    }
    process[key].tell(file);
  } catch (error) {
    warn(error.message);
  }
}

module.exports = { join };
