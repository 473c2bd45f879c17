'use strict';

// Bytes, dates and durations: they cross as copies, on both ways.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const vm = require('node:vm');
const { Worker } = require('node:worker_threads');
const { called, collect, shapes } = require('./support/toolkit.js');

const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
const wrong = [
  undefined,
  null,
  'text',
  1,
  [1, 2],
  {},
  { length: 1, 0: 1 },
  Symbol('s'),
  new Map(),
  new Date(),
];

/** Bytes 1 to 8 in everything that holds bytes, and some of what is empty. */
function holders() {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const shared = new SharedArrayBuffer(8);
  new Uint8Array(shared).set(bytes);
  const { buffer } = bytes;
  return [
    ...[bytes, buffer, shared, Buffer.from(bytes), new DataView(buffer), new Uint16Array(buffer)],
    ...[
      new BigInt64Array(buffer),
      new Float64Array(buffer),
      new Uint8Array(shared),
      new Uint8ClampedArray(bytes),
    ],
    vm.runInNewContext('Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)'),
    new Uint8Array(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9).buffer, 1, 8),
  ];
}

function empty() {
  const detached = [new Uint8Array(4), new DataView(new ArrayBuffer(4)), new Float32Array(2)];
  for (const { buffer } of detached) structuredClone(buffer, { transfer: [buffer] });
  return [
    new Uint8Array(),
    new ArrayBuffer(0),
    new SharedArrayBuffer(0),
    Buffer.of(),
    ...detached,
    detached[0].buffer,
  ];
}

for (const name of ['Bytes', 'Blob']) {
  const probe = new shapes[`${name}Probe`]();
  const around = (others) => ({
    plain: Buffer.of(),
    pointer: null,
    list: null,
    array: [Buffer.of()],
    map: null,
    ...others,
  });
  const roads = {
    v: (v) => probe.echo(v),
    'v.plain': (plain) => probe.echoRoads(around({ plain })).plain,
    'v.pointer': (pointer) => probe.echoRoads(around({ pointer })).pointer,
    'v.list[0]': (v) => probe.echoRoads(around({ list: [v] })).list[0],
    'v.array[0]': (v) => probe.echoRoads(around({ array: [v] })).array[0],
    'v.map["k"]': (v) => probe.echoRoads(around({ map: { k: v } })).map.k,
    'v[0]': (v) => probe.echoRest(v)[0],
  };

  test(`${name}: whatever holds bytes is taken, and comes back as a Buffer of its own`, () => {
    for (const [road, pass] of Object.entries(roads)) {
      for (const bytes of holders()) {
        const back = pass(bytes);
        assert.ok(Buffer.isBuffer(back), road);
        assert.equal(back.toString('hex'), '0102030405060708', road);
        back[0] = 9;
        assert.equal(pass(bytes)[0], 1);
      }
    }
  });

  test(`${name}: what is empty or detached is empty`, () => {
    for (const pass of Object.values(roads)) {
      for (const bytes of empty()) assert.deepEqual(pass(bytes), Buffer.of());
    }
  });

  test(`${name}: anything else is refused, and the error names the place`, async () => {
    for (const [road, pass] of Object.entries(roads)) {
      for (const value of wrong) {
        if (road === 'v.pointer' && value === null) continue;
        const message = new RegExp(
          `^The "${road.replace(/[[\]]/g, '\\$&')}" argument must be an instance of`,
        );
        assert.throws(() => pass(value), { ...type, message });
      }
    }
    await assert.rejects(probe.echoLater('text'), type);
  });

  test(`${name}: by a promise, from iterators and to callbacks`, async () => {
    const bytes = Buffer.from('bytes');
    const there = [
      await probe.echoLater(bytes),
      ...(await collect(probe.yield(bytes))),
      ...(await called((f) => probe.call(bytes, f))).flat(),
      ...(await called((f) => probe.callTwice(bytes, f))).flat(),
    ];
    assert.deepEqual(there, Array(5).fill(bytes));
    assert.ok(there.every(Buffer.isBuffer));
  });
}

test('nil comes out as an empty Buffer; what is empty is not nil in Go', () => {
  assert.deepEqual(shapes.manyBytes(-1), Buffer.of());
  assert.deepEqual(shapes.manyBytes(0), Buffer.of());
  assert.equal(shapes.isNil(Buffer.of()), 'false 0 true');
});

test('bytes of all sizes arrive whole', () => {
  for (const size of [1, 255, 256, 4095, 4096, 65535, 65536, 1 << 20]) {
    const bytes = shapes.manyBytes(size);
    assert.equal(bytes.length, size);
    for (const i of [0, size >> 1, size - 1]) assert.equal(bytes[i], i & 255);
    assert.ok(new shapes.BytesProbe().echo(bytes).equals(bytes));
  }
});

test("borrowed bytes are the caller's own memory; others are a copy", async () => {
  for (const [name, sees] of [
    ['seesChange', true],
    ['seesChangeInCopy', false],
  ]) {
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker(
      `const { workerData } = require('node:worker_threads');
      for (let i = 0; i < 100_000; i++) { Atomics.add(workerData, 0, 1); Atomics.wait(workerData, 1, 0, 1); }`,
      { eval: true, workerData: shared },
    );
    while (Atomics.load(shared, 0) === 0) Atomics.wait(shared, 1, 0, 1); // until the worker has begun to write
    assert.equal(shapes[name](shared, sees ? 20_000 : 200), sees, name);
    await worker.terminate();
  }
});

test('whatever holds bytes can be borrowed; a result has a copy of them', () => {
  for (const bytes of holders()) {
    const back = shapes.borrowed(bytes);
    assert.equal(back.toString('hex'), '0102030405060708');
    back[0] = 9;
    assert.equal(shapes.borrowed(bytes)[0], 1);
  }
  for (const bytes of empty()) assert.deepEqual(shapes.borrowed(bytes), Buffer.of());
  for (const value of wrong) assert.throws(() => shapes.borrowed(value), type);
});

test('what Go writes to borrowed bytes is where they are, and nowhere else', () => {
  for (const bytes of holders()) {
    const memory = Buffer.from(bytes.buffer ?? bytes);
    const outside = Buffer.from(memory);
    outside.fill(7, bytes.byteOffset ?? 0, (bytes.byteOffset ?? 0) + bytes.byteLength);
    shapes.fill(bytes, 7);
    assert.deepEqual(memory, outside);
  }
});

test('an async method has a copy: what is done to the bytes afterwards does not reach it', async () => {
  const bytes = new Uint8Array(1000).fill(1);
  const shared = new Uint8Array(new SharedArrayBuffer(1000)).fill(1);
  const sums = [shapes.sumLater(bytes, 20), shapes.sumLater(shared, 20)];
  shared.fill(7);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  assert.deepEqual(await Promise.all(sums), [1000, 1000]);
});

test('[N]byte takes exactly N bytes', () => {
  assert.deepEqual(shapes.echoHash(Uint8Array.of(1, 2, 3, 4)), Buffer.of(1, 2, 3, 4));
  assert.deepEqual(shapes.echoHash(Uint16Array.of(1, 2)), Buffer.of(1, 0, 2, 0));
  for (const length of [0, 3, 5]) {
    const message = /^The value of "v\.length" is out of range\. It must be 4\. Received/;
    assert.throws(() => shapes.echoHash(new Uint8Array(length)), { ...range, message });
  }
  for (const value of wrong) assert.throws(() => shapes.echoHash(value), { ...type, message: /^The "v" / });
});

test('time.Time: a Date goes in as local time, and comes out to the millisecond', async () => {
  const probe = new shapes.TimeProbe();
  const { timeOf, zoneOf, showMore } = shapes;
  const roads = (at) => ({ plain: at, pointer: at, list: [at], array: [at], map: { k: at } });
  const times = [0, 1, -1, 1.7e12, 8.64e15, -8.64e15, Date.UTC(1, 0, 1), Date.UTC(-1, 0, 1)];
  for (const at of times.map((ms) => new Date(ms))) {
    assert.deepEqual(probe.echo(at), at);
    assert.deepEqual(await probe.echoLater(at), at);
    assert.deepEqual(probe.echoRoads(roads(at)), roads(at));
    assert.deepEqual(await collect(probe.yield(at)), [at]);
    assert.deepEqual(await called((f) => probe.call(at, f)), [[at]]);
  }
  const given = [0n, 0n, Buffer.of(), new Date(1), 0, '', 0, 0, 0n, Buffer.of(), false, 0];
  assert.match(showMore(...given), /1970-01-01T00:00:00.001Z/);
  assert.equal(zoneOf(new Date()), 'Local');
  assert.equal(timeOf('2024-01-02T03:04:05.678999999+01:00').toISOString(), '2024-01-02T02:04:05.678Z');
  assert.equal(timeOf('1969-12-31T23:59:59.9985Z').getTime(), -2, 'down, not towards 1970');
  assert.ok(
    vm.runInNewContext('new Date(5)') && probe.echo(vm.runInNewContext('new Date(5)')).getTime() === 5,
  );
});

test('time.Time: what is no Date or no valid one is refused, and what a Date cannot hold fails', () => {
  const probe = new shapes.TimeProbe();
  for (const value of [undefined, null, 0, '2024-01-01', {}, Object.create(new Date())]) {
    assert.throws(() => probe.echo(value), {
      ...type,
      message: /^The "v" argument must be an instance of Date/,
    });
    assert.throws(() => probe.echoRest(new Date(), value), { ...type, message: /^The "v\[1\]" argument/ });
  }
  const message = /"v.*a valid date/;
  assert.throws(() => probe.echo(new Date(Number.NaN)), { ...range, message });
  assert.throws(() => probe.echoRest(new Date(8.64e15 + 1)), { ...range, message });
  assert.equal(shapes.yearOf(275760).getUTCFullYear(), 275760);
  for (const year of [275761, -271822, 1e6]) assert.throws(() => shapes.yearOf(year), range);
});

test('time.Duration: ms with fractions, rounded to nanoseconds', () => {
  const { durationOf } = shapes;
  for (const ns of [0n, 1n, -1n, 1_500_000n, 2n ** 53n - 1n]) assert.equal(durationOf(ns), Number(ns) / 1e6);
  assert.equal(durationOf(2n ** 63n - 1n), 9223372036854.775);
  const ns = (ms) =>
    /Z\|(-?\d+)\|/.exec(
      shapes.showMore(0, 0, Buffer.of(), new Date(), ms, '', 0, 0, 0, Buffer.of(), true, 0),
    )[1];
  assert.deepEqual([1, 0.000001, 0.0000004, -2.5, 1e-6 * 1.6].map(ns), [
    '1000000',
    '1',
    '0',
    '-2500000',
    '2',
  ]);
  assert.equal(ns(9223372036854.775), '9223372036854775807');
});
