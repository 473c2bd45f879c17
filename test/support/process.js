'use strict';

// Child processes and workers whose end is part of the test.

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { setTimeout: delay } = require('node:timers/promises');
const { inspect } = require('node:util');
const { Worker } = require('node:worker_threads');
const { root } = require('./addon.js');
const { patience } = require('./wait.js');

/**
 * What the script of a child or a worker begins with: the test addon's loader, `addon` of that variant, and
 * helpers. Nothing is loaded unless it is used.
 */
function prelude() {
  return `
    const { loadTestAddon } = require(${JSON.stringify(require.resolve('./addon.js'))});
    const { setTimeout: delay } = require('node:timers/promises');
    const { collectGarbage, eventually } = require(${JSON.stringify(require.resolve('./wait.js'))});
    const assert = require('node:assert');
  `;
}

/**
 * Runs a script (the text of a CommonJS module; top-level await works) in a node of its own and returns
 * { code, signal, stdout, stderr, timedOut }. After `timeout` ms it is killed. `during(child)` runs beside it.
 */
function runScript(script, { args = [], nodeArgs = [], ...options } = {}) {
  const source = `(async () => {${prelude()}${script}\n})()`;
  return runNode([...nodeArgs, '-e', source, ...args], options);
}

/** Runs node with these arguments, like runScript. */
async function runNode(args, { env, stdio, timeout = patience(30_000), during } = {}) {
  const child = spawn(process.execPath, ['--expose-gc', ...args], {
    cwd: root,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: stdio ?? ['ignore', 'pipe', 'pipe'],
  });
  const result = { stdout: '', stderr: '', timedOut: false };
  for (const name of ['stdout', 'stderr']) {
    child[name]?.setEncoding('utf8').on('data', (text) => {
      result[name] += text;
    });
  }
  const timer = setTimeout(() => {
    result.timedOut = true;
    child.kill('SIGKILL');
  }, timeout);
  const ended = once(child, 'close');
  try {
    await Promise.race([during?.(child), ended]); // what it waits for may never come from a child that has ended
  } finally {
    [result.code, result.signal] = await ended;
    clearTimeout(timer);
  }
  return result;
}

/** Runs a script like runScript and demands that it ended by itself, with that code, and no signal. */
async function expectExit(script, options = {}) {
  const { code = 0, ...rest } = options;
  return demandExit(await runScript(script, rest), code);
}

/** Demands that a child ended by itself, with that code, and no signal. */
function demandExit(result, code = 0) {
  assert.deepStrictEqual(
    { code: result.code, signal: result.signal, timedOut: result.timedOut },
    { code, signal: null, timedOut: false },
    `The child ended otherwise: ${inspect(result, { maxStringLength: 4000 })}`,
  );
  return result;
}

const exits = new WeakMap(); // worker -> promise of its exit

/** The exit code, or the error that ended the worker; either way not before its env has ended. */
function exit(worker) {
  return new Promise((resolve, reject) => {
    let settle = resolve;
    worker.once('error', (error) => {
      settle = () => reject(error);
    });
    worker.once('exit', (code) => settle(code));
  });
}

/** Starts a worker from the text of its script, which has { parentPort, workerData } besides runScript's helpers. */
function startWorker(script, { workerData, ...options } = {}) {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {${prelude()}${script}\n})()`;
  const worker = new Worker(source, { eval: true, workerData, ...options });
  exits.set(worker, exit(worker));
  exits.get(worker).catch(() => {}); // whoever asks for it hears of it
  return worker;
}

/** The worker's next message; rejects when it ends or fails first. */
function nextMessage(worker, timeout = patience(30_000)) {
  return new Promise((resolve, reject) => {
    const settle = (fn) => (value) => {
      clearTimeout(timer);
      for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
      fn(value);
    };
    const listeners = {
      message: settle(resolve),
      error: settle(reject),
      exit: settle((code) => reject(new Error(`The worker exited with ${code} before its message`))),
    };
    const timer = setTimeout(
      () => settle(reject)(new Error(`The worker sent nothing for ${timeout} ms`)),
      timeout,
    );
    for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
  });
}

/** The exit code of a worker from startWorker, whenever it ends or has ended; rejects when it fails. */
async function exitOf(worker) {
  return exits.get(worker);
}

module.exports = { delay, demandExit, exitOf, expectExit, nextMessage, runNode, runScript, startWorker };
