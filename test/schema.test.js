'use strict';

// Values of any shape: what is checked on the way to Go and what an error says, what comes back, and that Go's half
// encodes and reads the same bytes. Single values are in scalars.test.js.

const assert = require('node:assert');
const { test } = require('node:test');
const vm = require('node:vm');
const { Shapes } = require('../lib/schema.js');
const { refuse, revive } = require('./support/codecs.js');
const golden = require('./support/vectors.json');

const int = (name, optional) => ({ name, schema: 'int', optional });

const types = {
  Options: {
    fields: [
      { name: 'list', schema: { nullable: { list: { struct: 'Entry' } } } },
      { name: 'by', schema: { nullable: { map: { nullable: 'string' } } }, optional: true },
    ],
  },
  Entry: { fields: [int('total'), int('most', true)] },
  Node: {
    fields: [
      { name: 'next', schema: { nullable: { struct: 'Node' } } },
      { name: 'kids', schema: { nullable: { list: { struct: 'Node' } } }, optional: true },
      { name: 'by', schema: { nullable: { map: { struct: 'Node' } } }, optional: true },
    ],
  },
  Proto: { fields: [int('__proto__', true), int('constructor', true), int('toString')] },
  Scalars: {
    fields: ['bool', 'date', 'bytes', 'int64'].map((schema) => ({ name: schema, schema, optional: true })),
  },
};

const shapes = new Shapes(types);
const codec = (schema) => shapes.codec(schema);
const there = (schema, value) => codec(schema).encode(value, 'opts');
const around = (schema, value) => codec(schema).decode(there(schema, value));

const [options, entry, node] = ['Options', 'Entry', 'Node'].map((struct) => ({ struct }));
const list = { list: 'int' };
const map = { map: 'int' };

const { types: goldenTypes, vectors } = golden;
for (const [name, vector] of Object.entries(vectors)) {
  test(`golden vector: ${name}`, () => {
    const shared = new Shapes(JSON.parse(goldenTypes)).codec(JSON.parse(vector.schema));
    const value = revive(vector.value);
    assert.deepStrictEqual(shared.decode(Buffer.from(vector.go, 'hex')), value, 'JS reads what Go encodes');
    assert.strictEqual(
      Buffer.from(shared.encode(value, 'v')).toString('hex'),
      vector.js,
      'Go reads what JS encodes',
    );
    assert.deepStrictEqual(shared.decode(Buffer.from(vector.js, 'hex')), value);
  });
}

test('an error names the path to what is wrong', () => {
  const total = (value) => ({ list: [{ total: 1 }, { total: 2 }, { total: value }] });
  for (const value of [undefined, null, '1', 1n, {}, [], true, () => {}, Symbol('s')]) {
    refuse(codec(options), total(value), 'opts.list[2].total', TypeError);
  }
  for (const value of [1.5, 2 ** 53, NaN])
    refuse(codec(options), total(value), 'opts.list[2].total', RangeError);
  refuse(codec(options), { list: [undefined] }, 'opts.list[0]', TypeError);
  refuse(codec(options), { list: [], by: { 'a "b"': 1 } }, 'opts.by["a \\"b\\""]', TypeError);
  refuse(codec(options), { list: [{ total: 1, most: 'x' }] }, 'opts.list[0].most', TypeError);
  const { stack } = refuse(codec(options), undefined, 'opts', TypeError);
  assert.match(stack.split('\n')[1], /codecs\.js/, 'the stack begins with the caller');
});

test('what is no list, no object and no function of the right kind is refused', () => {
  const strange = [undefined, 1, 'ab', true, 1n, Symbol('s'), () => {}];
  for (const value of [...strange, { length: 0 }, new Set(), new Uint8Array(1)]) {
    refuse(codec(list), value, 'opts', TypeError);
    refuse(codec({ nullable: list }), value, 'opts', TypeError);
  }
  for (const value of [...strange, [], [['a', 1]]]) {
    refuse(codec(map), value, 'opts', TypeError);
    refuse(codec(entry), value, 'opts', TypeError);
  }
  for (const schema of [list, map, entry, { list: 'int', size: 1 }, { bytes: 1 }]) {
    refuse(codec(schema), null, 'opts', TypeError);
  }
  for (const hostile of [
    { constructor: { name: Symbol('s') } },
    { constructor: null },
    Object.create(null),
  ]) {
    refuse(codec('string'), hostile, 'opts', TypeError);
  }
});

test('null, undefined and a property that is missing: nullable, optional, required', () => {
  assert.strictEqual(around({ nullable: list }, null), null);
  refuse(codec({ nullable: list }), undefined, 'opts', TypeError);
  assert.deepStrictEqual(around({ list: { nullable: 'string' } }, [null, '']), [null, '']);
  for (const given of [{}, { by: null }, { by: undefined }]) {
    assert.deepStrictEqual(around(options, { list: null, ...given }), { list: null });
  }
  assert.deepStrictEqual(around(entry, { total: 1, most: null }), { total: 1 });
  for (const given of [{}, { list: undefined }]) refuse(codec(options), given, 'opts.list', TypeError);
  const falsy = { bool: false, date: new Date(0), bytes: Buffer.alloc(0), int64: 0n };
  assert.deepStrictEqual(around({ struct: 'Scalars' }, falsy), falsy);
  assert.deepStrictEqual(around({ struct: 'Scalars' }, { unknown: Symbol('ignored') }), {});
});

test('arrays: empty, holes, of a size, subclasses; not what is merely like one', () => {
  assert.deepStrictEqual(around(list, []), []);
  refuse(codec(list), Object.assign(new Array(3), { 0: 1, 2: 3 }), 'opts[1]', TypeError);
  refuse(codec(list), new Array(2 ** 32 - 1), 'opts[0]', TypeError);
  class Special extends Array {}
  const back = around(list, Special.of(1, 2));
  assert.deepStrictEqual(back, [1, 2]);
  assert.strictEqual(Object.getPrototypeOf(back), Array.prototype);
  const pair = codec({ list: 'int', size: 2 });
  for (const value of [[], [1], [1, 2, 3]]) refuse(pair, value, 'opts.length', RangeError);
  assert.deepStrictEqual(pair.decode(pair.encode([1, 2], 'v')), [1, 2]);
  assert.deepStrictEqual(around({ list: 'int', size: 0 }, []), []);
  for (const size of [3, 5]) refuse(codec({ bytes: 4 }), new Uint8Array(size), 'opts.length', RangeError);
  refuse(codec({ bytes: 4 }), [1, 2, 3, 4], 'opts', TypeError);
  assert.deepStrictEqual(around({ bytes: 2 }, new Uint16Array([257])), Buffer.from([1, 1]));
});

test('objects: own and inherited properties of a struct, own enumerable ones of a map', () => {
  class Entry {
    get total() {
      return 7;
    }
  }
  assert.deepStrictEqual(around(entry, new Entry()), { total: 7 });
  assert.deepStrictEqual(around(entry, Object.create({ total: 8, most: 9 })), { total: 8, most: 9 });
  assert.deepStrictEqual(around(entry, Object.assign(Object.create(null), { total: 1 })), { total: 1 });
  const mixed = Object.create(null, { hidden: { value: 2 }, seen: { value: 3, enumerable: true } });
  mixed[Symbol('s')] = 4;
  assert.deepStrictEqual(around(map, mixed), { seen: 3 });
  for (const none of [
    new Entry(),
    new Map([['a', 1]]),
    new Set(['a']),
    new Date(),
    Object.create({ a: 1 }),
  ]) {
    assert.throws(() => around(map, none), { code: 'ERR_INVALID_ARG_TYPE', message: /a plain object/ });
  }
  const keys = ['b', 'a', '10', '9', '', 'é', 'constructor', 'hasOwnProperty'];
  const value = Object.fromEntries(keys.map((key, i) => [key, i]));
  assert.deepStrictEqual(around(map, value), value);
  assert.strictEqual(Object.getPrototypeOf(around(map, {})), Object.prototype);
});

test('each property, element and length is read once, whatever it is', () => {
  const reads = [];
  const watch = (value) =>
    new Proxy(value, {
      get(target, key) {
        reads.push(String(key));
        return typeof target[key] === 'object' && target[key] !== null ? watch(target[key]) : target[key];
      },
    });
  const value = { list: [{ total: 1 }, { total: 2, most: 3 }], by: { a: null } };
  assert.deepStrictEqual(around(options, watch(value)), value);
  const entries = ['total', 'most', 'total', 'most'];
  assert.deepStrictEqual(reads.sort(), ['list', 'length', '0', '1', ...entries, 'by', 'a'].sort());
  let times = 0;
  const changing = {
    get total() {
      return times++ === 0 ? 1 : 'changed';
    },
  };
  assert.deepStrictEqual(around(entry, changing), { total: 1 });
});

test('what a getter or a trap throws is passed on as it is', () => {
  const thrown = new Error('mine');
  const fail = () => {
    throw thrown;
  };
  const isMine = (error) => error === thrown;
  const traps = new Proxy({}, { get: fail, ownKeys: fail, has: fail });
  assert.throws(
    () =>
      there(options, {
        list: [],
        get by() {
          return fail();
        },
      }),
    isMine,
  );
  for (const schema of [entry, map]) assert.throws(() => there(schema, traps), isMine);
  assert.throws(() => there(list, new Proxy([1], { get: fail })), isMine);
  assert.deepStrictEqual(around(entry, { total: 1 }), { total: 1 }, 'and the next call is as before');
});

test('a value that changes while it is read is taken as it was read, or refused', () => {
  const shrinking = [1, 2, 3];
  Object.defineProperty(shrinking, 0, { get: () => shrinking.pop() });
  refuse(codec(list), shrinking, 'opts[2]', TypeError);
  const losing = {
    get a() {
      delete losing.b;
      return 1;
    },
    b: 2,
  };
  refuse(codec(map), losing, 'opts["b"]', TypeError);
  const nested = {
    get total() {
      return around(entry, { total: 5 }).total;
    },
  };
  assert.deepStrictEqual(around(entry, nested), { total: 5 }, 'a getter may itself have something encoded');
});

test('values may be nested 1000 levels deep and no further; a cycle is too deep', () => {
  const chain = (levels) => {
    let value = null;
    for (let i = 0; i < levels; i++) value = { next: value };
    return value;
  };
  assert.deepStrictEqual(around({ nullable: node }, chain(1000)), chain(1000));
  const inLists = (levels) => {
    let value = { next: null };
    for (let i = 0; i < levels; i++) value = { next: null, kids: [value] };
    return value;
  };
  assert.deepStrictEqual(around(node, inLists(499)), inLists(499));
  const cycle = { next: null };
  cycle.next = cycle;
  const kids = { next: null, kids: [] };
  kids.kids.push(kids);
  const by = { next: null, by: {} };
  by.by.self = by;
  for (const [value, path] of [
    [chain(1001), 'opts.next.next'],
    [cycle, 'opts.next.next'],
    [kids, 'opts.kids[0].kids'],
    [by, 'opts.by["self"].by'],
    [inLists(500), 'opts.kids[0].kids'],
  ]) {
    const error = refuse(codec(node), value, path, RangeError);
    assert.ok(error.message.includes('nested no deeper than 1000 levels'), error.message);
    assert.ok(error.message.length < 250);
  }
});

test('names that every object has are properties like any other, both ways', () => {
  const value = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}');
  for (const schema of [map, { struct: 'Proto' }]) {
    const back = around(schema, value);
    assert.deepStrictEqual(Object.entries(back), Object.entries(value));
    assert.strictEqual(Object.getPrototypeOf(back), Object.prototype);
  }
  const own = Object.getOwnPropertyDescriptor(around(map, value), '__proto__');
  assert.deepStrictEqual(own, { value: 1, enumerable: true, writable: true, configurable: true });
  assert.strictEqual({}.polluted, undefined);
  // Where they are not given they are not taken from Object.prototype either.
  assert.deepStrictEqual(around({ struct: 'Proto' }, { toString: 1 }), { toString: 1 });
  refuse(codec({ struct: 'Proto' }), {}, 'opts.toString', TypeError);
});

test('lone surrogates become U+FFFD in strings; in keys, where two could become one, they are refused', () => {
  assert.strictEqual(around('string', 'a\ud800b\udc00\u{1f600}'), 'a\ufffdb\ufffd\u{1f600}');
  const message = /^The "opts\["\\udfff"\]" argument must have a well-formed string as its key/;
  assert.throws(() => around(map, { '\udfff': 1 }), {
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message,
  });
});

test('objects of another context are what they are there', () => {
  const other = vm.runInNewContext(
    '({ list: [{ total: 1 }], by: { a: "b" }, at: new Date(5), bytes: new Uint8Array([1, 2]) })',
  );
  assert.deepStrictEqual(around(options, other), { list: [{ total: 1 }], by: { a: 'b' } });
  assert.deepStrictEqual(around({ struct: 'Scalars' }, { date: other.at, bytes: other.bytes }), {
    date: new Date(5),
    bytes: Buffer.from([1, 2]),
  });
  refuse(codec(options), vm.runInNewContext('({ list: {} })'), 'opts.list', TypeError);
});

test('a tuple has a schema for each of its elements', () => {
  const read = shapes.tuple(['int', { nullable: entry }, { list: 'int64' }]);
  assert.deepStrictEqual(read(Buffer.from('9301c09102', 'hex')), [1, null, [2n]]);
  assert.deepStrictEqual(shapes.tuple([])(Buffer.from('90', 'hex')), []);
});
