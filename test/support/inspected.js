'use strict';

// Processes that can be inspected, and what asks them.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { root } = require('./addon.js');
const { newPath } = require('./files.js');
const { eventually } = require('./wait.js');

/** A folder for sockets, short enough for one, that goes away with the test. */
function newTmp() {
  const folder = newPath();
  fs.mkdirSync(folder);
  return folder;
}

const children = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** What a script ends with that runs until its stdin is closed. */
const keepsRunning = `
  process.stdin.resume();
  process.stdin.on('end', () => process.exit());`;

/**
 * Starts a script with QUIESCE_INSPECT=1 and a TMPDIR of its own, where its socket will be: { child, tmp, socket,
 * written, ended }.
 */
function startInspected(script, { env, tmp = newTmp(), args = [] } = {}) {
  const child = spawn(process.execPath, ['--expose-gc', ...args, '-e', `${script}`], {
    cwd: root,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, TMPDIR: tmp, QUIESCE_INSPECT: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  children.push(child);
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      written[name] += text;
    });
  }
  const folder = path.join(tmp, `quiesce-${process.getuid()}`);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...written }));
  return { child, tmp, folder, socket: path.join(folder, `${child.pid}.sock`), written, ended };
}

/** Connects to a socket once somebody listens: { hello, ask(request), close(), socket }. */
async function connect(place) {
  let socket;
  await eventually(async () => {
    socket = net.connect(place);
    return once(socket, 'connect').then(
      () => true,
      () => false,
    );
  });
  const lines = readLines(socket);
  const next = async () => {
    const { done, value } = await lines.next();
    return done ? undefined : JSON.parse(value);
  };
  const hello = await next();
  const ask = (request) => {
    socket.write(`${typeof request === 'string' ? request : JSON.stringify(request)}\n`);
    return next();
  };
  return { hello, ask, socket, close: () => socket.destroy() };
}

async function* readLines(socket) {
  let rest = '';
  try {
    for await (const text of socket.setEncoding('utf8')) {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      yield* lines;
    }
  } catch (error) {
    if (!['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code)) throw error;
  }
}

/**
 * Serves as the inspector of a process that does not exist: told(request) is what it tells, `hello` what it says first.
 * { place, stop() }
 */
async function startFakeInspector(told, hello = {}) {
  const place = path.join(newTmp(), 's');
  const sockets = new Set();
  const server = net.createServer(async (socket) => {
    sockets.add(socket.on('error', () => {}));
    const first = { quiesce: 'inspect', protocol: 1, version: '0.0.0', pid: 7, node: 'v20.0.0', started: 0 };
    socket.write(`${JSON.stringify({ ...first, ...hello })}\n`);
    for await (const line of readLines(socket)) {
      const request = JSON.parse(line);
      socket.write(`${JSON.stringify({ [request.get]: told(request) })}\n`);
    }
  });
  await once(server.listen(place), 'listening');
  const stop = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { place, stop };
}

module.exports = { connect, keepsRunning, newTmp, startFakeInspector, startInspected };
