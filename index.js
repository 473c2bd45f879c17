'use strict';

// The public API. index.d.ts documents it; index.mjs is the same for `import`.

const { Addon } = require('./lib/addon.js');
const errors = require('./lib/errors.js');
const { defineGuard } = require('./lib/guard.js');
const { Handle } = require('./lib/handle.js');
const { loadOwn } = require('./lib/load.js');
const { defineMappedFile } = require('./lib/mapped-file.js');
const { freeAll, handles, metrics, stats } = require('./lib/overview.js');

const addon = new Addon(loadOwn());
const Guard = defineGuard(addon);
const MappedFile = defineMappedFile(addon);

module.exports = {
  AbortError: errors.AbortError,
  GoPanicError: errors.GoPanicError,
  Guard,
  Handle,
  HandleFreedError: errors.HandleFreedError,
  HandleInvalidError: errors.HandleInvalidError,
  HandleLimitError: errors.HandleLimitError,
  HandleTypeError: errors.HandleTypeError,
  MappedFile,
  NotEnteredError: errors.NotEnteredError,
  QuiesceError: errors.QuiesceError,
  ReleaseFailedError: errors.ReleaseFailedError,
  WouldDeadlockError: errors.WouldDeadlockError,
  freeAll,
  handles,
  metrics,
  stats,
};
