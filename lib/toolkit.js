'use strict';

// The entry `quiesce/addon`: what a package that `quiesce build` has made is loaded by. It does not load Quiesce's own
// native addon. toolkit.d.ts documents it.

const { createRequire } = require('node:module');
const path = require('node:path');
const { Addon } = require('./addon.js');
const errors = require('./errors.js');
const { exportsOf } = require('./exports.js');
const { Handle } = require('./handle.js');
const { loadNative } = require('./load.js');
const { freeAll, handles, metrics, stats } = require('./overview.js');

const remedy =
  'Where its Go sources are, `npx quiesce build` makes it for this platform (needs Go and a C compiler).';

/** Loads an addon, by its absolute path or from a platform package, and makes its classes and functions. */
function load(file, published) {
  if (typeof file !== 'string') throw errors.invalidType('file', 'of type string', file);
  if (!path.isAbsolute(file)) throw errors.invalidValue('file', 'must be an absolute path', file);
  if (published === undefined) return exportsOf(new Addon(loadNative({ file, remedy })));
  if (typeof published !== 'string') throw errors.invalidType('published', 'of type string', published);
  return exportsOf(new Addon(loadNative({ file, published, from: createRequire(file), remedy })));
}

module.exports = {
  AbortError: errors.AbortError,
  GoPanicError: errors.GoPanicError,
  Handle,
  HandleFreedError: errors.HandleFreedError,
  HandleInvalidError: errors.HandleInvalidError,
  HandleLimitError: errors.HandleLimitError,
  HandleTypeError: errors.HandleTypeError,
  QuiesceError: errors.QuiesceError,
  ReleaseFailedError: errors.ReleaseFailedError,
  WouldDeadlockError: errors.WouldDeadlockError,
  freeAll,
  handles,
  load,
  metrics,
  stats,
};
