'use strict';

// The shapes of single values, by the words that schemas have for them; see schema.js.

const { types } = require('node:util');
const { invalidType, outOfRange } = require('./errors.js');

const MAX_DURATION = 9223372036854.775; // ms: Go's 2^63 ns

const identity = (raw) => raw;

function number(value, path) {
  if (typeof value !== 'number') throw invalidType(path, 'of type number', value);
  return value;
}

function integer(least, most) {
  const requirement = `>= ${least} and <= ${most}`;
  return {
    write(value, path) {
      if (!Number.isInteger(number(value, path))) throw outOfRange(path, 'an integer', value);
      if (value < least || value > most) throw outOfRange(path, requirement, value);
      return value + 0; // -0 becomes 0
    },
    read: identity,
  };
}

function bigint(least, most) {
  const requirement = `>= ${least}n and <= ${most}n`;
  return {
    write(value, path) {
      const big = toBigint(value, path);
      if (big < least || big > most) throw outOfRange(path, requirement, value);
      return big;
    },
    read: BigInt,
  };
}

function toBigint(value, path) {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') throw invalidType(path, 'of type bigint, or a safe integer', value);
  if (!Number.isInteger(value)) throw outOfRange(path, 'an integer', value);
  if (!Number.isSafeInteger(value)) throw outOfRange(path, 'a bigint, or a safe integer', value);
  return BigInt(value);
}

const { MAX_SAFE_INTEGER: safe } = Number;

/** The bytes of a buffer or view; one that was detached, or lies beyond its buffer's end by now, has none. */
function viewOf(value) {
  try {
    return ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
  } catch {
    return new Uint8Array(0);
  }
}

const scalars = {
  bool: {
    write(value, path) {
      if (typeof value !== 'boolean') throw invalidType(path, 'of type boolean', value);
      return value;
    },
    read: identity,
  },
  string: {
    write(value, path) {
      if (typeof value !== 'string') throw invalidType(path, 'of type string', value);
      return value.toWellFormed();
    },
    read: identity,
  },
  float64: { write: number, read: identity },
  float32: {
    write(value, path) {
      if (Number.isFinite(number(value, path)) && !Number.isFinite(Math.fround(value))) {
        throw outOfRange(path, 'within what 32 bits can hold', value);
      }
      return value;
    },
    read: identity,
  },
  int8: integer(-128, 127),
  int16: integer(-32768, 32767),
  int32: integer(-2147483648, 2147483647),
  uint8: integer(0, 255),
  uint16: integer(0, 65535),
  uint32: integer(0, 4294967295),
  int: integer(-safe, safe),
  uint: integer(0, safe),
  int64: bigint(-(2n ** 63n), 2n ** 63n - 1n),
  uint64: bigint(0n, 2n ** 64n - 1n),
  bytes: {
    write(value, path) {
      if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return viewOf(value);
      const expected = 'an instance of ArrayBuffer, SharedArrayBuffer, Buffer, TypedArray or DataView';
      throw invalidType(path, expected, value);
    },
    read: (raw) => Buffer.from(raw), // a copy: raw is a view of all that has been decoded
  },
  date: {
    write(value, path) {
      if (!types.isDate(value)) throw invalidType(path, 'an instance of Date', value);
      const ms = Date.prototype.getTime.call(value);
      if (Number.isNaN(ms)) throw outOfRange(path, 'a valid date', value);
      return ms;
    },
    read: (raw) => new Date(raw),
  },
  duration: {
    write(value, path) {
      if (!(Math.abs(number(value, path)) <= MAX_DURATION)) {
        throw outOfRange(path, `>= -${MAX_DURATION} and <= ${MAX_DURATION} ms`, value);
      }
      return value;
    },
    read: identity,
  },
};

module.exports = { scalars };
