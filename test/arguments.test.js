'use strict';

// Arguments and results of every kind but bytes, in both directions; see bytes.test.js for those.

const assert = require('node:assert');
const { test } = require('node:test');
const { loadTestAddon } = require('./support/addon.js');
const { eventually } = require('./support/wait.js');

const { Counter, Echo } = loadTestAddon();

const safe = Number.MAX_SAFE_INTEGER;
const most = 2n ** 63n - 1n;
const least = -(2n ** 63n);

// kind: [given, expected]; expected is the same as given unless told.
const echoed = {
  bool: [[true], [false]],
  number: [[0], [-0], [1.5], [NaN], [Infinity], [-Infinity], [5e-324], [1.7976931348623157e308], [2 ** 53]],
  integer: [[0], [-0, 0], [1], [-1], [safe], [-safe], [2 ** 31], [2 ** 32 + 1], [-(2 ** 31) - 1]],
  int64: [[0n], [most], [least], [-1n], [5, 5n], [-0, 0n], [safe, BigInt(safe)], [-safe, BigInt(-safe)]],
  string: [[''], ['a'], ['a\0b'], ['hé € 😀'], ['\ufeffmark'], ['x'.repeat(2 ** 20)], ['€'.repeat(400_000)]],
};
const lone = [
  ['\ud800', '\ufffd'],
  ['a\udc00b', 'a\ufffdb'],
  ['\udc00\ud800', '\ufffd\ufffd'],
];
echoed.string.push(...lone);
// Around the room that the shim keeps on its stack, for an argument and for a result.
for (const n of [509, 510, 511, 512, 513, 514, 1023, 1024, 1025]) {
  echoed.string.push(['s'.repeat(n)], ['é'.repeat(n / 2)]);
}
echoed.any = [
  [undefined],
  [null],
  ...echoed.bool,
  ...echoed.number,
  ...echoed.string,
  ...[[0n], [most], [least]],
];

const expectedOf = (pair) => (pair.length === 2 ? pair[1] : pair[0]);

for (const [kind, pairs] of Object.entries(echoed)) {
  test(`FAULTS 32: ${kind}: every value comes back as it went, sync and async, optional or not`, async () => {
    for (const pair of pairs) {
      const [given] = pair;
      const expected = expectedOf(pair);
      assert.ok(Object.is(Echo[kind](given), expected), String(given).slice(0, 40));
      assert.ok(Object.is(await Echo[`${kind}Async`](given), expected));
      if (given === undefined) continue;
      assert.ok(Object.is(Echo[`${kind}Optional`](given), expected));
      assert.ok(Object.is(await Echo[`${kind}OptionalAsync`](given), expected));
    }
  });
}

const type = { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' };
const range = { code: 'ERR_OUT_OF_RANGE', name: 'RangeError' };

const never = [{}, [], () => {}, Symbol('s'), new Date(0), new Map(), new Proxy({}, {}), /x/];
// A wrong argument of each kind, and what it is refused with.
const refused = {
  any: never.map((given) => [given, type]),
  bool: [0, 1, 'true', null, undefined, 1n, new Boolean(true), ...never].map((given) => [given, type]),
  number: ['1', null, undefined, true, 1n, new Number(1), ...never].map((given) => [given, type]),
  integer: [
    ...['1', null, undefined, true, 1n, new Number(1), ...never].map((given) => [given, type]),
    ...[0.5, -0.5, NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300, 5e-324].map((given) => [
      given,
      range,
    ]),
  ],
  int64: [
    ...['1', null, undefined, true, Object(1n), ...never].map((given) => [given, type]),
    ...[most + 1n, least - 1n, 2n ** 64n, 2n ** 200n, 0.5, NaN, Infinity, 2 ** 53].map((given) => [
      given,
      range,
    ]),
  ],
  string: [1, null, undefined, true, 1n, new String('s'), ...never].map((given) => [given, type]),
  bytes: [1, 's', null, undefined, true, 1n, ...never].map((given) => [given, type]),
  data: [1, null, undefined, true, 1n, ...never].map((given) => [given, type]),
};

for (const [kind, pairs] of Object.entries(refused)) {
  test(`FAULTS 32: ${kind}: a wrong value is refused with an error that names the argument`, async () => {
    for (const [given, expected] of pairs) {
      const error = { ...expected, message: new RegExp(`"${kind}"`) };
      assert.throws(() => Echo[kind](given), error);
      // Never by a throw: an async function answers by its promise.
      await assert.rejects(Echo[`${kind}Async`](given), error);
    }
  });
}

test('too few arguments are refused with an error that names the missing one', async () => {
  const error = { code: 'ERR_MISSING_ARGS', name: 'TypeError', message: /Echo\.\w+\(\).*"string"/ };
  assert.throws(() => Echo.string(), error);
  await assert.rejects(Echo.stringAsync(), error);
  const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
  for (let n = 0; n < 12; n++) {
    assert.throws(() => Echo.twelve(...names.slice(0, n)), {
      code: 'ERR_MISSING_ARGS',
      message: new RegExp(`"p${n}"`),
    });
  }
  const counter = Counter.open();
  assert.throws(() => counter.add(), { code: 'ERR_MISSING_ARGS', message: /Counter\.add\(\).*"n"/ });
  counter.freeSync();
});

test('too many arguments are refused with an error that names what there may be', async () => {
  const error = {
    code: 'ERR_TOO_MANY_ARGS',
    name: 'TypeError',
    message: /at most 1 \(string\)( and an object with a signal)?, not 2/,
  };
  assert.throws(() => Echo.string('a', 'b'), error);
  await assert.rejects(Echo.stringAsync('a', 'b'), error);
  for (const n of [13, 14, 15, 30, 1000]) {
    const many = Array.from({ length: n }, () => 'x');
    assert.throws(() => Echo.twelve(...many), {
      code: 'ERR_TOO_MANY_ARGS',
      message: new RegExp(`, not ${n}$`),
    });
  }
  const counter = Counter.open();
  assert.throws(() => counter.value(1), {
    code: 'ERR_TOO_MANY_ARGS',
    message: /takes no arguments, not 1/,
  });
  counter.freeSync();
});

test('twelve arguments, long and short ones mixed, arrive in their order', async () => {
  for (const long of [1, 60, 200, 600, 70_000]) {
    const given = Array.from({ length: 12 }, (_, i) => String(i).repeat(i % 3 === 0 ? long : 1));
    assert.strictEqual(Echo.twelve(...given), given.join('|'));
    assert.strictEqual(await Echo.twelveAsync(...given), given.join('|'));
  }
});

test('an optional argument may be left out or undefined, and is else checked like any', async () => {
  for (const kind of Object.keys(refused)) {
    assert.strictEqual(Echo[`${kind}Optional`](), 'absent');
    assert.strictEqual(Echo[`${kind}Optional`](undefined), 'absent');
    assert.strictEqual(await Echo[`${kind}OptionalAsync`](), 'absent');
    assert.strictEqual(await Echo[`${kind}OptionalAsync`](undefined), 'absent');
    assert.strictEqual(await Echo[`${kind}OptionalAsync`](undefined, undefined), 'absent');
    assert.strictEqual(await Echo[`${kind}OptionalAsync`]({}), 'absent'); // options
    assert.throws(() => Echo[`${kind}Optional`](Symbol('s')), type);
    await assert.rejects(Echo[`${kind}OptionalAsync`](Symbol('s')), type);
  }
  assert.strictEqual(Echo.anyOptional(null), null);
  assert.throws(() => Echo.stringOptional(null), type);
});

test('FAULTS 26: a zero result and a failed call are never mistaken for one another', async () => {
  const zeros = {
    value: undefined,
    undefined: undefined,
    null: null,
    bool: false,
    number: 0,
    integer: 0,
    int64: 0n,
    string: '',
    bytes: Buffer.alloc(0),
  };
  for (const [how, expected] of Object.entries(zeros)) {
    assert.deepStrictEqual(Echo.zero(how), expected);
    assert.deepStrictEqual(await Echo.zeroAsync(how), expected);
  }
  assert.throws(() => Echo.zero('?'), { message: 'no such kind' });
  await assert.rejects(Echo.zeroAsync('?'), { message: 'no such kind' });
});

test('FAULTS 32: an integer result beyond the safe ones is a RangeError, not a rounded number', async () => {
  for (const [name, value] of [
    ['unsafeInteger', 2n ** 60n],
    ['minInteger', least],
  ]) {
    const error = { ...range, message: new RegExp(`${value}.*safe integers`) };
    assert.throws(() => Echo[name](), error);
    assert.throws(() => Echo[name](), RangeError);
    await assert.rejects(Echo[`${name}Async`](), error);
  }
});

test('a result that is not UTF-8 becomes U+FFFD where it is not', async () => {
  assert.strictEqual(Echo.invalidUTF8(), 'a\ufffdb\ufffd');
  assert.strictEqual(await Echo.invalidUTF8Async(), 'a\ufffdb\ufffd');
});

test('a result too long for a string is an error, and the process goes on', () => {
  const { MAX_STRING_LENGTH } = require('node:buffer').constants;
  assert.throws(() => Echo.stringOf(MAX_STRING_LENGTH + 1), { code: 'ERR_STRING_TOO_LONG' });
  assert.strictEqual(Echo.stringOf(2 ** 20).length, 2 ** 20);
});

test('a handle argument: one of its class is entered, any other value is refused by name', async () => {
  const [a, b] = [Counter.open(5), Counter.open(7)];
  assert.strictEqual(a.addFrom(b), 12);
  assert.strictEqual(await a.addFromAsync(b), 19);
  assert.strictEqual(a.addFrom(a), 38);
  const given = [
    undefined,
    null,
    1,
    b.token,
    {},
    Counter,
    Counter.prototype,
    Object.create(Counter.prototype),
  ];
  for (const wrong of [...given, new Proxy(b, {})]) {
    assert.throws(() => a.addFrom(wrong), { name: 'TypeError' });
    await assert.rejects(a.addFromAsync(wrong), { name: 'TypeError' });
  }
  assert.throws(() => a.addFrom('x'), { ...type, message: /"other".*Counter/ });
  await b.free();
  assert.throws(() => a.addFrom(b), { code: 'ERR_HANDLE_FREED', message: /"other"/ });
  await assert.rejects(a.addFromAsync(b), { code: 'ERR_HANDLE_FREED', message: /"other"/ });
  assert.strictEqual(a.value(), 38);
  a.freeSync();
});

test('a handle argument of an async call stays entered until the call is over', async () => {
  const [a, b] = [Counter.open(1), Counter.open(2)];
  const closed = Counter.closed();
  const call = a.addFromAsync(b, 150);
  assert.strictEqual(b.freeSync({ deadline: 10 }), 'timed-out');
  assert.strictEqual(Counter.closed(), closed);
  assert.strictEqual(await call, 3);
  await a.free();
  await eventually(() => Counter.closed() === closed + 2);
  assert.strictEqual(Counter.usedAfterClose(), 0);
});
