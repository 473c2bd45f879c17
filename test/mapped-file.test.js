'use strict';

// MappedFile against plain JS, and what may go wrong with files.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { pathToFileURL } = require('node:url');
const { MappedFile, Handle } = require('..');
const { testAlone } = require('./support/alone.js');
const { generate, makeFile, newPath } = require('./support/files.js');

async function withFile(content, body) {
  const file = await MappedFile.open(makeFile(content));
  try {
    return await body(file);
  } finally {
    assert.equal(await file.free(), 'drained');
  }
}

/** Occurrences from left to right, without overlap. */
function countIn(bytes, pattern) {
  let n = 0;
  for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + pattern.length)) n++;
  return n;
}

test('a file that cannot be opened fails as it would in node:fs', async () => {
  const missing = newPath('missing');
  const expected = await fs.promises.open(missing).catch((error) => error);
  await assert.rejects(MappedFile.open(missing), (error) => {
    assert.ok(error instanceof Error);
    for (const key of ['code', 'errno', 'syscall', 'path']) assert.equal(error[key], expected[key], key);
    assert.match(error.message, /^ENOENT: no such file or directory, open '/);
    return true;
  });
  await assert.rejects(MappedFile.open(path.dirname(missing)), { code: 'EISDIR', syscall: 'open' });
  const inFile = path.join(makeFile('x'), 'below');
  await assert.rejects(MappedFile.open(inFile), { code: 'ENOTDIR', path: inFile });
});

test('a device is refused and not disturbed', { skip: process.platform === 'win32' && 'has no such' }, () =>
  assert.rejects(MappedFile.open('/dev/null'), { code: 'ENODEV', path: '/dev/null' }),
);

test('a path that is no string or URL is refused, and so is one that holds a NUL', async () => {
  for (const bad of [undefined, null, 7, Buffer.from('x'), {}, [], Symbol('x')]) {
    await assert.rejects(MappedFile.open(bad), { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' });
  }
  for (const bad of [`${makeFile('x')}\0y`, new URL('file:///x%00y')]) {
    const message = /^The "path" argument must not have a null byte\./;
    await assert.rejects(MappedFile.open(bad), { code: 'ERR_INVALID_ARG_VALUE', name: 'TypeError', message });
  }
  await assert.rejects(MappedFile.open(''), { code: 'ENOENT' });
});

test('a file URL opens the same file, another URL is refused', async () => {
  const file = await MappedFile.open(pathToFileURL(makeFile('by URL', 'with space & ümlaut')));
  assert.equal(file.read().toString(), 'by URL');
  await file.free();
  await assert.rejects(MappedFile.open(new URL('http://localhost/x')), { code: 'ERR_INVALID_URL_SCHEME' });
});

test('the wrapper is a MappedFile and a Handle, and its class cannot be constructed', () =>
  withFile('x', (file) => {
    assert.ok(file instanceof MappedFile && file instanceof Handle);
    assert.throws(() => new MappedFile(), { code: 'ERR_ILLEGAL_CONSTRUCTOR', name: 'TypeError' });
    assert.throws(() => new Handle(), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
    assert.throws(() => new (class extends MappedFile {})(), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
  }));

test('an empty file has no bytes, no matches and no lines', () =>
  withFile('', async (file) => {
    assert.equal(file.size, 0);
    assert.equal(file.read().length, 0);
    assert.equal(await file.count('x'), 0);
    assert.equal(await file.indexOf('x'), -1);
    assert.equal(await file.indexOf(''), 0);
    assert.deepEqual(await file.lines(), []);
  }));

test('read returns the range asked for, cut off at the end of the file', () =>
  withFile('0123456789', (file) => {
    for (const [args, expected] of [
      [[], '0123456789'],
      [[3], '3456789'],
      [[3, 4], '3456'],
      [[0, 0], ''],
      [[8, 100], '89'],
      [[10], ''],
      [[-0, 1], '0'],
      [[0, Number.MAX_SAFE_INTEGER], '0123456789'],
    ]) {
      assert.equal(file.read(...args).toString(), expected, `read(${args})`);
    }
    assert.ok(Buffer.isBuffer(file.read()));
  }));

testAlone('FAULTS 32: offsets and lengths out of range are a RangeError, never cut off', () =>
  withFile('0123456789', async (file) => {
    for (const args of [[-1], [11], [2 ** 32], [2 ** 53 - 1], [0, -1], [-(2 ** 31), 1]]) {
      assert.throws(
        () => file.read(...args),
        { code: 'ERR_OUT_OF_RANGE', name: 'RangeError' },
        `read(${args})`,
      );
    }
    for (const args of [[2 ** 53], [0.5], [NaN], [Infinity], [0, 2 ** 64], [0, -Infinity]]) {
      assert.throws(
        () => file.read(...args),
        { code: 'ERR_OUT_OF_RANGE', name: 'RangeError' },
        `read(${args})`,
      );
    }
    for (const args of [['0'], [null], [0n], [0, '1'], [{}]]) {
      assert.throws(() => file.read(...args), { code: 'ERR_INVALID_ARG_TYPE' }, `read(${args})`);
    }
    assert.throws(() => file.read(0, 1, 2), { code: 'ERR_TOO_MANY_ARGS' });
    await assert.rejects(file.indexOf('x', 11), { code: 'ERR_OUT_OF_RANGE', name: 'RangeError' });
    await assert.rejects(file.indexOf('x', -1), { code: 'ERR_OUT_OF_RANGE' });
    await assert.rejects(file.indexOf('x', 1.5), { code: 'ERR_OUT_OF_RANGE' });
    await assert.rejects(file.lines(-1), { code: 'ERR_OUT_OF_RANGE' });
    await assert.rejects(file.lines(0, -1), { code: 'ERR_OUT_OF_RANGE' });
    await assert.rejects(file.lines(0, 2 ** 53), { code: 'ERR_OUT_OF_RANGE' });
  }),
);

test('a read is a copy: the file stays as it was', () =>
  withFile('abc', (file) => {
    file.read().fill(0);
    assert.equal(file.read().toString(), 'abc');
  }));

test('count and indexOf find in the Node binary what Buffer finds there', async () => {
  const bytes = fs.readFileSync(process.execPath);
  const file = await MappedFile.open(process.execPath);
  assert.equal(file.size, bytes.length);
  const middle = bytes.subarray(bytes.length >> 1, (bytes.length >> 1) + 2000);
  for (const pattern of ['node', 'e', '\0\0', 'no such text, surely \u{1f9ff}', middle]) {
    assert.equal(await file.count(pattern), countIn(bytes, pattern), `count ${pattern.length}`);
    assert.equal(await file.indexOf(pattern), bytes.indexOf(pattern), `indexOf ${pattern.length}`);
  }
  const [first, from] = [bytes.indexOf('v8::'), bytes.length - 1000];
  assert.equal(await file.indexOf('v8::', first + 1), bytes.indexOf('v8::', first + 1));
  assert.equal(await file.indexOf('e', from), bytes.indexOf('e', from));
  assert.deepEqual(file.read(from), bytes.subarray(from));
  await file.free();
});

test('count and indexOf agree with Buffer on generated data of few symbols', () => {
  const bytes = generate(300_000, 3);
  return withFile(bytes, async (file) => {
    for (let length = 1; length <= 12; length++) {
      const at = (length * 7919) % 200_000;
      const pattern = bytes.subarray(at, at + length);
      assert.equal(await file.count(pattern), countIn(bytes, pattern), `count of ${length} bytes`);
      assert.equal(await file.indexOf(pattern, at), at);
      assert.equal(await file.indexOf(pattern, at + 1), bytes.indexOf(pattern, at + 1));
    }
    assert.equal(await file.count(bytes), 1);
    assert.equal(await file.indexOf(bytes.subarray(1)), 1);
  });
});

test('matches are counted without overlap, and an empty pattern is refused', () =>
  withFile('aaaaa', async (file) => {
    assert.equal(await file.count('aa'), 2);
    assert.equal(await file.count('aaaaaa'), 0);
    await assert.rejects(file.count(''), { code: 'ERR_INVALID_ARG_VALUE', name: 'TypeError' });
    await assert.rejects(file.count(new Uint8Array(0)), { code: 'ERR_INVALID_ARG_VALUE' });
    await assert.rejects(file.count(), { code: 'ERR_INVALID_ARG_TYPE' });
    await assert.rejects(file.count(7), { code: 'ERR_INVALID_ARG_TYPE' });
  }));

test('a pattern is text as UTF-8, or the bytes of any buffer or view', () =>
  withFile('grün, größer, grün', async (file) => {
    const bytes = new TextEncoder().encode('grün');
    const wide = Buffer.concat([Buffer.from('..'), bytes, Buffer.from('..')]);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const even = new TextEncoder().encode('größer'); // 8 bytes
    const views = [
      'grün',
      bytes,
      bytes.buffer,
      wide.subarray(2, 2 + bytes.length),
      new DataView(wide.buffer, wide.byteOffset + 2, bytes.length),
      shared,
      shared.buffer,
    ];
    for (const pattern of views) assert.equal(await file.count(pattern), 2);
    assert.equal(await file.indexOf(new Uint16Array(even.buffer)), 7);
  }));

test('lines are split at \\n and \\r\\n, with or without a final newline', async () => {
  for (const [text, expected] of [
    ['', []],
    ['\n', ['']],
    ['one', ['one']],
    ['one\n', ['one']],
    ['one\ntwo', ['one', 'two']],
    ['one\r\ntwo\r\n', ['one', 'two']],
    ['\n\n', ['', '']],
    ['a\rb\nc\r', ['a\rb', 'c']],
    ['ü\n\u{1f600}', ['ü', '\u{1f600}']],
  ]) {
    await withFile(text, async (file) =>
      assert.deepEqual(await file.lines(), expected, JSON.stringify(text)),
    );
  }
});

test('lines takes a range, in any order of calls, beyond the end too', () => {
  const all = Array.from({ length: 30_000 }, (_, i) => `${i}${'.'.repeat(i % 17)}`);
  return withFile(all.join('\n'), async (file) => {
    for (const [from, count] of [
      [29_990, 100],
      [0, 1],
      [12_345, 678],
      [29_999, 1],
      [30_000, 5],
      [1e9, 1],
      [5, 0],
    ]) {
      assert.deepEqual(
        await file.lines(from, count),
        all.slice(from, from + count),
        `lines(${from}, ${count})`,
      );
    }
    assert.deepEqual(await file.lines(29_000), all.slice(29_000));
    const both = await Promise.all([file.lines(100, 50), file.lines(20_000, 50)]);
    assert.deepEqual(both, [all.slice(100, 150), all.slice(20_000, 20_050)]);
  });
});
