'use strict';

// The inspector, in a worker of its own. It loads the addons that the process's threads have loaded, so that it may ask
// them for itself, and answers on a socket. Every thread of the process may be blocked meanwhile.

const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const { BroadcastChannel, parentPort, workerData } = require('node:worker_threads');
const { loadNative } = require('../load.js');
const { register } = require('../registry.js');
const { answer, hello } = require('./answer.js');
const { CHANNEL, isWindows } = require('./place.js');

const MAX_CLIENTS = 16;
const MAX_LINE = 4096; // bytes of a request

function load(file) {
  try {
    const native = loadNative({ file });
    register(JSON.parse(native.describe()).id, {
      stats: () => JSON.parse(native.stats()),
      survey: (limit) => JSON.parse(native.survey(limit)),
    });
  } catch (error) {
    parentPort.postMessage({ problem: error.message });
  }
}

const loaded = new Set();

/** From the main thread, or on the channel, where anybody may post anything. */
function onMessage(message) {
  const file = message?.file;
  if (typeof file !== 'string' || loaded.has(file)) return;
  loaded.add(file);
  load(file);
}

/** Serves one client: a line for a line, and none ahead of its answer's being taken. */
function serve(socket) {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  const handle = () => {
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (socket.write(`${JSON.stringify(answer(line))}\n`)) continue;
      socket.pause();
      socket.once('drain', () => {
        socket.resume();
        handle();
      });
      return;
    }
    if (rest.length > MAX_LINE) socket.destroy();
  };
  socket.on('data', (text) => {
    rest += text;
    if (!socket.writableNeedDrain) handle();
  });
  socket.write(`${JSON.stringify(hello(workerData))}\n`);
}

async function isLive(place) {
  const socket = net.connect(place);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function listen(place) {
  const server = net.createServer(serve);
  server.maxConnections = MAX_CLIENTS;
  const begin = () => once(server.listen({ path: place, exclusive: true }), 'listening');
  try {
    await begin();
  } catch (error) {
    if (error.code !== 'EADDRINUSE' || isWindows) throw error;
    if (!fs.lstatSync(place).isSocket()) throw new Error(`${place} is there, and is no socket`);
    if (await isLive(place)) throw new Error(`another process listens on ${place}`);
    fs.unlinkSync(place); // of a process that has ended
    await begin();
  }
  server.on('error', () => {}); // the process is out of descriptors: whoever asks is not answered
  if (!isWindows) fs.chmodSync(place, 0o600);
}

async function main() {
  parentPort.on('message', onMessage);
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => onMessage(data);
  channel.postMessage({ ask: true }); // who was here before
  await listen(workerData.place);
  parentPort.postMessage({ listening: workerData.place });
}

main().catch((error) => {
  parentPort.postMessage({ problem: error.message });
  process.exit(); // of this worker only
});
