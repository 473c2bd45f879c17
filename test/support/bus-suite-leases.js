'use strict';

// What a group delivers again: after nak(), after ackWait, after a member has gone.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { range, seqsOf, take } = require('./bus.js');
const { eventually } = require('./wait.js');

module.exports = (context) => {
  async function filled(count) {
    const topic = await context.topic();
    await topic.publishBatch(range(1, count).map(String));
    return topic;
  }

  const join = (topic, options) => topic.subscribe({ group: 'g', ...options });

  test('nak(): again at once; deliveries counts; nothing is lost or doubled', async () => {
    const topic = await filled(3);
    const member = await join(topic);
    const [first] = await take(member, 1);
    assert.equal(first.nak(), true);
    assert.equal(first.ack(), false, 'it is not held any more');
    const seen = await take(member, 3);
    assert.deepEqual(seqsOf(seen).sort(), [1, 2, 3]);
    for (const event of seen) assert.equal(event.deliveries, event.seq === 1 ? 2 : 1);
    const again = seen.find(({ seq }) => seq === 1);
    for (let deliveries = 3; deliveries < 8; deliveries++) {
      member.nak(again);
      const [event] = await take(member, 1);
      assert.deepEqual([event.seq, event.deliveries], [1, deliveries]);
    }
    assert.deepEqual([member.ack(1), member.ack(2), member.ack(3)], [true, true, true]);
    await eventually(async () => {
      const [{ pending, inFlight, redelivered }] = (await topic.stats()).groups;
      return pending === 0 && inFlight === 0 && redelivered === 6;
    });
    await member.free();
  });

  test('nak({ delay }): not before that time, and what comes after it is not held up', async () => {
    const topic = await filled(3);
    const member = await join(topic);
    const [first] = await take(member, 1);
    const begun = performance.now();
    assert.equal(first.nak({ delay: 300 }), true);
    assert.deepEqual(seqsOf(await take(member, 2)), [2, 3]);
    const [again] = await take(member, 1);
    assert.ok(performance.now() - begun >= 295, `${performance.now() - begun}`);
    assert.deepEqual([again.seq, again.deliveries], [1, 2]);
    assert.equal(again.ack(), true);
    await member.free();
  });

  test('after ackWait it goes to another member; a late ack is refused', async () => {
    const topic = await filled(2);
    const [sleepy, other] = [await join(topic, { ackWait: 300 }), await join(topic, { ackWait: 300 })];
    const held = await take(sleepy, 2);
    const begun = performance.now();
    const again = await take(other, 2);
    assert.ok(performance.now() - begun >= 200, `${performance.now() - begun}`);
    assert.deepEqual(seqsOf(again).sort(), [1, 2]);
    for (const event of again) assert.ok(event.deliveries >= 2);
    assert.deepEqual(
      held.map((event) => event.ack()),
      [false, false],
    );
    for (const event of again) event.ack();
    assert.equal(sleepy.stats().inFlight, 0);
    await Promise.all([sleepy.free(), other.free()]);
  });

  test('the time to ack runs from when an event was handed out, not while it waits its turn', async () => {
    const topic = await filled(8);
    const member = await join(topic, { ackWait: 1000 });
    for (let i = 1; i <= 8; i++) {
      const [event] = await take(member, 1);
      assert.deepEqual([event.seq, event.deliveries], [i, 1]);
      await delay(200);
      assert.equal(event.ack(), true, `${i}`);
    }
    await member.free();
  });

  test('a member that is freed gives back what it holds, at once', async () => {
    const topic = await filled(6);
    const [one, other] = [await join(topic), await join(topic)];
    const held = await take(one, 4);
    held[1].ack();
    assert.equal(await one.free(), 'drained');
    const seen = await take(other, 5);
    assert.deepEqual(seqsOf(seen).sort(), [1, 3, 4, 5, 6]);
    for (const { seq, deliveries } of seen) assert.equal(deliveries, seq <= 4 ? 2 : 1);
    for (const event of seen) assert.equal(event.ack(), true);
    await eventually(async () => (await topic.stats()).groups[0].inFlight === 0);
    await other.free();
  });

  test('end(): the loop ends, also one that waits, and what was handed out can still be acked', async () => {
    const topic = await filled(5);
    const member = await join(topic);
    const held = [];
    for await (const event of member) {
      held.push(event);
      if (event.seq === 3) member.end();
    }
    assert.deepEqual(seqsOf(held), [1, 2, 3]);
    assert.equal(member.freed, false);
    for (const event of held) assert.equal(event.nak(), true);
    await member.free();
    const other = await join(topic);
    const iterator = other[Symbol.asyncIterator]();
    const seen = await take(other, 5);
    const waits = iterator.next();
    await delay(20);
    other.end();
    assert.deepEqual(await waits, { done: true, value: undefined });
    assert.equal(other.freed, false);
    for (const event of seen) assert.equal(event.ack(), true);
    await eventually(async () => (await topic.stats()).groups[0].inFlight === 0);
    await other.free();
  });

  test('members that leave their loops one after the other cost no event', async () => {
    const topic = await filled(300);
    const acked = [];
    while (acked.length < 300) {
      const member = await join(topic, { maxInFlight: 20 });
      let n = 0;
      for await (const event of member) {
        if (n % 4 < 3 && event.ack()) acked.push(event.seq);
        if (++n === 30 || acked.length === 300) break;
        const { inFlight } = member.stats();
        if (inFlight === 20 || acked.length + inFlight === 300) break;
      }
    }
    assert.deepEqual(
      acked.sort((a, b) => a - b),
      range(1, 300),
    );
  });

  test('the last member leaves: the group keeps its place for the next one', async () => {
    const topic = await filled(5);
    const first = await join(topic);
    for (const event of (await take(first, 3)).slice(0, 2)) event.ack();
    await first.free();
    await topic.publish('6');
    const second = await join(topic);
    const seen = await take(second, 4);
    assert.deepEqual(seqsOf(seen).sort(), [3, 4, 5, 6]);
    await second.free();
  });

  test('every second event is naked at random times: all are acked exactly once in the end', async () => {
    const topic = await filled(400);
    const acked = [];
    const members = await Promise.all([1, 5, 50].map((maxInFlight) => join(topic, { maxInFlight })));
    const work = async (member) => {
      for await (const event of member) {
        if (event.deliveries < 3 && Math.random() < 0.5) {
          assert.equal(event.nak({ delay: Math.random() < 0.5 ? 0 : 20 * Math.random() }), true);
        } else if (event.ack()) acked.push(event.seq);
        if (acked.length === 400) for (const each of members) each.free();
      }
    };
    await Promise.all(members.map(work));
    assert.deepEqual(
      acked.sort((a, b) => a - b),
      range(1, 400),
    );
  });

  test("ackWait is the group's: who gives none leaves it alone, the last one given counts from then on", async () => {
    const topic = await context.topic();
    await topic.publishBatch(['1', '2']);
    const one = await topic.subscribe({ group: 'g', ackWait: 300, maxInFlight: 1 });
    await take(one, 1);
    const other = await topic.subscribe({ group: 'g' });
    const [second] = await take(other, 1);
    assert.equal(second.ack(), true);
    const [first] = await take(other, 1); // after 300 ms
    assert.deepEqual([second.seq, first.seq, first.deliveries], [2, 1, 2]);
    assert.equal(first.ack(), true);
    const third = await topic.subscribe({ group: 'g', ackWait: 60_000, maxInFlight: 1 });
    await topic.publish('3');
    const [held] = await take(other, 1);
    await delay(400);
    assert.deepEqual([held.seq, held.deliveries, held.ack()], [3, 1, true]);
    await Promise.all([one, other, third].map((each) => each.free()));
  });
};
