'use strict';

// What is in a page before its preload script runs: `window`, and of Electron's module what a renderer has.

const Module = require('node:module');
const { parentPort, workerData: preload } = require('node:worker_threads');

const window = new EventTarget();
const listeners = new Map(); // channel -> listener
const waiting = new Map(); // id -> resolve
let exposed;

const electron = {
  contextBridge: {
    exposeInMainWorld(_name, api) {
      exposed = api;
    },
  },
  ipcRenderer: {
    on: (channel, listener) => listeners.set(channel, listener),
    invoke: (channel, ...args) =>
      new Promise((resolve) => {
        const id = Math.random();
        waiting.set(id, resolve);
        parentPort.postMessage({ id, channel, args });
      }),
  },
};

const load = Module._load;
Module._load = (request, ...rest) => (request === 'electron' ? electron : load(request, ...rest));
globalThis.window = window;
require(preload);

const seen = []; // by the page's listener
exposed.follow((events) => seen.push(...events));
const page = { ...exposed, seen: () => seen };

parentPort.on('message', async (message) => {
  if (message.hide) {
    window.dispatchEvent(new Event('pagehide'));
    process.exit();
  } else if (message.call) {
    const { call: called, method, args } = message;
    const send = (answer) => parentPort.postMessage({ called, ...answer });
    Promise.resolve(page[method](...args)).then(
      (result) => send({ result }),
      (error) => send({ error: error.code ?? error.message }),
    );
  } else if (message.channel) {
    listeners.get(message.channel)({ ports: [message.port] }, message.message);
  } else {
    waiting.get(message.id)(message.result);
  }
});

parentPort.postMessage({ loaded: true });
