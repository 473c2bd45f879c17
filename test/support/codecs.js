'use strict';

// What the tests of lib/schema.js and lib/scalars.js share.

const assert = require('node:assert');

/** The value arrives, and comes back as `want`. */
function accept(codec, value, want) {
  assert.deepStrictEqual(codec.decode(codec.encode(value, 'opts')), want);
}

/** The value is refused: by an error of that class, with the code for it, that names the path. */
function refuse(codec, value, path, Class) {
  let caught;
  try {
    codec.encode(value, 'opts');
  } catch (error) {
    caught = error;
  }
  assert.ok(caught instanceof Class, `${path} was accepted, or failed by another error: ${caught}`);
  assert.strictEqual(
    caught.code,
    Class === RangeError ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE',
    `${caught}`,
  );
  const deep = caught.message.includes('nested'); // of a long path only the beginning is named
  assert.ok(caught.message.includes(deep ? `"${path}` : `"${path}"`), `${caught} does not name ${path}`);
  return caught;
}

const specials = {
  $bigint: BigInt,
  $number: Number,
  $date: (ms) => new Date(ms),
  $bytes: (hex) => Buffer.from(hex, 'hex'),
};

/** The value of a golden vector, from its JSON; see vectors_test.go. */
function revive(text) {
  return JSON.parse(text, (_key, value) => {
    const [name] = Object.keys(value ?? {});
    return Object.hasOwn(specials, name) ? specials[name](value[name]) : value;
  });
}

module.exports = { accept, refuse, revive };
