'use strict';

// Single values: what each type takes and refuses on every way that a value can go, in both directions.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { called, collect, shapes } = require('./support/toolkit.js');

const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
const safe = Number.MAX_SAFE_INTEGER; // 2 ** 53 - 1
const longest = 9223372036854.775; // ms: Go's 2 ** 63 ns

const noNumbers = [undefined, null, true, '1', '', [1], {}, 1n, new Number(1), Symbol('s'), () => 1];
const noBigints = noNumbers.filter((each) => typeof each !== 'bigint');
const noStrings = [
  undefined,
  null,
  true,
  1,
  1n,
  ['a'],
  new String('a'),
  { toString: () => 'a' },
  Symbol('s'),
];
const noBools = [undefined, null, 0, 1, '', 'true', [], {}, new Boolean(true)];

// What a class takes (a pair is [given, returned]), what is of a wrong type, and what is beyond its range.
const bools = { takes: [true, false], wrong: noBools, beyond: [] };
const strings = {
  takes: [
    '',
    'a',
    'é',
    '日本',
    '\u{1f600}',
    '\0',
    'a\0b',
    'x'.repeat(1e5),
    ['\ud800', '\ufffd'],
    ['a\udc00b', 'a\ufffdb'],
  ],
  wrong: noStrings,
  beyond: [],
};
const float32 = {
  takes: [0, -0, 0.5, -3.4028234663852886e38, NaN, Infinity, -Infinity, [0.1, Math.fround(0.1)], [1e-46, 0]],
  wrong: noNumbers,
  beyond: [3.4028236e38, -3.4028236e38, 1e39, Number.MAX_VALUE],
};

function integers(least, most) {
  const within = [2 ** 31, 2 ** 32, -(2 ** 31) - 1].filter((each) => each > least && each < most);
  return {
    takes: [0, 1, least, most, least + 1, most - 1, ...within, [-0, 0]],
    wrong: noNumbers,
    beyond: [least - 1, most + 1, 0.5, -0.5, 126.5, NaN, Infinity, -Infinity, 1e300, 2 ** 53, 2 ** 63],
  };
}

function bigints(least, most) {
  return {
    takes: [0n, least, most, 2n ** 53n, 2n ** 63n - 1n, [0, 0n], [1, 1n], [-0, 0n], [safe, BigInt(safe)]],
    wrong: noBigints,
    beyond: [least - 1n, most + 1n, 2n ** 200n, -(2n ** 64n), 0.5, NaN, Infinity, 2 ** 53, -(2 ** 53), 1e300],
  };
}

const cases = {
  Bool: bools,
  Switch: bools,
  String: strings,
  Lang: strings,
  Float64: {
    takes: [0, -0, 0.1, -1.5, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2, 2 ** 31, NaN, Infinity, -Infinity],
    wrong: noNumbers,
    beyond: [],
  },
  Float32: float32,
  Ratio: float32,
  Int8: integers(-128, 127),
  Level: integers(-128, 127),
  Int16: integers(-(2 ** 15), 2 ** 15 - 1),
  Int32: integers(-(2 ** 31), 2 ** 31 - 1),
  Uint8: integers(0, 255),
  Uint16: integers(0, 2 ** 16 - 1),
  Uint32: integers(0, 2 ** 32 - 1),
  Int: integers(-safe, safe),
  ID: integers(-safe, safe),
  Uint: integers(0, safe),
  Serial: integers(0, safe),
  Int64: bigints(-(2n ** 63n), 2n ** 63n - 1n),
  Stamp: bigints(-(2n ** 63n), 2n ** 63n - 1n),
  Uint64: bigints(0n, 2n ** 64n - 1n),
  Duration: {
    takes: [0, 1, -1.5, 1e12 + 0.5, [-0, 0], [0.0000004, 0], [0.0000006, 0.000001], longest, -longest],
    wrong: noNumbers,
    beyond: [NaN, Infinity, -Infinity, longest * 1.001, -longest * 1.001, 1e300],
  },
};

// The ways in, each with the path that a refusal names, and what comes back. `others` fills up the rest.
const roads = [
  ['v', (probe, v) => probe.echo(v)],
  ['v.plain', (probe, v, others) => probe.echoRoads({ ...others, plain: v }).plain],
  ['v.pointer', (probe, v, others) => probe.echoRoads({ ...others, pointer: v }).pointer],
  ['v.list[1]', (probe, v, others) => probe.echoRoads({ ...others, list: [others.plain, v] }).list[1]],
  ['v.array[0]', (probe, v, others) => probe.echoRoads({ ...others, array: [v] }).array[0]],
  ['v.map["a b"]', (probe, v, others) => probe.echoRoads({ ...others, map: { 'a b': v } }).map['a b']],
  ['v', (probe, v) => probe.echoPointer(v), 'bare pointer'],
  ['v[1]', (probe, v, others) => probe.echoRest(others.plain, v)[1]],
];

function isRefused(error, { name, code }, path, value) {
  assert.deepEqual({ name: error.name, code: error.code, value }, { name, code, value });
  assert.ok(error.message.includes(`"${path}"`), `${error.message} names ${path}`);
  return true;
}

for (const [name, { takes, wrong, beyond }] of Object.entries(cases)) {
  const probe = new shapes[`${name}Probe`]();
  const pairs = takes.map((each) => (Array.isArray(each) ? each : [each, each]));
  const refusals = [...wrong.map((value) => [value, type]), ...beyond.map((value) => [value, range])];
  const plain = takes[0];
  const isByte = name === 'Uint8'; // lists of them are bytes
  const others = isByte
    ? { plain, pointer: null, list: Buffer.of(0), array: Buffer.of(0), map: null }
    : { plain, pointer: null, list: null, array: [plain], map: null };
  const usable = roads.filter(([path]) => !(isByte && /list|array/.test(path)));

  test(`${name}: what goes in comes back, also from the insides of objects, lists, maps and pointers`, () => {
    for (const [path, pass] of usable) {
      for (const [given, expected] of pairs) {
        assert.deepEqual({ path, given, back: pass(probe, given, others) }, { path, given, back: expected });
      }
    }
  });

  test(`${name}: what does not fit is refused, and the error names the place`, () => {
    for (const [path, pass, bare] of usable) {
      for (const [value, error] of refusals) {
        if (value === null && (bare || path === 'v.pointer')) assert.equal(pass(probe, null, others), null);
        else
          assert.throws(
            () => pass(probe, value, others),
            (thrown) => isRefused(thrown, error, path, value),
          );
      }
    }
  });

  test(`${name}: by a promise, from iterators and channels, and to callbacks`, async () => {
    for (const [given, expected] of pairs) {
      const there = [
        await probe.echoLater(given),
        ...(await collect(probe.yield(given))),
        ...(await collect(probe.send(given))),
        ...(await called((f) => probe.call(given, f))).flat(),
        ...(await called((f) => probe.callTwice(given, f))).flat(),
      ];
      assert.deepEqual({ given, there }, { given, there: Array(6).fill(expected) });
    }
  });

  test(`${name}: an async method rejects what does not fit; the call of an iterator throws`, async () => {
    for (const [value, error] of refusals) {
      const check = (thrown) => isRefused(thrown, error, 'v', value);
      await assert.rejects(probe.echoLater(value), check);
      assert.throws(() => probe.yield(value), check);
      assert.throws(() => probe.call(value, () => {}), check);
    }
  });
}

test('what Go sees of single values is what they are', async () => {
  const { show, showMore, showLater } = shapes;
  assert.equal(
    show(true, 'é', 0.1, 0.1, -128, -129, -32769, 255, 256, 65536, -safe, safe),
    `true|é|0.1|0.1|-128|-129|-32769|255|256|65536|-${safe}|${safe}`,
  );
  const at = new Date('2024-02-29T12:34:56.789Z');
  const big = 2n ** 63n;
  assert.equal(
    showMore(-big, big * 2n - 1n, Buffer.of(1, 2), at, 1.5, 'de', 1, -5, 7n, new Uint8Array(1), true, 0.5),
    `-${big}|${big * 2n - 1n}|[1 2]|2024-02-29T12:34:56.789Z|1500000|de|1|-5|7|[0]|true|0.5`,
  );
  assert.equal(
    await showLater('s', 0.25, -1, 2 ** 32 - 1, 5, -1n, big, Buffer.of(9), at, -0.001, false),
    `s|0.25|-1|4294967295|5|-1|${big}|[9]|2024-02-29T12:34:56.789Z|-1000|false`,
  );
});

test('each of twelve arguments is told by its name', () => {
  const good = [true, 's', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const names = ['b', 's', 'f32', 'f64', 'i8', 'i16', 'i32', 'u8', 'u16', 'u32', 'i', 'u'];
  for (const [i, name] of names.entries()) {
    const message = new RegExp(`"${name}" argument`);
    const bad = good.map((value, j) => (j === i ? null : value));
    assert.throws(() => shapes.show(...bad), { ...type, message });
    const few = { name: 'TypeError', code: 'ERR_MISSING_ARGS', message };
    assert.throws(() => shapes.show(...good.slice(0, i)), few);
  }
  const many = { name: 'TypeError', code: 'ERR_TOO_MANY_ARGS', message: /^show\(\) takes at most 12 / };
  assert.throws(() => shapes.show(...good, 1), many);
});
