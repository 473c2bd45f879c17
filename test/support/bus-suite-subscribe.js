'use strict';

// Plain subscriptions, their iterators, and read().

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { allOf, codeOf, range, seqsOf, take, textsOf } = require('./bus.js');
const { eventually } = require('./wait.js');

module.exports = (context) => {
  /** A topic with the events '1', '2' ... */
  async function filled(count, options) {
    const topic = await context.topic(options);
    await topic.publishBatch(range(1, count).map(String));
    return topic;
  }

  /** The numbers of the next events of a new subscription. */
  async function see(topic, count, options) {
    const subscription = await topic.subscribe(options);
    const events = await take(subscription, count);
    await subscription.free();
    return seqsOf(events.flat());
  }

  test('each kind of start: the first event that is seen', async () => {
    const topic = await filled(5);
    await delay(5);
    const between = new Date();
    await delay(5);
    await topic.publishBatch(['6', '7']);
    const begins = { first: 1, last: 7, 1: 1, 3: 3, 7: 7 };
    for (const [from, first] of Object.entries(begins)) {
      const start = Number(from) || from;
      assert.deepEqual(await see(topic, 8 - first, { from: start }), range(first, 7), `from ${from}`);
    }
    assert.deepEqual(await see(topic, 2, { from: between }), [6, 7]);
    assert.deepEqual(await see(topic, 7, { from: new Date(0) }), range(1, 7));
  });

  test("'new' is the default: what is published after subscribe() has resolved, from the first on", async () => {
    const topic = await filled(3);
    const subscriptions = [await topic.subscribe(), await topic.subscribe({ from: 'new' })];
    subscriptions.push(await topic.subscribe({ from: new Date(Date.now() + 60_000) }));
    await topic.publishBatch(['4', '5']);
    for (const each of subscriptions) assert.deepEqual(seqsOf(await take(each, 2)), [4, 5]);
    for (const each of subscriptions) await each.free();
  });

  test('on an empty topic all starts see what comes; a number that is not there yet is waited for', async () => {
    const topic = await context.topic();
    const starts = ['first', 'last', 'new', 1, new Date(0), undefined];
    const early = await Promise.all(starts.map((from) => topic.subscribe({ from })));
    const fourth = await topic.subscribe({ from: 4 });
    const next = take(fourth, 2);
    await topic.publishBatch(range(1, 5).map(String));
    for (const each of early) assert.deepEqual(seqsOf(await take(each, 5)), range(1, 5));
    assert.deepEqual(seqsOf(await next), [4, 5]);
    for (const each of [...early, fourth]) await each.free();
  });

  test('each subscriber sees every event once and in order, however slow the others are', async () => {
    const topic = await context.topic();
    const idle = await topic.subscribe();
    const count = 3000;
    const loops = [1, 7, 100, 4096].map(async (maxInFlight, i) => {
      const subscription = await topic.subscribe({ from: 'first', maxInFlight, ...(i % 2 && { batch: 50 }) });
      const seen = [];
      for await (const item of subscription) {
        for (const event of [item].flat()) seen.push(event.seq);
        if (i === 0 && seen.length % 500 === 0) await delay(5);
        if (seen.length >= count) break;
      }
      return seen;
    });
    for (let i = 0; i < count; i += 300) await topic.publishBatch(Array(300).fill('x'));
    for (const seen of await Promise.all(loops)) assert.deepEqual(seen, range(1, count));
    assert.deepEqual(seqsOf(await take(idle, count)), range(1, count));
    await idle.free();
  });

  test('batch: lists of at most so many events, never none; what is left of a page comes next', async () => {
    const topic = await filled(100);
    const subscription = await topic.subscribe({ from: 'first', batch: 7 });
    const seen = [];
    for await (const list of subscription) {
      assert.ok(Array.isArray(list) && list.length >= 1 && list.length <= 7, `${list.length}`);
      seen.push(...list);
      if (seen.length === 100) await topic.publish('101');
      if (seen.length === 101) break;
    }
    assert.deepEqual(textsOf(seen), range(1, 101).map(String));
  });

  test('overlapping calls of next() are answered in their order, also those that wait', async () => {
    const topic = await filled(3);
    const subscription = await topic.subscribe({ from: 'first' });
    const iterator = subscription[Symbol.asyncIterator]();
    assert.equal(iterator, subscription[Symbol.asyncIterator]());
    assert.equal(iterator, iterator[Symbol.asyncIterator]());
    const calls = range(1, 8).map(() => iterator.next());
    await topic.publishBatch(range(4, 7).map(String));
    const ended = calls.pop();
    assert.deepEqual(
      (await Promise.all(calls)).map(({ value }) => value.text()),
      range(1, 7).map(String),
    );
    await subscription.free();
    assert.deepEqual(await ended, { done: true, value: undefined });
  });

  test('break, return() and throw() free the subscription and end the iteration', async () => {
    const topic = await filled(10);
    const ways = [
      async (subscription) => {
        for await (const event of subscription) if (event.seq === 3) break;
      },
      async (subscription) => {
        const failure = new Error('of the body');
        const loop = async () => {
          for await (const _ of subscription) throw failure;
        };
        await assert.rejects(loop(), failure);
      },
      async (subscription) => {
        const iterator = subscription[Symbol.asyncIterator]();
        await iterator.next();
        assert.deepEqual(await iterator.return('x'), { done: true, value: 'x' });
      },
      async (subscription) => {
        const failure = new Error('thrown in');
        await assert.rejects(subscription[Symbol.asyncIterator]().throw(failure), failure);
      },
      async (subscription) => {
        const pending = take(subscription, 20);
        await delay(20);
        await subscription[Symbol.asyncIterator]().return();
        assert.ok((await pending).length <= 10);
      },
      (subscription) => subscription[Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')](),
    ];
    for (const leave of ways) {
      const subscription = await topic.subscribe({ from: 'first' });
      await leave(subscription);
      assert.equal(subscription.freed, true, `${leave}`);
      const iterator = subscription[Symbol.asyncIterator]();
      for (let i = 0; i < 2; i++) assert.deepEqual(await iterator.next(), { done: true, value: undefined });
      assert.equal(await codeOf(() => subscription.stats()), 'ERR_HANDLE_FREED');
    }
    await eventually(async () => (await topic.stats()).subscriptions === 0);
  });

  test('Readable.from() is a stream of the events; to destroy it frees the subscription', async () => {
    const topic = await filled(200);
    const subscription = await topic.subscribe({ from: 'first' });
    const stream = Readable.from(subscription);
    const seen = [];
    for await (const event of stream) {
      seen.push(event.seq);
      if (event.seq === 200) break;
    }
    assert.deepEqual(seen, range(1, 200));
    await eventually(() => subscription.freed);
  });

  test('read(): by numbers, across pages, beyond the end; it leaves out what is gone', async () => {
    const topic = await filled(10, { maxEvents: 100 });
    assert.deepEqual(textsOf(await topic.read(3)), ['3']);
    assert.deepEqual(seqsOf(await topic.read(8, 100)), [8, 9, 10]);
    assert.deepEqual(await topic.read(11, 5), []);
    assert.deepEqual(await topic.read(Number.MAX_SAFE_INTEGER, 5), []);
    await topic.publishBatch(range(11, 150).map(String));
    assert.deepEqual(seqsOf(await topic.read(1, 3)), [51, 52, 53]);
    assert.deepEqual(seqsOf(await topic.read(50)), [51]);
    const large = await context.topic();
    const part = Buffer.alloc(300_000);
    for (let i = 1; i <= 9; i++) {
      part.fill(i);
      await large.publish(part);
    }
    const events = await large.read(1, 9);
    assert.deepEqual(seqsOf(events), range(1, 9));
    assert.ok(events.every(({ seq, data }) => data.length === 300_000 && data.every((each) => each === seq)));
    assert.deepEqual(seqsOf(await allOf(large)), range(1, 9));
  });

  test('stats(): of subscriptions, of topics', async () => {
    const topic = await filled(20);
    const subscription = await topic.subscribe({ from: 'first', batch: 10 });
    assert.equal((await topic.stats()).subscriptions, 1);
    for (let seen = 0; seen < 10; ) seen += (await take(subscription, 1))[0].length; // a list may have fewer
    const { delivered, inFlight, lost } = subscription.stats();
    assert.ok(delivered >= 10 && delivered <= 20);
    assert.deepEqual([inFlight, lost], [0, 0]);
    await subscription.free();
    const { bytes, ...stats } = await topic.stats();
    assert.ok(bytes > 20);
    assert.deepEqual(
      { ...stats, limits: typeof stats.limits },
      {
        events: 20,
        first: 1,
        last: 20,
        subscriptions: 0,
        posted: 0,
        failed: 0,
        limits: 'object',
        groups: [],
      },
    );
    const { events, first, last } = await (await context.topic()).stats();
    assert.deepEqual({ events, first, last }, { events: 0, first: 1, last: 0 });
  });
};
