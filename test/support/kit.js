'use strict';

// What bodies that run elsewhere (see bodies.js) are given. The addons are loaded on first use.

const { setTimeout: delay } = require('node:timers/promises');
const { Worker, parentPort } = require('node:worker_threads');
const { loadOwn } = require('../../lib/load.js');
const { loadTestAddon } = require('./addon.js');
const { startWorker } = require('./bodies.js');
const { exitOf, nextMessage } = require('./process.js');
const { collectGarbage, eventually } = require('./wait.js');

let addon;

module.exports = {
  assert: require('node:assert'),
  collectGarbage,
  delay,
  eventually,
  exitOf,
  loadTestAddon,
  /** The ops in flight as the state words of the package's addon have them; stats() knows those of the envs. */
  opsOfWords: () => loadOwn().ops(),
  nextMessage,
  parentPort,
  startWorker,
  Worker,
  get addon() {
    addon ??= loadTestAddon();
    return addon;
  },
  get bus() {
    return require('../../lib/bus/index.js');
  },
  get quiesce() {
    return require('../../index.js');
  },
  get shapes() {
    return require('./toolkit.js').shapes;
  },
  get toolkit() {
    return require('./toolkit.js');
  },
  /** Prints the result of a body that expectChild runs. */
  print: (value) => console.log(JSON.stringify(value)),
};
