'use strict';

// Single values on their way to Go: each kind up to its edges, and what is refused beyond them.

const assert = require('node:assert');
const { test } = require('node:test');
const { Shapes } = require('../lib/schema.js');
const { accept, refuse } = require('./support/codecs.js');

const shapes = new Shapes({});
const codec = (schema) => shapes.codec(schema);

const { MAX_SAFE_INTEGER: safe } = Number;

const ranges = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
  int: [-safe, safe],
  uint: [0, safe],
};

const notNumbers = [undefined, null, '1', '', true, 1n, {}, [], [1], new Number(1), Symbol('s'), new Date(0)];

for (const [kind, [least, most]] of Object.entries(ranges)) {
  test(`${kind}: an integer from ${least} to ${most}, nothing that would be rounded or converted`, () => {
    for (const value of [least, most, 0, 1, Math.trunc(most / 2)]) accept(codec(kind), value, value);
    accept(codec(kind), -0, 0);
    for (const value of [least - 1, most + 1, 0.5, NaN, Infinity, -Infinity, 1e300, 2 ** 53]) {
      refuse(codec(kind), value, 'opts', RangeError);
    }
    for (const value of notNumbers) refuse(codec(kind), value, 'opts', TypeError);
  });
}

for (const [kind, least, most] of [
  ['int64', -(2n ** 63n), 2n ** 63n - 1n],
  ['uint64', 0n, 2n ** 64n - 1n],
]) {
  test(`${kind}: a bigint from ${least} to ${most}, or a safe integer; a bigint always comes back`, () => {
    for (const value of [least, most, 0n, 1n, 127n, 128n, 2n ** 53n]) accept(codec(kind), value, value);
    accept(codec(kind), safe, BigInt(safe));
    accept(codec(kind), -0, 0n);
    for (const value of [least - 1n, most + 1n, 2 ** 53, -(2 ** 53), 0.5, NaN, Infinity]) {
      refuse(codec(kind), value, 'opts', RangeError);
    }
    for (const value of notNumbers.filter((each) => typeof each !== 'bigint')) {
      refuse(codec(kind), value, 'opts', TypeError);
    }
    if (least < 0n) accept(codec(kind), -safe, BigInt(-safe));
    else refuse(codec(kind), -1, 'opts', RangeError);
  });
}

test('float64: any number, to the bit', () => {
  for (const value of [
    0,
    -0,
    1.5,
    NaN,
    Infinity,
    -Infinity,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    2 ** 53 + 2,
  ]) {
    accept(codec('float64'), value, value);
  }
  for (const value of notNumbers) refuse(codec('float64'), value, 'opts', TypeError);
});

test('float32: what is finite stays so, or is refused', () => {
  const most = 3.4028234663852886e38;
  for (const value of [0, -0, 0.1, NaN, Infinity, -Infinity, most, -most, most + 1e31 / 2]) {
    accept(codec('float32'), value, value); // Go rounds it
  }
  for (const value of [most * 2, -most * 2, 1e39, Number.MAX_VALUE])
    refuse(codec('float32'), value, 'opts', RangeError);
  for (const value of notNumbers) refuse(codec('float32'), value, 'opts', TypeError);
});

test('boolean and string: nothing that could be converted', () => {
  for (const value of [true, false]) accept(codec('bool'), value, value);
  for (const value of [undefined, null, 0, 1, '', 'true', {}, new Boolean(true)]) {
    refuse(codec('bool'), value, 'opts', TypeError);
  }
  for (const value of ['', 'a\0b', '\u{1f600}', '\ufeffx', 'x'.repeat(70_000)])
    accept(codec('string'), value, value);
  for (const value of [undefined, null, 0, true, {}, ['a'], new String('a'), Symbol('s'), Buffer.from('a')]) {
    refuse(codec('string'), value, 'opts', TypeError);
  }
});

test('dates: valid ones of any realm, in whole milliseconds', () => {
  for (const ms of [0, -1, 8.64e15, -8.64e15, 1234]) accept(codec('date'), new Date(ms), new Date(ms));
  class Special extends Date {
    getTime() {
      return 5;
    }
  }
  accept(codec('date'), new Special(7), new Date(7));
  for (const value of [new Date(NaN), new Date(8.64e15 + 1), new Date('x')]) {
    refuse(codec('date'), value, 'opts', RangeError);
  }
  const spoofed = Object.create(Date.prototype);
  for (const value of [undefined, null, 0, '2000-01-01', {}, spoofed, new Proxy(new Date(), {})]) {
    refuse(codec('date'), value, 'opts', TypeError);
  }
});

test('durations: ms within what Go can count', () => {
  const most = 9223372036854.775;
  for (const value of [0, -0, 0.000001, -1.5, most, -most]) accept(codec('duration'), value, value);
  for (const value of [NaN, Infinity, -Infinity, most + 0.002, -most - 0.002, 1e300]) {
    refuse(codec('duration'), value, 'opts', RangeError);
  }
  for (const value of notNumbers) refuse(codec('duration'), value, 'opts', TypeError);
});

test('bytes: buffers and views of every kind, by their own part', () => {
  const buffer = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]).buffer;
  const shared = new SharedArrayBuffer(8);
  new Uint8Array(shared).set(new Uint8Array(buffer));
  const all = Buffer.from(buffer);
  accept(codec('bytes'), buffer, all);
  accept(codec('bytes'), shared, all);
  for (const source of [buffer, shared]) {
    accept(codec('bytes'), new Uint8Array(source, 2, 3), Buffer.from([2, 3, 4]));
    accept(codec('bytes'), new Uint16Array(source, 2, 2), Buffer.from([2, 3, 4, 5]));
    accept(codec('bytes'), new DataView(source, 6), Buffer.from([6, 7]));
    accept(codec('bytes'), new BigInt64Array(source), all);
    accept(codec('bytes'), Buffer.from(source, 7), Buffer.from([7]));
  }
  accept(codec('bytes'), new ArrayBuffer(0), Buffer.alloc(0));
  for (const value of [
    undefined,
    null,
    'abc',
    [1, 2],
    { byteLength: 1 },
    1,
    new Proxy(new Uint8Array(1), {}),
  ]) {
    refuse(codec('bytes'), value, 'opts', TypeError);
  }
});

test('bytes that are detached, or out of bounds by now, are empty', () => {
  const detached = (make) => {
    const buffer = new ArrayBuffer(8);
    const view = make(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    return view;
  };
  for (const make of [
    (b) => b,
    (b) => new Uint8Array(b),
    (b) => new DataView(b, 2),
    (b) => Buffer.from(b, 2),
  ]) {
    accept(codec('bytes'), detached(make), Buffer.alloc(0));
  }
  for (const make of [(b) => new Uint8Array(b, 8), (b) => new DataView(b, 8), (b) => new DataView(b, 8, 4)]) {
    const buffer = new ArrayBuffer(16, { maxByteLength: 16 });
    const view = make(buffer);
    buffer.resize(4);
    accept(codec('bytes'), view, Buffer.alloc(0));
  }
});

test('bytes are copied both ways', () => {
  const source = Buffer.from('abc');
  const sent = codec('bytes').encode(source, 'opts');
  source.fill(0);
  assert.strictEqual(codec('bytes').decode(sent).toString(), 'abc');
  const message = codec('bytes').encode(Buffer.alloc(100_000, 1), 'opts');
  const back = codec('bytes').decode(message);
  message.fill(2);
  assert.ok(Buffer.isBuffer(back));
  assert.ok(back.every((byte) => byte === 1));
});
