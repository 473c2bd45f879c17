'use strict';

// Bytes and data, arguments and results.

const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const { test } = require('node:test');
const vm = require('node:vm');
const { full, loadTestAddon, pathOfAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { expectExit } = require('./support/process.js');

const { Echo } = loadTestAddon();

/** The bytes of a buffer or view, taken by JS. */
function bytesOf(source) {
  if (ArrayBuffer.isView(source)) {
    return Buffer.from(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
  }
  return Buffer.from(new Uint8Array(source));
}

const counting = (length) => Uint8Array.from({ length }, (_, i) => i);

/** Both ways in, of both kinds that take bytes, and `any`. */
async function expectBytes(source, expected = bytesOf(source)) {
  for (const kind of ['bytes', 'data', 'any']) {
    assert.deepStrictEqual(Echo[kind](source), expected);
    assert.deepStrictEqual(await Echo[`${kind}Async`](source), expected);
    assert.deepStrictEqual(Echo[`${kind}Optional`](source), expected);
    assert.deepStrictEqual(await Echo[`${kind}OptionalAsync`](source), expected);
  }
}

const arrays = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
  ...(globalThis.Float16Array ? [globalThis.Float16Array] : []), // from Node 24 on
];

for (const TypedArray of arrays) {
  test(`FAULTS 32: a ${TypedArray.name} gives exactly its bytes, also with an offset into its buffer`, async () => {
    const { buffer } = counting(96);
    const size = TypedArray.BYTES_PER_ELEMENT;
    await expectBytes(new TypedArray(buffer));
    await expectBytes(new TypedArray(buffer, size, 3));
    await expectBytes(new TypedArray(buffer, 96));
    await expectBytes(new TypedArray(0));
  });
}

test('FAULTS 32: a DataView, an ArrayBuffer and slices of Buffers give exactly their bytes', async () => {
  const { buffer } = counting(64);
  await expectBytes(buffer);
  await expectBytes(new ArrayBuffer(0));
  await expectBytes(new DataView(buffer));
  await expectBytes(new DataView(buffer, 3, 7));
  await expectBytes(new DataView(buffer, 64));
  const pooled = Buffer.from('a pooled buffer'); // at an offset of its ArrayBuffer
  await expectBytes(pooled.subarray(2, 8));
  await expectBytes(pooled.subarray(4, 4));
  await expectBytes(Buffer.alloc(0));
});

test('bytes of another realm are bytes, and never taken for options', async () => {
  for (const code of [
    'new Uint8Array([1, 2])',
    'new Uint8Array([1, 2]).buffer',
    'const s = new SharedArrayBuffer(2); new Uint8Array(s).set([1, 2]); s',
  ]) {
    await expectBytes(vm.runInNewContext(code), Buffer.from([1, 2]));
  }
  assert.throws(() => Echo.bytes(Object.create(SharedArrayBuffer.prototype)), { name: 'TypeError' });
  assert.throws(() => Echo.bytes(Object.create(Uint8Array.prototype)), { name: 'TypeError' });
});

test('data takes a string as UTF-8', async () => {
  for (const text of ['', 'héllo €', 'x'.repeat(2 ** 20)]) {
    assert.deepStrictEqual(Echo.data(text), Buffer.from(text));
    assert.deepStrictEqual(await Echo.dataAsync(text), Buffer.from(text));
  }
  assert.deepStrictEqual(Echo.data('a\ud800'), Buffer.from('a\ufffd'));
});

test('bytes of many sizes arrive whole, around the sizes of every room on the way', async () => {
  for (const n of [0, 1, 511, 512, 513, 4095, 4096, 65_536, 2 ** 20]) {
    const bytes = Buffer.alloc(n, 7);
    assert.ok(Echo.bytes(bytes).equals(bytes));
    assert.ok((await Echo.bytesAsync(bytes)).equals(bytes));
    assert.ok(Echo.bytesOf(n).equals(bytes));
    assert.ok((await Echo.bytesOfAsync(n)).equals(bytes));
  }
});

testAlone('FAULTS 31: a shared buffer is taken as it is, bare or by a view', async () => {
  const shared = new SharedArrayBuffer(40);
  new Uint8Array(shared).set(counting(40));
  await expectBytes(shared);
  await expectBytes(new Uint8Array(shared, 5, 9));
  await expectBytes(new DataView(shared, 5, 9));
  await expectBytes(new Float64Array(shared, 8, 2));
  const growable = new SharedArrayBuffer(8, { maxByteLength: 64 });
  const whole = new Uint8Array(growable);
  await expectBytes(growable);
  growable.grow(64);
  await expectBytes(growable);
  await expectBytes(whole);
});

testAlone('FAULTS 31: a detached buffer and its views have no bytes', async () => {
  const { buffer } = counting(32);
  const views = [buffer, new Uint8Array(buffer), new Uint8Array(buffer, 8, 8), new DataView(buffer, 4)];
  structuredClone(buffer, { transfer: [buffer] });
  for (const each of views) await expectBytes(each, Buffer.alloc(0));
});

testAlone(
  'FAULTS 31: views of a buffer that shrinks and grows give what is left of them, never more',
  async () => {
    const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
    new Uint8Array(buffer).set(counting(64));
    const tracking = [new Uint8Array(buffer), new Uint16Array(buffer, 8), new DataView(buffer, 4)];
    const fixed = [
      new Uint8Array(buffer, 8, 32),
      new Float64Array(buffer, 8, 2),
      new DataView(buffer, 8, 32),
    ];
    for (const size of [128, 64, 40, 39, 24, 16, 12, 8, 4, 0, 64]) {
      buffer.resize(size);
      await expectBytes(buffer);
      for (const each of [...tracking, ...fixed]) {
        // JS throws for a DataView out of bounds; for it there are no bytes.
        let expected = Buffer.alloc(0);
        try {
          expected = bytesOf(each);
        } catch (error) {
          assert.strictEqual(error.name, 'TypeError');
        }
        await expectBytes(each, expected);
      }
    }
  },
);

testAlone(
  'FAULTS 31: an async call has a copy: what is written afterwards, or detached, does not reach it',
  async () => {
    const bytes = Buffer.alloc(100_000, 1);
    const shared = new Uint8Array(new SharedArrayBuffer(100_000)).fill(2);
    const { buffer } = new Uint8Array(100_000).fill(3);
    const calls = [bytes, shared, buffer].map((each) => Echo.later(each, 50));
    bytes.fill(9);
    shared.fill(9);
    structuredClone(buffer, { transfer: [buffer] });
    const results = await Promise.all(calls);
    for (const [i, result] of results.entries()) assert.ok(result.equals(Buffer.alloc(100_000, i + 1)));
  },
);

testAlone('FAULTS 31: a getter that detaches or shrinks the bytes runs before they are taken', async () => {
  const { buffer } = counting(4096);
  const detaching = {
    get signal() {
      structuredClone(buffer, { transfer: [buffer] });
      return undefined;
    },
  };
  assert.deepStrictEqual(await Echo.later(new Uint8Array(buffer), 0, detaching), Buffer.alloc(0));
  const resizable = new ArrayBuffer(4096, { maxByteLength: 4096 });
  const shrinking = {
    get signal() {
      resizable.resize(16);
      return undefined;
    },
  };
  assert.strictEqual((await Echo.later(new Uint8Array(resizable), 0, shrinking)).length, 16);
});

test('results are copies: writing to one changes nothing else', async () => {
  const bytes = Buffer.from('0123456789'.repeat(100));
  const [a, b] = [Echo.bytes(bytes), await Echo.bytesAsync(bytes)];
  a.fill(0);
  b.fill(1);
  assert.ok(bytes.equals(Buffer.from('0123456789'.repeat(100))));
  assert.ok(Echo.bytes(bytes).equals(bytes));
});

test('FAULTS 35: no external buffers: the addons do not even refer to the functions that make them', () => {
  for (const name of ['quiesce', 'test']) {
    const addon = readFileSync(pathOfAddon(name));
    assert.ok(addon.includes('napi_create_buffer_copy'), 'the names of imported functions can be found');
    for (const external of ['napi_create_external_buffer', 'napi_create_external_arraybuffer']) {
      assert.ok(!addon.includes(external), `${name}.node refers to ${external}`);
    }
  }
});

test('FAULTS 42: a worker writes to every byte of a shared buffer while sync and async calls read it', async () => {
  await expectExit(
    `
    const { Worker } = require('node:worker_threads');
    const { Echo } = loadTestAddon();
    const shared = new SharedArrayBuffer(64 * 1024);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(\`
      const { workerData: { shared, stop } } = require('node:worker_threads');
      const bytes = new Uint8Array(shared);
      for (let round = 1; Atomics.load(stop, 0) === 0; round++) bytes.fill(round);
    \`, { eval: true, workerData: { shared, stop } });
    await new Promise((resolve) => worker.once('online', resolve));
    const bytes = new Uint8Array(shared);
    await eventually(() => Echo.seen(shared, 20000) > 1);
    for (let i = 0; i < ${full ? 3000 : 300}; i++) {
      assert.strictEqual(typeof Echo.sum(bytes), 'number');
      assert.strictEqual(Echo.bytes(shared).length, shared.byteLength);
      assert.strictEqual(typeof Echo.data(new DataView(shared, 1)), 'object');
      assert.strictEqual((await Echo.later(bytes, 0)).length, shared.byteLength);
    }
    Atomics.store(stop, 0, 1);
    await new Promise((resolve) => worker.once('exit', resolve));
    `,
    { timeout: 60_000 },
  );
});
