'use strict';

// Objects, lists, maps and pointers, in both directions: what is in them, null and undefined, and what is refused.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { shapes } = require('./support/toolkit.js');

const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };

const everything = () => ({
  name: 'é',
  point: { X: 1.5, Y: -0 },
  pointer: { X: 1, Y: 2 },
  scalar: 5,
  words: ['a', ''],
  list: [{ X: 0, Y: 0 }],
  grid: [
    [1, 2, 3],
    [-1, -2, -128],
  ],
  hash: Buffer.of(1, 2, 3, 4),
  data: Buffer.of(5, 6),
  counts: { b: 2, a: 1 },
  byLang: { en: { first: 'x', second: 1 } },
  deep: { k: [{ p: { X: 1, Y: 1 }, q: null }, {}], none: null },
  at: new Date(1.7e12),
  took: 1.5,
  big: 2n ** 53n,
  small: -7,
  tagged: 2 ** 53 - 1,
  inline: { A: 1, B: [{ C: true }, { C: false }] },
  '-': 'dash',
  'weird name': 'w',
});

/** What JSON has of a value: no bigints, and bytes as base64. */
function asJSON(value) {
  return JSON.parse(
    JSON.stringify(value, (_key, each) => {
      if (typeof each === 'bigint') return Number(each);
      return each?.type === 'Buffer' ? Buffer.from(each.data).toString('base64') : each;
    }),
  );
}

test('an object with a field of each kind comes back as it was', () => {
  const given = everything();
  const back = shapes.echoEverything(given);
  assert.deepEqual(back, given);
  assert.deepEqual(Object.keys(back), Object.keys(given), 'in the order of the fields');
  assert.deepEqual(given, everything(), 'what is passed is left alone');
});

test('what Go sees of it is what encoding/json makes of it', () => {
  const seen = JSON.parse(shapes.everythingJSON(everything()));
  const expected = asJSON(everything());
  assert.deepEqual(seen, {
    ...expected,
    point: { X: 1.5, Y: -0 },
    took: 1_500_000,
    at: seen.at,
    hash: [1, 2, 3, 4],
  });
  assert.equal(Date.parse(seen.at), 1.7e12);
});

test('what Go makes of a JSON text comes out as it is in that', () => {
  const text = JSON.stringify({ ...asJSON(everything()), took: 1_500_000, hash: [1, 2, 3, 4] });
  const value = shapes.everythingOf(text);
  assert.deepEqual(value, { ...everything(), point: { X: 1.5, Y: 0 } }, 'JSON.stringify() has no -0');
});

test('fields that JSON does not have are not there, and not read', () => {
  const value = shapes.everythingOf('{}');
  assert.equal(Object.keys(value).length, Object.keys(everything()).length);
  for (const name of ['Hidden', 'hidden', 'secret']) assert.ok(!(name in value), name);
  const given = { ...everything(), Hidden: 5, secret: 6, unknown: Symbol('ignored') };
  assert.deepEqual(shapes.echoEverything(given), everything());
});

test('a field is read once, inherited ones too, and a class will do', () => {
  let reads = 0;
  class Point {
    get X() {
      reads++;
      return 3;
    }
  }
  const point = Object.assign(new Point(), { Y: 4 });
  assert.deepEqual(shapes.echoEverything({ ...everything(), point }).point, { X: 3, Y: 4 });
  assert.equal(reads, 1);
  const bare = Object.assign(Object.create(null), { X: 1, Y: 2 });
  assert.deepEqual(shapes.echoEverything({ ...everything(), point: bare }).point, { X: 1, Y: 2 });
  const proxy = new Proxy({ X: 8, Y: 9 }, {});
  assert.deepEqual(shapes.echoEverything({ ...everything(), point: proxy }).point, { X: 8, Y: 9 });
});

test('what a getter throws is thrown', () => {
  const mine = new Error('mine');
  const thrower = {
    get X() {
      throw mine;
    },
  };
  assert.throws(
    () => shapes.echoEverything({ ...everything(), point: thrower }),
    (error) => error === mine,
  );
});

const wrong = [
  ['point', [undefined, null, 5, 'a', [], [1, 2], () => {}], 'v.point'],
  ['pointer', [undefined, 5, 'a', []], 'v.pointer'],
  ['scalar', [undefined, 'a', {}], 'v.scalar'],
  ['words', [undefined, 'a', {}, { length: 0 }, new Set()], 'v.words'],
  [
    'words',
    [
      ['a', 5],
      ['a', null],
    ],
    'v.words[1]',
  ],
  ['list', [[{ X: 1, Y: 2 }, null]], 'v.list[1]'],
  ['list', [[{ X: 1 }], [{ X: 1, Y: '2' }]], 'v.list[0].Y'],
  ['grid', [[[1, 2, 3], 5]], 'v.grid[1]'],
  [
    'grid',
    [
      [
        [1, 2, 3],
        [1, 2, null],
      ],
    ],
    'v.grid[1][2]',
  ],
  ['grid', [null], 'v.grid'],
  ['counts', [undefined, 5, [], [['a', 1]]], 'v.counts'],
  ['counts', [{ a: 1, 'b c': '2' }], 'v.counts["b c"]'],
  ['byLang', [{ en: { first: 1, second: 1 } }], 'v.byLang["en"].first'],
  ['deep', [{ k: [{ p: 5 }] }], 'v.deep["k"][0]["p"]'],
  ['deep', [{ k: [{ p: { X: 1 } }] }], 'v.deep["k"][0]["p"].Y'],
  ['inline', [{ A: 1, B: [{ C: 1 }] }], 'v.inline.B[0].C'],
  ['-', [undefined, 5], 'v.-'],
  ['weird name', [undefined, null], 'v.weird name'],
];

test('what does not fit is refused, with the path to it', () => {
  for (const [name, values, path] of wrong) {
    for (const value of values) {
      assert.throws(
        () => shapes.echoEverything({ ...everything(), [name]: value }),
        (error) => {
          assert.deepEqual([error.name, error.code], [type.name, type.code]);
          assert.ok(error.message.startsWith(`The "${path}" argument must be`), error.message);
          return true;
        },
      );
    }
  }
  for (const value of [undefined, null, 5, 'a', [], () => {}]) {
    assert.throws(() => shapes.echoEverything(value), { ...type, message: /^The "v" argument/ });
  }
  assert.throws(() => shapes.echoEverything(), { code: 'ERR_MISSING_ARGS' });
});

test('lists and arrays: of any length, of exactly one length, without holes', () => {
  const entry = (i) => ({ word: `w${i}`, count: i });
  for (const n of [0, 1, 15, 16, 17, 65535, 65536]) {
    const list = Array.from({ length: n }, (_, i) => entry(i));
    assert.deepEqual(
      shapes.large(n).map(({ count }) => count),
      list.map(({ count }) => count),
    );
    assert.equal(
      shapes.sumLarge(list),
      list.reduce((sum, { count }) => sum + count, 0),
    );
  }
  assert.deepEqual(shapes.echoLists([[entry(1)], [], null]), [[entry(1)], [], null]);
  assert.equal(shapes.echoLists(null), null);
  assert.deepEqual(shapes.echoArray([entry(1), null, entry(2)]), [entry(1), null, entry(2)]);
  for (const list of [[], [null], [null, null, null, null]]) {
    assert.throws(() => shapes.echoArray(list), { ...range, message: /"v\.length".* 3\. Received/ });
  }
  const hole = [entry(1)];
  hole[2] = entry(2);
  assert.throws(() => shapes.echoLists([hole]), { ...type, message: /^The "v\[0\]\[1\]" argument/ });
  const grid = [[1, 2, 3]];
  assert.throws(() => shapes.echoEverything({ ...everything(), grid }), {
    ...range,
    message: /"v\.grid\.length"/,
  });
});

test('maps: any string is a key, and what was passed is not run', () => {
  const entry = { word: 'w', count: 1 };
  const keys = ['', 'a', '__proto__', 'constructor', 'toString', '0', '10', '2', 'é', 'a"b\\', '\u{1f600}'];
  const map = Object.defineProperty({}, '__proto__', { value: entry, enumerable: true });
  for (const key of keys) if (key !== '__proto__') map[key] = entry;
  const back = shapes.echoMap(map);
  assert.deepEqual(Reflect.ownKeys(back).sort(), [...keys].sort());
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.deepEqual(Object.getOwnPropertyDescriptor(back, '__proto__').value, entry);
  assert.deepEqual(shapes.echoMap({}), {});
  assert.equal(shapes.echoMap(null), null);
});

test('what is no map is refused: a key that is not well-formed, a Map, an instance of a class', () => {
  const value = {
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: /^The "v\["\\ud800"\]" argument/,
  };
  assert.throws(() => shapes.echoMap({ '\ud800': { word: 'w', count: 1 } }), value);
  for (const map of [new Map(), new Set(), new Date(), Buffer.of(), /a/, new (class {})(), new Error('a')]) {
    assert.throws(() => shapes.echoMap(map), { ...type, message: /^The "v" argument must be/ });
  }
  assert.deepEqual(shapes.echoMap(Object.create(null)), {});
});

test('of a map only what is its own and enumerable counts; keys come sorted', () => {
  const entry = { word: 'w', count: 1 };
  const map = Object.defineProperty({ own: entry, [Symbol('s')]: 5 }, 'hidden', {
    value: 5,
    enumerable: false,
  });
  assert.deepEqual(shapes.echoMap(map), { own: entry });
  assert.deepEqual(Object.keys(shapes.echoMap({ z: entry, b: entry, a: entry, Z: entry })), [
    'Z',
    'a',
    'b',
    'z',
  ]);
});

test('nil comes out as null, what is empty as empty, and goes in again as the same', () => {
  const nothing = { list: null, map: null, pointer: null, scalar: null, lists: null, bytes: Buffer.of() };
  const empty = {
    list: [],
    map: {},
    pointer: { X: 0, Y: 0 },
    scalar: '',
    lists: [null, []],
    bytes: Buffer.of(),
  };
  assert.deepEqual(shapes.nothing(), nothing);
  assert.deepEqual(shapes.empty(), empty);
  assert.deepEqual(shapes.echoNils(nothing), nothing);
  assert.deepEqual(shapes.echoNils(empty), empty);
  assert.equal(shapes.whichAreNil(nothing), 'true true true true true false');
  assert.equal(shapes.whichAreNil(empty), 'false false false false false false');
});

test('nil as a whole result, and null as a whole argument', () => {
  const { nilList, nilMap, nilPoint, nilScalar, whichArgumentsAreNil, echoPointer } = shapes;
  assert.deepEqual([nilList(), nilMap(), nilPoint(), nilScalar()], [null, null, null, null]);
  assert.equal(whichArgumentsAreNil(null, null, null, null, true), 'true true true true');
  assert.equal(whichArgumentsAreNil([], {}, 0, { X: 0, Y: 0 }, true), 'false false false false');
  for (const i of [0, 1, 2, 3]) {
    const args = [[], {}, 0, { X: 0, Y: 0 }, true];
    args[i] = undefined;
    assert.throws(
      () => whichArgumentsAreNil(...args),
      { ...type, message: /undefined$/ },
      'null is meant, not undefined',
    );
  }
  assert.equal(echoPointer(null), null);
  assert.deepEqual(echoPointer([1]), [1]);
});

test('generic structs, in one another', () => {
  const pairs = [{ first: { first: 'a', second: 1n }, second: { word: 'w', count: 1 } }];
  assert.deepEqual(shapes.echoPairs(pairs), pairs);
  pairs[0].first.second = '1';
  assert.throws(() => shapes.echoPairs(pairs), { ...type, message: /^The "v\[0\]\.first\.second" argument/ });
});
