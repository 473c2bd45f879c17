'use strict';

// Loaded before all else (node --require) where a test is run against changed files of the package: gives each the
// text that the environment names a file for, in every thread and every child.

const { readFileSync } = require('node:fs');
const Module = require('node:module');

const changed = JSON.parse(process.env.QUIESCE_PROOF_CHANGED);
const compile = Module.prototype._compile;

Module.prototype._compile = function (content, filename, ...rest) {
  const text = changed[filename] ? readFileSync(changed[filename], 'utf8') : content;
  return compile.call(this, text, filename, ...rest);
};
