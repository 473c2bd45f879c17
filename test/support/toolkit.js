'use strict';

// The addon of test/toolkit/shapes, as `quiesce build` has made it.

const path = require('node:path');
const { handles } = require('../../lib/toolkit.js');
const { root } = require('./addon.js');

const folder = path.join(root, 'build', 'toolkit', 'shapes');

/** What handles() says of a handle; undefined once it is released. */
function entryOf({ token }) {
  return handles().find((each) => each.token === token);
}

/** The live iterations of a handle, or of all. */
function iterations(handle) {
  return handles().filter(
    (each) => each.class === 'AsyncIterator' && (!handle || each.parent === handle.token),
  );
}

/** All that an async iterable gives. */
async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** Has `call` pass a function to Go, and waits until that was called `count` times; returns its arguments. */
async function called(call, count = 1) {
  const calls = [];
  let timer; // a callback does not keep the process alive
  await new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Called ${calls.length} times, not ${count}`)), 20_000);
    call((...args) => {
      if (calls.push(args) === count) resolve();
    });
  }).finally(() => clearTimeout(timer));
  return calls;
}

module.exports = {
  called,
  collect,
  entryOf,
  file: path.join(folder, 'shapes.node'),
  folder,
  iterations,
  /** The classes and functions of the addon. */
  get shapes() {
    return require(folder);
  },
  toolkit: require('../../lib/toolkit.js'),
};
