'use strict';

// Finds and loads a native addon: that of the platform package, else one that was built here. It is loaded anew for
// each copy of this module, so that two copies (a cleared require cache, another vm context) never share an env.

const { existsSync } = require('node:fs');
const path = require('node:path');

const target = `${process.platform}-${process.arch}`;
const builtFor = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];

const rebuild = 'In a clone of the repository, run `npm run build` (needs Go and a C compiler).';

/** Loads one of this package's own addons, by the file that a build in a clone makes in build/. */
function loadOwn(file = 'Release/quiesce.node') {
  return loadNative({
    file: path.join(__dirname, '..', 'build', file),
    published: 'quiesce',
    from: require,
    remedy: rebuild,
  });
}

/**
 * Loads an addon. `file` is where a local build puts it; `published` is the npm package whose platform packages,
 * `published`-PLATFORM-ARCH, have it under the same name, and `from` is that package's require. `remedy` is
 * what to do where there is no binary.
 */
function loadNative({ file, published, from, remedy }) {
  const module = { exports: {} };
  const found = fromPlatformPackage(file, published, from) ?? file;
  try {
    process.dlopen(module, found);
  } catch (cause) {
    if (found === file && isMissing(file)) {
      throw unavailable({ file, published, remedy }, 'there is no such file');
    }
    throw unavailable({ file: found, remedy: found === file ? remedy : `${reinstall(published)}.`, cause });
  }
  if (process.env.QUIESCE_INSPECT) require('./inspect/join.js').join(module.exports, found);
  return module.exports;
}

function fromPlatformPackage(file, published, from) {
  if (published === undefined) return undefined;
  try {
    return from.resolve(`${published}-${target}/${path.basename(file)}`);
  } catch {
    return undefined;
  }
}

/** Only asked once it was not loaded: Node's permission model may refuse to look at a file that it does load. */
function isMissing(file) {
  try {
    return !existsSync(file);
  } catch {
    return false;
  }
}

/** Whether the report says so: what is no report, of another runtime or of a test's stand-in, says nothing. */
function isMusl() {
  if (process.platform !== 'linux') return false;
  try {
    const { header } = process.report.getReport();
    return header.nodejsVersion !== undefined && header.glibcVersionRuntime === undefined;
  } catch {
    return false;
  }
}

/** One error that names the platform, what was looked for and what to do. */
function unavailable({ file, published, remedy, cause }, reason = textOf(cause)) {
  const looked = published === undefined ? '' : `the package ${published}-${target} is not installed, and `;
  const error = new Error(
    `There is no native addon that works here (${target}, Node ${process.versions.node}): ` +
      `${looked}${file}: ${reason}. ${advice(published, remedy, cause)}`,
    cause && { cause },
  );
  error.code = 'ERR_ADDON_UNAVAILABLE';
  return error;
}

function textOf({ message }) {
  return message.replace(/\s*\n\s*/g, '; ').replace(/\.$/, ''); // Deno's has lines
}

function advice(published, remedy, cause) {
  if (cause?.code === 'ERR_DLOPEN_DISABLED') {
    return 'Node was started with --no-addons, or with its permission model and without --allow-addons.';
  }
  if (isMusl()) {
    return (
      "This system uses musl, where a Go shared library cannot be loaded into a running process (Go's " +
      'thread-local storage needs glibc); use an image with glibc, such as node:22-slim in place of node:22-alpine.'
    );
  }
  if (!builtFor.includes(target)) return `It is built for ${builtFor.join(', ')}.`;
  if (published === undefined) return remedy;
  return `${reinstall(published)}: node_modules of another platform and an install with --omit=optional lack it. ${remedy}`;
}

function reinstall(published) {
  return `Install ${published} anew on this platform, with its optional dependencies`;
}

module.exports = { loadNative, loadOwn };
