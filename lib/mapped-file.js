'use strict';

// A read-only memory mapping of a file, shared by all who attach to it.

const { callAsync, viewOfShared } = require('./calls.js');
const { Handle, tokenOf } = require('./handle.js');
const { pathOf, signalOf } = require('./options.js');
const { siteOf, tracing } = require('./trace.js');

function isOptions(value) {
  return value !== null && typeof value === 'object';
}

/** Lines without their ends: \n, or \r\n. */
function split(bytes) {
  if (bytes.length === 0) return [];
  const lines = bytes.toString('utf8').split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** Makes the class MappedFile of an addon. */
function defineMappedFile(addon) {
  const { native } = addon;
  const members = Object.fromEntries(addon.membersOf('MappedFile').map(({ name, call }) => [name, call]));

  class MappedFile extends Handle {
    static async open(path, options) {
      const site = tracing && siteOf(MappedFile.open);
      const file = await callAsync(native, members.open, [pathOf('path', path)], signalOf(options));
      if (site) native.setSite(file.token, site);
      return file;
    }

    static attach(token) {
      return addon.attach(token, 'MappedFile');
    }

    get size() {
      return members.size(tokenOf(this, MappedFile));
    }

    // What is too many goes down as well: the shim refuses it and says what there should be.
    read(offset = 0, length = Number.MAX_SAFE_INTEGER, ...more) {
      return members.read(tokenOf(this, MappedFile), offset, length, ...more);
    }

    async count(pattern, options, ...more) {
      return callOn(this, members.count, options, viewOfShared(pattern), ...more);
    }

    async indexOf(pattern, from = 0, options = undefined, ...more) {
      if (isOptions(from)) return this.indexOf(pattern, 0, from, ...more);
      return callOn(this, members.indexOf, options, viewOfShared(pattern), from, ...more);
    }

    async lines(from = 0, count = Number.MAX_SAFE_INTEGER, options = undefined, ...more) {
      if (isOptions(from)) return this.lines(0, undefined, from, ...more);
      if (isOptions(count)) return this.lines(from, undefined, count, ...more);
      return split(await callOn(this, members.lines, options, from, count, ...more));
    }
  }

  function callOn(file, member, options, ...args) {
    return callAsync(native, member, [tokenOf(file, MappedFile), ...args], signalOf(options));
  }

  addon.constructors.set('MappedFile', MappedFile);
  return MappedFile;
}

module.exports = { defineMappedFile };
