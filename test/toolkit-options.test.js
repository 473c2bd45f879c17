'use strict';

// Trailing options and rest parameters, with a context and without: what Go gets of them, and where the signal is.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { shapes, toolkit } = require('./support/toolkit.js');

const { Folder, Source, Task, greet, greetLater } = shapes;
const { collect } = require('./support/toolkit.js');
const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };

after(() => toolkit.freeAll({ deadline: 0 }));

test('a trailing options struct: nil for nothing, undefined and null', async () => {
  const task = new Task();
  for (const args of [[], [undefined], [null]]) {
    assert.equal(task.configure('a', ...args), 'a:nil');
    assert.equal(await task.run('a', ...args), 'a:nil');
    assert.equal(await task.runStrict(...args), 'nil');
    assert.equal(greet('a', ...args), 'a:nil');
    assert.equal(await greetLater('a', ...args), 'a:nil');
    new Task(...args).freeSync();
  }
  await task.free();
});

test('a trailing options struct: what is in the object', async () => {
  const task = new Task();
  for (const [opts, seen] of [
    [{}, '{}'],
    [{ label: 'l' }, '{"label":"l"}'],
    [{ label: undefined, limit: null, unknown: 5 }, '{}'],
    [{ words: ['a'], at: { X: 1, Y: 2 }, limit: 3 }, '{"limit":3,"words":["a"],"at":{"X":1,"Y":2}}'],
  ]) {
    const { signal } = new AbortController();
    assert.equal(task.configure('a', opts), `a:${seen}`);
    assert.equal(await task.run('a', opts), `a:${seen}`);
    assert.equal(await task.run('a', { ...opts, signal }), `a:${seen}`);
    assert.equal(await greetLater('a', { ...opts, signal }), `a:${seen}`);
  }
  await task.free();
});

test('a trailing options struct: what does not fit is refused by its path, and one that must be there is missed', async () => {
  const task = new Task();
  for (const [opts, path] of [
    [5, 'opts'],
    ['a', 'opts'],
    [[], 'opts'],
    [{ label: 5 }, 'opts.label'],
    [{ words: [5] }, 'opts.words[0]'],
    [{ at: { X: 1 } }, 'opts.at.Y'],
  ]) {
    const check = (error) => {
      assert.deepEqual([error.name, error.code], [type.name, type.code]);
      assert.ok(error.message.startsWith(`The "${path}" argument must be`), error.message);
      return true;
    };
    assert.throws(() => task.configure('a', opts), check);
    assert.throws(() => new Task(opts), check);
    await assert.rejects(task.run('a', opts), check);
    await assert.rejects(greetLater('a', opts), check);
  }
  assert.equal(await task.runStrict({ must: 'm' }), 'm');
  await assert.rejects(task.runStrict({}), { ...type, message: /^The "opts\.must" argument/ });
  const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE', message: /"opts\.limit"/ };
  assert.throws(() => task.configure('a', { limit: 2 ** 53 }), range);
  for (const many of [() => task.configure('a', {}, 1), () => new Task({}, 1)]) {
    assert.throws(many, { code: 'ERR_TOO_MANY_ARGS' });
  }
  await assert.rejects(task.run('a', {}, {}), { name: 'TypeError' });
  await task.free();
});

test('the signal among the options cancels', async () => {
  const task = new Task();
  const calls = (signal) => [
    task.run('wait', { label: 'l', signal }),
    task.runStrict({ must: 'wait', signal }),
    greetLater('wait', { signal }),
  ];
  const codes = async (list) => (await Promise.allSettled(list)).map(({ reason }) => reason.code);
  assert.deepEqual(await codes(calls(AbortSignal.timeout(5))), Array(3).fill('ABORT_ERR'));
  assert.deepEqual(await codes(calls(AbortSignal.abort())), Array(3).fill('ABORT_ERR'));
  assert.deepEqual(await codes(calls('no')), Array(3).fill('ERR_INVALID_ARG_TYPE'));
  await task.free();
});

test('rest parameters: none, some, many; each is checked by itself', async () => {
  const task = new Task();
  assert.deepEqual([task.join('-'), task.join('-', 'a'), task.join('-', 'a', 'b')], ['', 'a', 'a-b']);
  assert.equal(task.addUp(), 0n);
  assert.equal(task.addUp(1, 2n, 2n ** 62n), 2n ** 62n + 3n);
  const many = Array.from({ length: 20_000 }, (_, i) => i);
  assert.equal(task.addUp(...many), 199_990_000n);
  assert.equal(await task.addUpLater(...many), 199_990_000);
  assert.deepEqual(task.words({ word: 'a', count: 1 }, { word: 'b', count: 2 }), ['a', 'b']);
  assert.deepEqual(task.words(), []);
  assert.deepEqual(task.blobs(Buffer.of(1, 2), new ArrayBuffer(3), new Uint8Array()), [2, 3, 0]);
  assert.throws(() => task.join('-', 'a', 5), { ...type, message: /^The "parts\[1\]" argument/ });
  assert.throws(() => task.join('-', undefined), { ...type, message: /^The "parts\[0\]" argument/ });
  assert.throws(() => task.join(5, 'a'), { ...type, message: /^The "sep" argument/ });
  assert.throws(() => task.join(), { code: 'ERR_MISSING_ARGS', message: /"sep"/ });
  assert.throws(() => task.words({ word: 'a', count: 1 }, { word: 'b' }), {
    ...type,
    message: /"entries\[1\]\.count"/,
  });
  assert.throws(() => task.addUp(2n ** 63n), { name: 'RangeError', message: /"ns\[0\]"/ });
  await task.free();
});

test('rest parameters of an async method, and the options after them', async () => {
  const task = new Task();
  const { signal } = new AbortController();
  for (const options of [[], [{}], [{ signal }], [{ signal: undefined }]]) {
    assert.equal(await task.joinLater('-', ...options), '');
    assert.equal(await task.joinLater('-', 'a', 'b', ...options), 'a-b');
    assert.equal(await task.addUpLater(1, 2, ...options), 3);
    assert.equal(await task.addUpLater(...options), 0);
  }
  await assert.rejects(task.joinLater('wait', 'a', { signal: AbortSignal.timeout(5) }), {
    code: 'ABORT_ERR',
  });
  await assert.rejects(task.joinLater('-', 'a', { signal: AbortSignal.abort() }), { code: 'ABORT_ERR' });
  await assert.rejects(task.joinLater('-', 'a', 5), { ...type, message: /^The "parts\[1\]" argument/ });
  for (const list of [['a'], new Set(['a'])]) {
    await assert.rejects(task.joinLater('-', list), { ...type, message: /^The "parts\[0\]" argument/ });
  }
  await assert.rejects(task.joinLater('-', {}, 'a'), { ...type, message: /^The "parts\[0\]" argument/ });
  await assert.rejects(task.joinLater('-', 'a', { signal: 5 }), {
    ...type,
    message: /^The "options\.signal"/,
  });
  await task.free();
});

test('options and rest parameters of iterators: thrown by the call, the signal at its place', async () => {
  const source = new Source();
  const { signal } = new AbortController();
  const entries = [1, 2, 3].map((count) => ({ word: 'w', count }));
  assert.deepEqual(await collect(source.split('-', 'a-b', 'c')), ['a', 'b', 'c']);
  assert.deepEqual(await collect(source.split('-', 'a-b', 'c', { signal })), ['a', 'b', 'c']);
  assert.deepEqual(await collect(source.split('-')), []);
  assert.deepEqual(await collect(source.filter(entries, { limit: 2, signal })), entries.slice(0, 2));
  await assert.rejects(collect(source.filter(entries)), { message: 'no options' });
  await assert.rejects(collect(source.filter(entries, null)), { message: 'no options' });
  const aborted = source.filter(entries, { limit: 1, label: 'wait', signal: AbortSignal.timeout(5) });
  await assert.rejects(collect(aborted), { code: 'ABORT_ERR' });
  assert.throws(() => source.split('-', 5), { ...type, message: /^The "texts\[0\]" argument/ });
  assert.throws(() => source.filter(entries, { limit: 'a' }), {
    ...type,
    message: /^The "opts\.limit" argument/,
  });
  assert.throws(() => source.filter('a', {}), { ...type, message: /^The "list" argument/ });
  assert.throws(() => source.filter(entries, { signal: 5 }), { ...type, message: /signal/ });
  assert.throws(() => source.filter(), { code: 'ERR_MISSING_ARGS' });
  assert.throws(() => source.numbers(1, {}, {}), { name: 'TypeError' });
  assert.equal(await source.free(), 'drained');
});

test('a pointer to a struct that is not the last parameter is an argument like any other', async () => {
  const task = new Task();
  assert.deepEqual(task.points({ X: 1, Y: 2 }, 3), { X: 3, Y: 6 });
  assert.equal(task.points(null, 3), null);
  assert.throws(() => task.points(undefined, 3), type);
  assert.throws(() => task.points({ X: 1, Y: 2 }), { code: 'ERR_MISSING_ARGS', message: /"scale"/ });
  await task.free();
});

test('a getter among the options may do what it likes: open, free, throw', async () => {
  const task = new Task();
  const opened = [];
  const opts = {
    get label() {
      opened.push(new Folder('inner'));
      return 'l';
    },
  };
  assert.equal(task.configure('a', opts), 'a:{"label":"l"}');
  const other = new Task(opts);
  assert.ok(
    other instanceof Task && opened.every((each) => each instanceof Folder && each.name() === 'inner'),
  );
  const frees = {
    get label() {
      other.freeSync();
      return 'l';
    },
  };
  assert.throws(() => other.configure('a', frees), { code: 'ERR_HANDLE_FREED' });
  await assert.rejects(other.run('a', frees), { code: 'ERR_HANDLE_FREED' });
  assert.equal(await task.free(), 'drained');
});
