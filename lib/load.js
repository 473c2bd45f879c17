'use strict';

// Finds the native addon of this package. It is loaded anew for each copy of this module, so that two copies (a
// cleared require cache, another vm context) never share an env.

const { existsSync } = require('node:fs');
const path = require('node:path');

const target = `${process.platform}-${process.arch}`;
const builtFor = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];

const own = path.join(__dirname, '..', 'build', 'Release', 'quiesce.node');
const rebuild =
  'In a clone of the repository, run `npm run build` (needs Go and a C compiler); otherwise reinstall the package.';

/** Loads the addon at `file`, or the package's own. `remedy` is what to do where there is none. */
function loadNative(file = own, remedy = rebuild) {
  const module = { exports: {} };
  if (!existsSync(file)) throw unavailable(file, remedy, 'there is no such file');
  try {
    process.dlopen(module, file);
  } catch (cause) {
    throw unavailable(file, remedy, cause.message.replace(/\s*\n\s*/g, '; '), cause); // Deno's has lines
  }
  return module.exports;
}

function isMusl() {
  return process.platform === 'linux' && !process.report?.getReport?.().header.glibcVersionRuntime;
}

/** One error that names the platform, what was looked for and what to do. */
function unavailable(file, remedy, reason, cause) {
  const error = new Error(
    `There is no native addon that works here (${target}, Node ${process.versions.node}): ${file}: ${reason}. ${advice(remedy)}`,
    cause && { cause },
  );
  error.code = 'ERR_ADDON_UNAVAILABLE';
  return error;
}

function advice(remedy) {
  if (isMusl()) {
    return (
      "This system uses musl, where a Go shared library cannot be loaded into a running process (Go's " +
      'thread-local storage needs glibc); use an image with glibc, such as node:20-slim in place of node:20-alpine.'
    );
  }
  if (!builtFor.includes(target)) return `It is built for ${builtFor.join(', ')}.`;
  return remedy;
}

module.exports = { loadNative };
