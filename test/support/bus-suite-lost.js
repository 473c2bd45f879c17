'use strict';

// What a plain subscription is told of events that limits have removed before it took them.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { range, seqsOf, take } = require('./bus.js');
const { eventually } = require('./wait.js');

module.exports = (context) => {
  const keepsTen = () => context.topic({ maxEvents: 10 });

  /** Publishes up to that number, and waits until only the last ten are there. */
  async function fillTo(topic, last) {
    const { last: before } = await topic.stats();
    await topic.publishBatch(range(before + 1, last).map(String));
    await eventually(async () => (await topic.stats()).first === last - 9);
  }

  test('from a number that is gone: ERR_EVENTS_LOST says which, once; a further loop goes on after them', async () => {
    const topic = await keepsTen();
    await fillTo(topic, 50);
    for (const batch of [undefined, 4]) {
      const subscription = await topic.subscribe({ from: 5, batch });
      await assert.rejects(take(subscription, 1), ({ code, message }) => {
        assert.equal(code, 'ERR_EVENTS_LOST');
        assert.match(message, /36 events, from 5 on, .* the next is 41/);
        return true;
      });
      assert.equal(subscription.freed, false);
      const seen = [];
      for await (const item of subscription) {
        seen.push(...[item].flat());
        if (seen.length === 10) break;
      }
      assert.deepEqual(seqsOf(seen), range(41, 50));
    }
  });

  test("'first', 'last', 'new' and a time expect nothing of what was gone before", async () => {
    const topic = await keepsTen();
    await fillTo(topic, 50);
    for (const [from, first] of Object.entries({ first: 41, last: 50 })) {
      const subscription = await topic.subscribe({ from });
      assert.deepEqual(seqsOf(await take(subscription, 51 - first)), range(first, 50));
      await subscription.free();
    }
    const timed = await topic.subscribe({ from: new Date(0) });
    assert.deepEqual(seqsOf(await take(timed, 10)), range(41, 50));
    await timed.free();
  });

  test('a subscription that lags: every event is seen or told as lost, in order', async () => {
    const topic = await context.topic({ maxEvents: 100 });
    const subscription = await topic.subscribe({ from: 'first', maxInFlight: 10 });
    await topic.publishBatch(range(1, 2000).map(String));
    const seen = new Set();
    let lost = 0;
    let last = 0;
    while (last < 2000) {
      try {
        for (const event of await take(subscription, 1)) {
          assert.ok(event.seq > last && event.text() === String(event.seq));
          last = event.seq;
          seen.add(last);
        }
      } catch (error) {
        assert.equal(error.code, 'ERR_EVENTS_LOST');
        const [, count, from, next] = error.message
          .match(/^(\d+) events?, from (\d+) on, .* next is (\d+)$/)
          .map(Number);
        assert.deepEqual([from, next], [last + 1, last + 1 + count]);
        last = next - 1;
        lost += count;
      }
    }
    assert.ok(lost > 0);
    assert.equal(seen.size + lost, 2000);
    assert.equal(subscription.stats().lost, lost);
    await subscription.free();
  });

  test("lost: 'skip' goes on, and counts", async () => {
    const topic = await keepsTen();
    const early = await topic.subscribe({ from: 'first', lost: 'skip', maxInFlight: 1 });
    await fillTo(topic, 60);
    const late = await topic.subscribe({ from: 2, lost: 'skip' });
    assert.deepEqual(seqsOf(await take(late, 10)), range(51, 60));
    assert.equal(late.stats().lost, 49);
    const seen = [];
    while (seen.at(-1) !== 60) seen.push(...seqsOf(await take(early, 1)));
    assert.deepEqual(
      seen,
      [...new Set(seen)].sort((a, b) => a - b),
    );
    assert.equal(seen.length + early.stats().lost, 60);
    await Promise.all([early.free(), late.free()]);
  });

  test('a loss while next() waits is told to it, and to nobody else', async () => {
    const topic = await keepsTen();
    await topic.publish('1');
    const waits = await topic.subscribe({ from: 5 });
    const plain = await topic.subscribe();
    const next = take(waits, 1).then(seqsOf, ({ code }) => code);
    await topic.publishBatch(range(2, 60).map(String));
    const found = await next;
    assert.ok(found === 'ERR_EVENTS_LOST' || found[0] === 5, `${found}`);
    await plain.free();
    await waits.free();
  });
};
