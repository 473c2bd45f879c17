'use strict';

// iter.Seq, iter.Seq2 and channels as async iterators: what they give, how they end, and how they are ended.

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { after, test } = require('node:test');
const { collect, entryOf, iterations, shapes, toolkit } = require('./support/toolkit.js');
const { eventually } = require('./support/wait.js');

const { Source, range, rangeOf } = shapes;
const numbers = (n) => Array.from({ length: n }, (_, i) => i);
const freed = { name: 'HandleFreedError', code: 'ERR_HANDLE_FREED' };

after(() => toolkit.freeAll({ deadline: 0 }));

/** A source, whose iterations have all ended by the end of the test. */
function sourceOf(t) {
  const source = new Source();
  t.after(async () => {
    assert.deepEqual([iterations(source), source.freed || source.running()], [[], source.freed || 0]);
    if (!source.freed) assert.equal(await source.free(), 'drained');
    assert.equal(shapes.countLives().misused, 0);
  });
  return source;
}

test('all items in their order, however many: Seq, Seq2, a channel, with a context and without', async (t) => {
  const source = sourceOf(t);
  for (const n of [0, 1, 2, 255, 256, 257, 1000]) {
    const expected = numbers(n);
    assert.deepEqual(await collect(source.numbers(n)), expected);
    assert.deepEqual(await collect(source.numbersOf(n)), expected);
    assert.deepEqual(await collect(source.sent(n)), expected);
    assert.deepEqual(await collect(range(0, n)), expected);
    assert.deepEqual(await collect(rangeOf(0, n)), expected);
    for (const method of ['entries', 'entriesOf']) {
      assert.deepEqual(
        await collect(source[method](n, 'none')),
        expected.map((count) => ({ word: 'word', count })),
      );
    }
    if (n > 0)
      assert.deepEqual(
        (await collect(source.sentOf(n))).map(({ count }) => count),
        expected,
      );
  }
});

test('items of all kinds: objects, nil, bytes, bigints, strings', async (t) => {
  const source = sourceOf(t);
  assert.deepEqual(await collect(source.tryEntriesOf('none', 'none')), [
    { word: 'one', count: 1 },
    null,
    null,
  ]);
  assert.deepEqual(await collect(source.chunks(3, 2)), Array(3).fill(Buffer.from('xx')));
  assert.deepEqual(await collect(source.stamps(2n ** 62n)), [2n ** 62n, 2n ** 62n + 1n]);
  assert.deepEqual(await collect(source.split(',', 'a,b')), ['a', 'b']);
});

test('nil is an iteration without items', async (t) => {
  const source = sourceOf(t);
  for (const method of ['nilSeq', 'nilSeq2', 'nilChan', 'nilChanOf']) {
    assert.deepEqual(await collect(source[method]()), [], method);
  }
});

test('it is an async iterator: of its own, with a prototype, a tag, a disposer', async (t) => {
  const source = sourceOf(t);
  const iterator = source.numbers(3);
  assert.equal(iterator[Symbol.asyncIterator](), iterator);
  const generators = Object.getPrototypeOf(async function* () {}.prototype);
  assert.equal(Object.getPrototypeOf(Object.getPrototypeOf(iterator)), Object.getPrototypeOf(generators));
  assert.equal(Object.prototype.toString.call(iterator), '[object AsyncIterator]');
  assert.ok(iterator.next() instanceof Promise);
  assert.deepEqual(await iterator.next(), { done: false, value: 1 });
  await iterator[Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]();
  assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  assert.deepEqual(await collect(Readable.from(source.numbers(300))), numbers(300));
});

test('the Go function is called at the first next(), and not before', async (t) => {
  const source = sourceOf(t);
  const [failing, panicking] = [source.tryEntries('sentinel'), source.panicsAtOnce()];
  await assert.rejects(failing.next(), { code: 'ERR_EMPTY' });
  await assert.rejects(panicking.next(), { code: 'ERR_GO_PANIC', message: /before an iterator/ });
  const never = source.numbers(5);
  assert.equal(iterations(source).length, 1);
  assert.equal(source.produced(), 0);
  assert.deepEqual(await never.return(), { done: true, value: undefined });
  assert.deepEqual(await never.next(), { done: true, value: undefined });
  assert.equal(source.produced(), 0);
});

test('an error comes after the items before it, ends the iteration, and comes once', async (t) => {
  const source = sourceOf(t);
  for (const n of [0, 1, 300]) {
    for (const method of ['entries', 'entriesOf']) {
      const iterator = source[method](n, 'wrapped');
      const items = [];
      const loop = async () => {
        for await (const { count } of iterator) items.push(count);
      };
      await assert.rejects(loop(), { code: 'ERR_EMPTY', message: 'outer: middle: it is empty' });
      assert.deepEqual(items, numbers(n));
      assert.deepEqual(await iterator.next(), { done: true, value: undefined });
    }
  }
  await assert.rejects(collect(source.tryEntriesOf('plain', 'none')), { message: 'plain' });
  await assert.rejects(collect(source.tryEntriesOf('none', 'plain')), { message: 'plain' });
  await assert.rejects(collect(source.sentOf(0)), { code: 'ERR_EMPTY' });
  await assert.rejects(collect(rangeOf(1, 0)), { code: 'ERR_EMPTY' });
});

test('a panic and the end of the goroutine are errors too, and the object goes on', async (t) => {
  const source = sourceOf(t);
  for (const n of [0, 1, 300]) {
    const iterator = source.panics(n);
    for (let i = 0; i < n; i++) assert.deepEqual(await iterator.next(), { done: false, value: i });
    await assert.rejects(iterator.next(), { name: 'GoPanicError', message: /in an iterator/ });
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  }
  await assert.rejects(collect(source.quits()), { code: 'ERR_GO_PANIC' });
  assert.deepEqual(await collect(source.numbers(1)), [0]);
});

test('break ends it: the producer has returned before the loop is left', async (t) => {
  const source = sourceOf(t);
  for (const make of [
    () => source.numbers(-1),
    () => source.numbersOf(-1),
    () => source.sentOf(-1),
    () => source.entriesOf(3, 'wait'),
    () => source.chunks(-1, 1000),
  ]) {
    let seen = 0;
    for await (const _ of make()) if (++seen === 3) break;
    assert.equal(seen, 3);
    await eventually(() => source.running() === 0); // a channel's sender is not waited for
    assert.deepEqual(iterations(source), []);
  }
  assert.ok(
    source.causes().every((cause) => /freed/.test(cause)),
    'their contexts were cancelled',
  );
});

test('a throw in the body of the loop ends it, and is what comes out', async (t) => {
  const source = sourceOf(t);
  const loop = async () => {
    for await (const i of source.numbersOf(-1)) if (i === 5) throw new Error('mine');
  };
  await assert.rejects(loop(), { message: 'mine' });
  assert.equal(source.running(), 0);
});

test('return() while next() waits ends both; further calls are done', async (t) => {
  const source = sourceOf(t);
  for (const iterator of [source.silent(), source.neverSent(), source.entriesOf(0, 'wait')]) {
    const pending = [iterator.next(), iterator.next()];
    if (source.running()) await eventually(() => iterations(source).length === 1);
    assert.deepEqual(await iterator.return('value'), { done: true, value: 'value' });
    for (const each of pending) assert.deepEqual(await each, { done: true, value: undefined });
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
    assert.deepEqual(await iterator.return(), { done: true, value: undefined });
  }
});

test('throw() ends it and rejects with what it was given', async (t) => {
  const source = sourceOf(t);
  const iterator = source.numbersOf(-1);
  await iterator.next();
  await assert.rejects(iterator.throw(new Error('mine')), { message: 'mine' });
  assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  assert.equal(source.running(), 0);
});

test('calls of next() that overlap are answered in their order, with the end after the last', async (t) => {
  const source = sourceOf(t);
  for (const n of [0, 3, 600]) {
    const iterator = source.slowNumbers(Math.min(n, 3), 1);
    const slow = await Promise.all(numbers(5).map(() => iterator.next()));
    assert.deepEqual(
      slow.map(({ value }) => value),
      numbers(5).map((i) => (i < Math.min(n, 3) ? i : undefined)),
    );
    const fast = source.numbers(n);
    const results = await Promise.all(numbers(n + 3).map(() => fast.next()));
    assert.deepEqual(
      results.slice(0, n).map(({ value }) => value),
      numbers(n),
    );
    assert.deepEqual(results.slice(n), Array(3).fill({ done: true, value: undefined }));
  }
  const failing = source.entries(2, 'plain');
  const settled = await Promise.allSettled(numbers(5).map(() => failing.next()));
  assert.deepEqual(settled.map(({ status }) => status[0]).join(''), 'ffrff');
});

test('several iterations of one object at once, which is theirs until the last has ended', async (t) => {
  const source = sourceOf(t);
  const all = numbers(20).map((i) =>
    collect(i % 2 ? source.numbers(300 + i) : source.entriesOf(300 + i, 'none')),
  );
  for (const [i, items] of (await Promise.all(all)).entries()) assert.equal(items.length, 300 + i);
});

test('a slow consumer bounds the producer, by items and by bytes', async (t) => {
  const source = sourceOf(t);
  for (const [make, most] of [
    [() => source.numbers(-1), 3 * 256],
    [() => source.chunks(-1, 50_000), 3 * 6],
  ]) {
    const before = source.produced();
    const iterator = make();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const produced = source.produced() - before;
    assert.ok(produced > most / 6 && produced <= most, `${produced} for one that was taken`);
    await iterator.return();
  }
  const large = await collect(source.chunks(3, 2_000_000));
  assert.deepEqual(
    large.map(({ length }) => length),
    [2e6, 2e6, 2e6],
    'an item beyond the bound comes alone',
  );
});

test('an aborted signal rejects what waits with an AbortError, once, and ends the producer', async (t) => {
  const source = sourceOf(t);
  for (const make of [
    (options) => source.silent(options),
    (options) => source.entriesOf(0, 'wait', options),
    (options) => source.neverSent(options),
    (options) => source.slowNumbers(1000, 1000, options),
  ]) {
    const controller = new AbortController();
    const iterator = make({ signal: controller.signal });
    const pending = iterator.next();
    setTimeout(() => controller.abort('why'), 2);
    await assert.rejects(pending, { name: 'AbortError', code: 'ABORT_ERR', cause: 'why' });
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
    await eventually(() => source.running() === 0 && iterations(source).length === 0);
  }
  const before = source.numbers(3, { signal: AbortSignal.abort('early') });
  await assert.rejects(before.next(), { code: 'ABORT_ERR', cause: 'early' });
  assert.deepEqual(await before.next(), { done: true, value: undefined });
});

test('a signal that aborts between two items: the loop ends with the AbortError', async (t) => {
  const source = sourceOf(t);
  const controller = new AbortController();
  const items = [];
  const loop = async () => {
    for await (const i of source.numbersOf(-1, { signal: controller.signal })) {
      if (items.push(i) === 10) controller.abort();
    }
  };
  await assert.rejects(loop(), { code: 'ABORT_ERR' });
  assert.deepEqual(items, numbers(10), 'none of those that were fetched already');
  await eventually(() => iterations(source).length === 0);
});

test('freeing the object ends its iterations: what waits rejects, and Close comes after the producers', async (t) => {
  const source = sourceOf(t);
  const waiting = [
    source.silent(),
    source.entriesOf(0, 'wait'),
    source.numbersOf(-1),
    source.slowNumbers(1000, 1000),
  ];
  const [, , busy] = waiting;
  await busy.next();
  const pending = [waiting[0].next(), waiting[1].next(), waiting[3].next()];
  await eventually(() => source.running() === 4);
  const unstarted = source.numbers(5);
  assert.equal(entryOf(source).inFlight, 5);
  const refused = pending.map((each) => assert.rejects(each, freed));
  assert.equal(await source.free(), 'drained');
  await Promise.all(refused);
  await assert.rejects(unstarted.next(), freed);
  await assert.rejects(collect(busy), freed);
  assert.throws(() => source.numbers(1), freed);
});
