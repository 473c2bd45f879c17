'use strict';

// The conformance suite: topics as logs. Each case is called with a test's context and a bus of a backend.

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { setTimeout: delay } = require('node:timers/promises');
const { seqs, take, texts, upTo } = require('./bus-backends.js');

const cases = {
  async 'events are numbered from 1, and have what was published'(_t, bus) {
    const topic = await bus.topic('log.a-b_C');
    const before = Date.now();
    assert.equal(await topic.publish('one', { headers: { a: 'b', 'X-Y': 'ü €' } }), 1);
    assert.equal(await topic.publish(Buffer.from([0, 255, 0])), 2);
    assert.deepEqual(
      await topic.publishBatch(['', new Uint16Array([1, 2]), { data: 'x', headers: { q: '' } }]),
      [3, 4, 5],
    );
    const events = await topic.read(1, 10);
    assert.deepEqual(seqs(events), [1, 2, 3, 4, 5]);
    assert.deepEqual(
      events.map((each) => each.data.toString('hex')),
      ['6f6e65', '00ff00', '', '01000200', '78'],
    );
    assert.deepEqual(
      events.map((each) => each.headers),
      [{ a: 'b', 'X-Y': 'ü €' }, {}, {}, {}, { q: '' }],
    );
    for (const { time, deliveries } of events) {
      assert.ok(time.getTime() >= before - 1 && time.getTime() <= Date.now() + 1);
      assert.equal(deliveries, 0);
    }
    assert.equal(topic.name, 'log.a-b_C');
    assert.deepEqual(await bus.topics(), ['log.a-b_C']);
  },

  async 'an id is stored once: the number is that of the first'(_t, bus) {
    const topic = await bus.topic('ids');
    assert.equal(await topic.publish('a', { id: 'k' }), 1);
    assert.equal(await topic.publish('b', { id: 'k' }), 1);
    assert.deepEqual(
      await topic.publishBatch([{ data: 'c', id: 'l' }, { data: 'd', id: 'l' }, 'e']),
      [2, 2, 3],
    );
    assert.deepEqual(texts(await topic.read(1, 10)), ['a', 'c', 'e']);
  },

  async 'posts are stored in their order, before what is published after them'(_t, bus) {
    const topic = await bus.topic('posts');
    for (let i = 1; i <= 500; i++) {
      if (!topic.post(`${i}`)) await topic.drain();
      if (i === 250) assert.equal(topic.post('with', { headers: { h: '1' }, id: 'w' }), true);
    }
    assert.equal(await topic.publish('last'), 502);
    await bus.flush();
    const events = await topic.read(1, 1000);
    assert.deepEqual(texts(events), [
      ...upTo(250).map(String),
      'with',
      ...upTo(500).slice(250).map(String),
      'last',
    ]);
    assert.deepEqual(events[250].headers, { h: '1' });
    const { posted, failed, last } = await topic.stats();
    assert.deepEqual({ posted, failed, last }, { posted: 0, failed: 0, last: 502 });
  },

  async 'a subscription from anywhere has each event once, in order'(_t, bus) {
    const topic = await bus.topic('from');
    await topic.publishBatch(upTo(300).map(String));
    const middle = (await topic.read(150))[0].time;
    const isNew = await topic.subscribe();
    const last = await topic.subscribe({ from: 'last' });
    const at = await topic.subscribe({ from: 290, batch: 4 });
    const ahead = await topic.subscribe({ from: 310 });
    const first = await topic.subscribe({ from: 'first', maxInFlight: 7 });
    const late = await topic.subscribe({ from: new Date(Date.now() + 3_600_000) });
    const since = await topic.subscribe({ from: middle });
    await topic.publishBatch(upTo(20).map((i) => `${300 + i}`));
    assert.deepEqual(seqs(await take(first, 320)), upTo(320));
    assert.deepEqual(seqs(await take(isNew, 20)), upTo(320).slice(300));
    assert.deepEqual(seqs(await take(last, 21)), upTo(320).slice(299));
    assert.deepEqual(seqs(await take(at, 31)), upTo(320).slice(289));
    assert.deepEqual(seqs(await take(ahead, 11)), upTo(320).slice(309));
    assert.deepEqual(seqs(await take(late, 20)), upTo(320).slice(300));
    const [{ seq, time }] = await take(since, 1);
    assert.ok(seq <= 150 && time >= middle);
  },

  async 'limits remove from the front; who has not seen it is told once, and goes on'(_t, bus) {
    const topic = await bus.topic('limits', { maxEvents: 10 });
    const slow = await topic.subscribe({ from: 'first', maxInFlight: 100 });
    const careless = await topic.subscribe({ from: 'first', lost: 'skip', maxInFlight: 100 });
    await topic.publish('1');
    assert.deepEqual(seqs(await take(slow, 1)), [1]);
    // One by one: a subscription may have some at hand, but never all of these.
    for (let i = 0; i < 30; i++) await topic.publishBatch(Array(1000).fill(Buffer.alloc(1000)));
    const { events, first, last, limits } = await topic.stats();
    assert.deepEqual(
      { events, first, last, maxEvents: limits.maxEvents },
      { events: 10, first: 29_992, last: 30_001, maxEvents: 10 },
    );
    const seen = [1];
    let gaps = 0;
    while (seen.at(-1) !== 30_001) {
      try {
        for await (const { seq } of slow) {
          assert.ok(seq === seen.at(-1) + 1 || gaps > 0, 'no gap before the error');
          assert.ok(seq > seen.at(-1), 'no duplicate');
          if (seen.push(seq) && seq === 30_001) break;
        }
      } catch (error) {
        assert.equal(error.code, 'ERR_EVENTS_LOST');
        gaps++;
      }
    }
    assert.ok(gaps > 0);
    let skipped = 0;
    for await (const { seq } of careless) {
      skipped++;
      if (seq < 30_001) continue;
      assert.equal(careless.stats().lost, 30_001 - skipped);
      assert.ok(skipped < 30_001);
      break;
    }
  },

  async 'limits of bytes and age, and limits that change'(_t, bus) {
    const topic = await bus.topic('more-limits', { maxBytes: 20_000 });
    await topic.publishBatch(Array(100).fill(Buffer.alloc(1000)));
    const { events } = await topic.stats();
    assert.ok(events > 10 && events < 20, `${events} events of 1000 bytes in 20000`);
    const again = await bus.topic('more-limits', { maxEvents: 5 });
    assert.equal((await topic.stats()).events, 5);
    await bus.topic('more-limits');
    assert.equal(
      (await again.stats()).limits.maxEvents,
      5,
      'opened without limits, it keeps those that it has',
    );
    const old = await bus.topic('old', { maxAge: 300 });
    await old.publish('x');
    while ((await old.stats()).events > 0) await delay(50);
    assert.equal(await old.publish('y'), 2);
  },

  async 'read() gives what is there'(_t, bus) {
    const topic = await bus.topic('read', { maxEvents: 100 });
    await topic.publishBatch(upTo(150).map(String));
    assert.deepEqual(seqs(await topic.read(60, 3)), [60, 61, 62]);
    assert.deepEqual(seqs(await topic.read(1, 2)), [51, 52], 'from the first that is left');
    assert.deepEqual(seqs(await topic.read(149, 9)), [149, 150]);
    assert.deepEqual(await topic.read(151, 9), []);
    assert.deepEqual(seqs(await topic.read(100)), [100]);
    const big = await bus.topic('big');
    await big.publishBatch(upTo(40).map(() => Buffer.alloc(100_000)));
    assert.equal((await big.read(1, 40)).length, 40, 'of more than one page');
  },

  async 'large events, to the byte'(_t, bus) {
    const topic = await bus.topic('large');
    const data = Buffer.alloc(topic.maxEventBytes, 7);
    assert.equal(await topic.publish(data), 1);
    assert.ok((await topic.read(1))[0].data.equals(data));
    const more = [Buffer.alloc(1), Buffer.alloc(topic.maxEventBytes + 1)];
    await assert.rejects(topic.publishBatch(more), { code: 'ERR_EVENT_TOO_LARGE' });
    await assert.rejects(topic.publish(Buffer.alloc(topic.maxEventBytes - 1), { headers: { a: 'b' } }), {
      code: 'ERR_EVENT_TOO_LARGE',
    });
    assert.throws(() => topic.post(more[1]), { code: 'ERR_EVENT_TOO_LARGE' });
    assert.equal((await topic.stats()).last, 1, 'nothing of it was stored');
  },

  async 'a topic that was deleted ends for all; its name is free again'(_t, bus) {
    const topic = await bus.topic('gone');
    await topic.publish('x');
    const subscription = await topic.subscribe();
    const waits = assert.rejects(take(subscription, 1), { code: 'ERR_TOPIC_NOT_FOUND' });
    await bus.deleteTopic('gone');
    await waits;
    await assert.rejects(topic.publish('y'), { code: 'ERR_TOPIC_NOT_FOUND' });
    await assert.rejects(topic.stats(), { code: 'ERR_TOPIC_NOT_FOUND' });
    await assert.rejects(bus.deleteTopic('gone'), { code: 'ERR_TOPIC_NOT_FOUND' });
    assert.deepEqual(await bus.topics(), []);
    assert.equal(await (await bus.topic('gone')).publish('new'), 1);
  },

  async 'a subscription is a stream for Readable.from(), and ends with it'(_t, bus) {
    const topic = await bus.topic('stream');
    await topic.publishBatch(upTo(100).map(String));
    const subscription = await topic.subscribe({ from: 'first', batch: 10 });
    const readable = Readable.from(subscription);
    const found = [];
    for await (const list of readable) {
      assert.ok(list.length >= 1 && list.length <= 10);
      found.push(...seqs(list));
      if (found.length === 100) break;
    }
    assert.deepEqual(found, upTo(100));
    while (!subscription.freed) await delay(1);
  },
};

module.exports = { cases };
