'use strict';

// What an addon that `quiesce build` has made exports.

const { defineClass, defineFunctions } = require('./define.js');
const { CLASS: streams, defineStreams } = require('./iterator.js');

const internal = ['Guard', streams];

/** Makes the classes and functions of an addon. */
function exportsOf(addon) {
  const exported = {};
  defineStreams(addon);
  for (const name of addon.classes) {
    if (!internal.includes(name)) exported[name] = defineClass(addon, name);
  }
  defineFunctions(addon, exported);
  return exported;
}

module.exports = { exportsOf };
