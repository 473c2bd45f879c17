'use strict';

// Results that JavaScript may not be able to hold: integers beyond 2 ** 53 - 1, dates, texts that are not UTF-8. The
// call fails, and its error names the place; nothing is rounded.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { called, collect, shapes } = require('./support/toolkit.js');
const { expectChild } = require('./support/bodies.js');

const safe = Number.MAX_SAFE_INTEGER;
const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
const beyond = ['9007199254740992', '-9007199254740992', '9223372036854775807', '-9223372036854775808'];

test('int: within 2 ** 53 - 1 it is a number, beyond it the call fails', async () => {
  const { intOf, intLater } = shapes;
  for (const n of [0, 1, -1, 2 ** 31, 2 ** 32, -(2 ** 40), safe, -safe]) {
    assert.equal(intOf(String(n)), n);
    assert.equal(await intLater(String(n)), n);
  }
  for (const text of beyond) {
    const error = { ...range, message: `the result ${text} is beyond the safe integers` };
    assert.throws(() => intOf(text), error);
    await assert.rejects(intLater(text), error);
  }
});

test('uint, int64 and uint64 as numbers, and a type of them: the same', () => {
  const { uintOf, numberOf, unsignedOf, idOf } = shapes;
  assert.equal(uintOf(String(safe)), safe);
  assert.equal(numberOf(String(safe - 1), 1), safe);
  assert.equal(numberOf(String(-safe), 0), -safe);
  assert.equal(unsignedOf(String(safe - 2), 2), safe);
  assert.equal(idOf('-5'), -5);
  for (const text of beyond) {
    assert.throws(() => numberOf(text, 0), range);
    assert.throws(() => idOf(text), range);
  }
  for (const text of ['9007199254740992', '18446744073709551615']) {
    assert.throws(() => uintOf(text), range);
    assert.throws(() => unsignedOf(text, 0), range);
  }
  assert.throws(() => numberOf('1', 2 ** 53), { ...range, message: /"plus"/ });
  assert.throws(() => numberOf('1', 1n), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => unsignedOf('1', -1), { ...range, message: /"plus"/ });
});

test('int64 and uint64 as numbers: by a directive at a method, by the tag of a field', async () => {
  const task = new shapes.Task();
  assert.deepEqual([task.twice(-5), await task.twiceLater(2 ** 51)], [-10, 2 ** 52]);
  assert.throws(() => task.twice(2 ** 52), range);
  await assert.rejects(task.twiceLater(2 ** 52), range);
  for (const n of [1n, '1']) {
    assert.throws(() => task.twice(n), { code: 'ERR_INVALID_ARG_TYPE', message: /"n"/ });
    await assert.rejects(task.twiceLater(n), { code: 'ERR_INVALID_ARG_TYPE', message: /"n"/ });
  }
  await assert.rejects(task.twiceLater(-1), { ...range, message: /"n"/ });
  task.freeSync();
  const [, , { tagged }] = shapes.totalsWith('tagged', '-7');
  assert.deepEqual([tagged, shapes.totalsWith('marked', '7')[2].marked], [-7, [1, 7]]);
});

test('int64 and uint64 are bigints, whatever their value', () => {
  const { int64Of, uint64Of } = shapes;
  for (const n of [0n, 1n, -1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]) assert.equal(int64Of(`${n}`), n);
  for (const n of [0n, 1n, 2n ** 63n, 2n ** 64n - 1n]) assert.equal(uint64Of(`${n}`), n);
});

test('float32 arrives as exactly what it is', () => {
  const { float32Of } = shapes;
  for (const text of ['0.1', '16777217', '3.4028234e38', '1e-45', '-0', 'NaN', '-Inf']) {
    const n = text === '-Inf' ? -Infinity : Number(text);
    assert.equal(float32Of(text), Math.fround(n));
  }
});

test('the error names the place in an object, a list, a map, an array, through pointers', () => {
  const { totalsWith } = shapes;
  const n = '9007199254740992';
  const places = {
    total: 'the result\\[2\\]\\.total',
    size: 'the result\\[2\\]\\.size',
    byWord: 'the result\\[2\\]\\.byWord\\["b c"\\]',
    tagged: 'the result\\[2\\]\\.tagged',
    marked: 'the result\\[2\\]\\.marked\\[1\\]',
    grid: 'the result\\[2\\]\\.grid\\[1\\]\\[0\\]',
    inner: 'the result\\[2\\]\\.inner\\.total',
    days: 'the result\\[2\\]\\.days\\[1\\]',
  };
  for (const [place, where] of Object.entries(places)) {
    assert.throws(() => totalsWith(place, n), { ...range, message: new RegExp(`^${where} `) });
  }
  assert.equal(totalsWith('big', n)[2].big, 2n ** 53n);
  const [, , last] = totalsWith('total', String(safe));
  assert.deepEqual(last.total, safe);
  assert.deepEqual(totalsWith('byWord', String(-safe))[2].byWord, { a: 1, 'b c': -safe });
});

test('an item of an iterator that cannot be held ends the iteration, after those before it', async () => {
  const totals = [];
  const iterate = async () => {
    for await (const { total } of shapes.countTo(2 ** 52)) totals.push(total);
  };
  await assert.rejects(iterate(), { ...range, message: /^an item\.total 9007199254740992 / });
  assert.deepEqual(totals, [0, 1, 2]);
  assert.equal((await collect(shapes.countTo(1)))[3].total, 2);
});

test('an argument of a callback that cannot be held is an uncaught error, and the function is not called', async () => {
  assert.deepEqual(await called((f) => shapes.callBeyond(2 ** 40, f)), [[2 ** 41]]);
  const { result } = await expectChild(async ({ shapes, eventually, print }) => {
    const errors = [];
    const calls = [];
    process.on('uncaughtException', (error) => errors.push([error.name, error.code, error.message]));
    shapes.callBeyond(2 ** 52, (...args) => calls.push(args));
    shapes.callBeyondIn(2 ** 52, (...args) => calls.push(args));
    await eventually(() => errors.length === 2);
    print({ errors, calls });
  });
  assert.deepEqual(result.calls, []);
  for (const [name, code, message] of result.errors) {
    assert.deepEqual([name, code], ['RangeError', 'ERR_OUT_OF_RANGE']);
    assert.match(message, /argument.*9007199254740992/);
  }
});

test('a string of bytes that are not UTF-8 has U+FFFD in their place; a lone surrogate goes in as that', () => {
  const { textOf, bytesOf } = shapes;
  assert.equal(textOf(Buffer.from([0x61, 0xff, 0xc3, 0x28, 0])), 'a\ufffd\ufffd(\0');
  assert.equal(textOf(Buffer.from('日本')), '日本');
  assert.equal(bytesOf('\ud800x').toString('hex'), 'efbfbd78');
  assert.equal(bytesOf('a\0\u{1f600}').toString(), 'a\0\u{1f600}');
  const long = 'é'.repeat(2e6);
  assert.equal(textOf(Buffer.from(long)), long);
});
