'use strict';

// Structs by the rules of encoding/json: what is left out and may be left out, embedded structs, awkward names, and
// how deep values may be nested. What Go's own encoding/json says of the same value is the judge.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { shapes } = require('./support/toolkit.js');

const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
const zeroes = {
  text: '',
  count: 0,
  flag: false,
  list: [],
  map: {},
  pointer: null,
  scalar: null,
  array: [0, 0],
};

/** What both sides say of an Optional: its properties, in their order. */
function properties(text) {
  const value = shapes.optionalOf(text);
  const json = shapes.optionalJSON(value);
  assert.deepEqual(Object.keys(value), Object.keys(JSON.parse(json)), text);
  return Object.keys(value);
}

test('omitempty and omitzero leave out what encoding/json leaves out', () => {
  const always = ['never', 'required'];
  assert.deepEqual(properties('{}'), always);
  assert.deepEqual(properties(JSON.stringify(zeroes)), always);
  assert.deepEqual(properties('{"scalar":0}'), ['scalar', ...always], 'a pointer to zero is not nil');
  assert.deepEqual(properties('{"point":{"X":0,"Y":1}}'), ['point', ...always]);
  const full = {
    ...{
      text: 'a',
      count: 1,
      big: 5,
      flag: true,
      list: [0],
      map: { a: 0 },
      pointer: { X: 0, Y: 0 },
      scalar: 0,
    },
    ...{
      at: '2024-01-01T00:00:00Z',
      point: { X: 1, Y: 0 },
      never: { X: 0, Y: 0 },
      array: [0, 1],
      required: '',
    },
  };
  assert.deepEqual(properties(JSON.stringify(full)), Object.keys(full));
});

test('what may be left out stands for the zero value when it is undefined, null or not there', () => {
  const least = { required: 'r', never: { X: 0, Y: 0 } };
  const names = ['text', 'count', 'big', 'flag', 'list', 'map', 'pointer', 'scalar', 'at', 'point', 'array'];
  for (const nothing of [undefined, null]) {
    const given = { ...least, ...Object.fromEntries(names.map((name) => [name, nothing])) };
    assert.deepEqual(shapes.echoOptional(given), { never: { X: 0, Y: 0 }, required: 'r' });
  }
  assert.deepEqual(shapes.echoOptional({ required: 'r' }), { never: { X: 0, Y: 0 }, required: 'r' });
  assert.equal(shapes.optionalJSON({ required: '' }), '{"never":{"X":0,"Y":0},"required":""}');
});

test('what may not be left out is named when it is missing; what may be is checked when it is there', () => {
  for (const required of [undefined, null, 5]) {
    assert.throws(() => shapes.echoOptional({ required }), {
      ...type,
      message: /^The "v\.required" argument/,
    });
  }
  for (const [name, value] of Object.entries({
    text: 5,
    count: '1',
    flag: 0,
    list: {},
    at: 0,
    point: [],
    never: 5,
  })) {
    const message = new RegExp(`^The "v\\.${name}" argument must be`);
    assert.throws(() => shapes.echoOptional({ required: '', [name]: value }), { ...type, message });
  }
  assert.throws(() => shapes.echoOptional({ required: '', array: [1] }), {
    ...range,
    message: /"v\.array\.length"/,
  });
  assert.throws(() => shapes.echoOptional({ required: '', point: { X: 1 } }), {
    ...type,
    message: /"v\.point\.Y"/,
  });
});

const embedded = { id: 1, note: 'n', inner: 'i', named: { id: 2, kind: 'k' }, own: true };

test('embedded structs are flattened; of two properties of one name there is none', () => {
  assert.deepEqual(shapes.echoEmbedded(embedded), embedded);
  assert.deepEqual(JSON.parse(shapes.embeddedJSON(embedded)), embedded);
  assert.ok(!('kind' in shapes.embeddedOf('{"kind":"k"}')));
  const without = { id: 1, inner: 'i', named: { id: 2, kind: 'k' }, own: true };
  assert.throws(() => shapes.echoEmbedded({ ...embedded, id: undefined }), { ...type, message: /"v\.id"/ });
  assert.throws(() => shapes.echoEmbedded({ ...embedded, named: { id: 1 } }), {
    ...type,
    message: /"v\.named\.kind"/,
  });
  assert.deepEqual(JSON.parse(shapes.embeddedJSON(shapes.embeddedOf(JSON.stringify(without)))), without);
});

test('of an embedded pointer that is nil the properties are left out, as encoding/json does', () => {
  const value = shapes.embeddedOf('{}');
  assert.deepEqual(value, { id: 0, inner: '', named: { id: 0, kind: '' }, own: false });
  assert.deepEqual(shapes.echoEmbedded(value), value);
});

test("a struct's own field hides an embedded one of its name", () => {
  assert.deepEqual(shapes.echoShadow({ id: 1, kind: 2 }), { id: 1, kind: 2 });
  assert.equal(shapes.shadowJSON({ id: 1, kind: 2 }), '{"id":1,"kind":2}');
  assert.throws(() => shapes.echoShadow({ id: 1, kind: 'k' }), { ...type, message: /"v\.kind"/ });
});

test('properties may have names that mean something to JavaScript', () => {
  const value = JSON.parse('{"__proto__":1,"constructor":"c","toString":true,"a b.c[0]":2,"then":3}');
  const back = shapes.echoAwkward(value);
  assert.deepEqual(Object.getOwnPropertyDescriptors(back), Object.getOwnPropertyDescriptors(value));
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.deepEqual(JSON.parse(shapes.awkwardJSON(value)), value);
  const { ['__proto__']: _, ...plain } = value;
  assert.throws(
    () => shapes.echoAwkward(plain),
    { ...type, message: /"v\.__proto__"/ },
    'the one of all objects',
  );
  const { constructor: _constructor, ...rest } = value;
  const missing = { ...type, message: /^The "v\.constructor" argument .* Received undefined$/ };
  assert.throws(() => shapes.echoAwkward(rest), missing, 'what every object inherits was not given');
});

test('a type that contains itself', () => {
  const leaf = (name) => ({ name });
  const tree = {
    name: 'root',
    left: { name: 'left', left: leaf('further') },
    children: [leaf('a'), { name: 'b', children: [leaf('c')] }],
    named: { x: leaf('x'), y: null },
  };
  assert.deepEqual(shapes.echoTree(tree), tree);
  assert.deepEqual(JSON.parse(shapes.treeJSON(tree)), tree);
  tree.children[1].children[0].name = 5;
  assert.throws(() => shapes.echoTree(tree), {
    ...type,
    message: /^The "v\.children\[1\]\.children\[0\]\.name" /,
  });
});

/** A tree of that depth. */
function nested(depth) {
  let tree = null;
  for (let i = 0; i < depth; i++) tree = tree ? { name: '', left: tree } : { name: '' };
  return tree;
}

test('values may be nested 1000 levels deep, in both directions, and no deeper', () => {
  assert.equal(shapes.depth(nested(1000), true), 1000);
  assert.deepEqual(shapes.deep(1000), nested(1000));
  assert.throws(() => shapes.depth(nested(1001), true), {
    ...range,
    message: /nested no deeper than 1000 levels/,
  });
  assert.throws(() => shapes.deep(1001), { ...range, message: /nested deeper than 1000 levels/ });
  assert.throws(() => shapes.depth(nested(1e5), true), range);
  assert.throws(() => shapes.deep(1e5), range);
});

test('a value that contains itself is refused, in both directions, with a message of some length', () => {
  const round = { name: '' };
  round.left = round;
  const error = (thrown) => {
    assert.deepEqual([thrown.name, thrown.code], [range.name, range.code]);
    return thrown.message.length < 500;
  };
  assert.throws(() => shapes.echoTree(round), error);
  assert.throws(() => shapes.cycle(), error);
});
