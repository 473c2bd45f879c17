// Calls what was generated for the fixtures: each kind of parameter and of result.

import assert from 'node:assert/strict';
import { later, upper } from './functions/index.mjs';
import { addon, Text, Type } from './names/index.mjs';
import { afterwards, count, findShape, free, IntSet, Plain, Shape, StringSet, Values } from './shapes/index.mjs';

const { signal } = new AbortController();

async function all(iteration) {
  const items = [];
  for await (const item of iteration) items.push(item);
  return items;
}

const shape = new Shape();
const echoed = {
  bool: [true, false],
  string: ['', 'ä😀'],
  float64: [0.1, -0, Infinity],
  float32: [0.5],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  rune: [65],
  int: [-(2 ** 53 - 1), 2 ** 53 - 1],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0, 255],
  byte: [255],
  uint16: [65535],
  uint32: [2 ** 32 - 1],
  uint: [0, 2 ** 53 - 1],
  uint64: [2n ** 64n - 1n],
  bytes: [Buffer.from('ab')],
  time: [new Date(0), new Date(-1)],
  wait: [1.5, -1],
  lang: ['en'],
  flags: [3],
  id: [-1],
  big: [2n ** 64n - 1n],
  size: [-1n],
  raw: [Buffer.from('ab')],
  octets: [Buffer.from('ab')],
  month: [3],
  level: [-3],
  ratio: [0.25],
};
for (const [name, list] of Object.entries(echoed)) {
  for (const value of list) assert.deepEqual(shape[name](value), value, name);
}

// 64-bit integers are numbers where a directive says so.
assert.equal(shape.int64AsNumber(3, 4), 7);
assert.equal(shape.uint64AsNumber(5), 5);
assert.equal(shape.numbers(3, [4], { a: 5 }), 3);
assert.throws(() => shape.int64AsNumber(3n, 4), { code: 'ERR_INVALID_ARG_TYPE' });
assert.throws(() => shape.uint64AsNumber(-1), { code: 'ERR_OUT_OF_RANGE' });

// Results of all kinds.
assert.equal(shape.nothing(), undefined);
assert.throws(() => shape.fail(), { code: 'ERR_MISSING', message: 'missing' });
assert.equal(shape.try(2), 2);
assert.equal(shape.self().token, shape.token);
assert.equal(shape.child(1), null);
assert.equal(await shape.later({ signal }), undefined);
assert.equal(await shape.laterFail('options', { signal }), undefined);
assert.deepEqual(await shape.laterBytes(), Buffer.alloc(0));
assert.equal(await shape.laterChild(1), null);
assert.equal(await shape.laterEntries(), null);
assert.equal(shape.about('x'), 'x');
assert.equal(shape.leave, undefined);
assert.equal(shape.lock, undefined);

// Constructors.
assert(Shape.open('path', { limit: 1, timeout: 5, deep: {} }) instanceof Shape);
assert((await Shape.create()) instanceof Shape);
assert((await Shape.loadFrom('path', { signal })) instanceof Shape);
assert.equal(Shape.hidden, undefined);
for (const Class of [Plain, IntSet, Values]) assert.throws(() => new Class(), TypeError);

// The properties of a struct are those of the types.
const item = shape.tryEntry();
const properties = `note More FromLower Word count Counts Few Many ID Data Hash Pair at Took by-name ByLang Anon Next
  Other - Bad Hidden`;
const missing = ['More']; // of an embedded pointer that is nil
assert.deepEqual(Object.keys(item), properties.split(/\s+/).filter((name) => !missing.includes(name)));

// Values that are encoded.
const values = await Values.create(null);
Object.assign(item, { More: true, count: 2, Counts: [1n], Few: [1], Many: [2], Anon: { A: 1, B: 'b' } });
Object.assign(item, { ByLang: { en: null }, Data: Buffer.from('d'), at: new Date(1) });
assert.deepEqual(values.struct(item), item);
assert.deepEqual(values.pointer(null, 1), null);
assert.deepEqual(values.slice([item, item]), [item, item]);
assert.deepEqual(values.map({ a: item }), { a: item });
assert.deepEqual(values.array([item, item]), [item, item]);
assert.deepEqual(values.byteArray(Buffer.from('abcd')), Buffer.from('abcd'));
assert.deepEqual(values.bytesList([Buffer.from('a')]), [Buffer.from('a')]);
assert.equal(values.nested([['a', null], null]), null);
assert.equal(values.bigints([1, 2n], [3, 4n]), null);
assert.equal(values.scalars(1, 'en', new Date()), null);
assert.deepEqual(values.tree({ Kids: [{ Kids: null }] }), { Kids: [{ Kids: null }] });
assert.deepEqual(values.empty({}, {}), {});
assert.equal(values.anonymous({ a: 1, B: null }), null);
assert.deepEqual(values.pairs({ Key: 'a', Value: 1 }, [{ Key: 'en', Value: [] }]), { Key: '', Value: null });
assert.equal(values.foreign({ id: 1 }, { note: '' }), null);
assert.deepEqual(values.names(['a'], { b: null }), ['a']);
assert.equal(values.optional(item), 0);
assert.equal(await values.optionalLater({ limit: 1, signal }), null);
assert.equal(values.optionalInline({ Fast: true }), 0);
assert.equal(values.rest('a', 'b', 'c'), 2);
assert.equal(values.restEntries(item), 1);
assert.equal(values.restBigints(1n, 2), 2);
assert.equal(await values.restLater(true, 'en', 'de', { signal }), 2);
assert.equal(values.handles(shape, values).token, shape.token);
assert.equal(values.each(() => {}, () => {}, () => {}), undefined);
values.unnamed('a', 'b', true);
assert.equal(values.renamed(), '');
assert.deepEqual(values.serial(3), [3]);

// Iterations, which are empty in the fixture.
const iterations = [values.seq(), values.seqFail(1, item), values.seq2(new Date(), { signal }), values.seq2Fail()];
iterations.push(values.chan(), values.chanFail({ limit: 1, signal }), values.seqRest('a', { signal }), count(3));
for (const each of iterations) assert.deepEqual(await all(each), []);

// Classes of generic types.
const set = new StringSet();
assert.equal(set.add('a'), true);
assert.equal(values.merge(set).token, set.token);

// Functions, and names that are taken elsewhere.
assert.equal(free(shape, 1), '');
assert.deepEqual(await afterwards([item]), [item]);
assert.equal(findShape('a'), null);
assert.equal(upper('a'), 'A');
assert.deepEqual(await later(Buffer.alloc(3), { signal }), { Same: 3 });
assert.equal(addon(), undefined);
assert.throws(() => Text.open(), { code: 'ERR_NIL_RESULT', message: /^Text\.open\(\) made no object/ });
for (const name of ['url', 'htmlText', 'ids', 'addURLsOf', 'utf8', 'x509Cert', 'snake_Case', 'ärger', 'delete']) {
  assert.equal(typeof Type.prototype[name], 'function', name);
}
