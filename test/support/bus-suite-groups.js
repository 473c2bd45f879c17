'use strict';

// Groups: each event goes to one member, who acks it.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { aborted, codeOf, range, seqsOf, take, textsOf } = require('./bus.js');
const { eventually } = require('./wait.js');

module.exports = (context) => {
  async function filled(count, options) {
    const topic = await context.topic(options);
    if (count > 0) await topic.publishBatch(range(1, count).map(String));
    return topic;
  }

  const join = (topic, options) => topic.subscribe({ group: 'g', ...options });

  async function groupOf(topic, name = 'g') {
    return (await topic.stats()).groups.find((each) => each.name === name);
  }

  /** What stats() says of a group once that is so; an ack may still be on its way. */
  async function groupBecomes(topic, want) {
    let found;
    await eventually(async () => {
      found = await groupOf(topic);
      return found.inFlight === want.inFlight && found.pending === want.pending;
    }).catch(() => {});
    assert.deepEqual(found, { name: 'g', redelivered: 0, ...want });
  }

  test('members that ack: every event is delivered exactly once, to one of them', async () => {
    const count = 2000;
    const topic = await context.topic();
    const deliveries = [];
    let acks = 0;
    const members = await Promise.all(
      [1, 8, 256, 16].map((maxInFlight, i) => join(topic, { maxInFlight, ...(i === 3 && { batch: 10 }) })),
    );
    const work = async (member) => {
      const own = [];
      try {
        for await (const item of member) {
          for (const event of [item].flat()) {
            own.push(event.seq);
            deliveries.push(event.deliveries);
            assert.equal(event.ack(), true);
            if (++acks === count) await Promise.all(members.map((each) => each.free()));
          }
        }
      } catch (error) {
        if (error.code !== 'ERR_HANDLE_FREED') throw error;
      }
      return own;
    };
    const works = members.map(work);
    for (let i = 0; i < count; i += 200) await topic.publishBatch(Array(200).fill('x'));
    const seen = await Promise.all(works);
    assert.deepEqual(
      seen.flat().sort((a, b) => a - b),
      range(1, count),
    );
    for (const own of seen) assert.deepEqual(own, own.toSorted?.((a, b) => a - b) ?? own, 'in order');
    assert.deepEqual([...new Set(deliveries)], [1]);
    await groupBecomes(topic, { pending: 0, inFlight: 0 });
  });

  test('ack(): once, by its member only; by event, by number, by the subscription', async () => {
    const topic = await filled(4);
    const [one, two] = [await join(topic, { batch: 4 }), await join(topic)];
    const events = []; // a list may have fewer
    while (events.length < 4) events.push(...(await take(one, 1))[0]);
    const [a, b, c, d] = events;
    assert.deepEqual(textsOf([a, b, c, d]), ['1', '2', '3', '4']);
    assert.equal(one.stats().inFlight, 4);
    assert.deepEqual(
      [two.ack(a), two.nak(b.seq), one.ack(99), one.nak(0), one.ack(-1)],
      Array(5).fill(false),
    );
    assert.deepEqual([a.ack(), one.ack(b), one.ack(c.seq)], [true, true, true]);
    assert.deepEqual([a.ack(), one.ack(b), one.nak(c.seq), c.nak()], Array(4).fill(false));
    assert.equal(one.stats().inFlight, 1);
    assert.equal(d.ack(), true);
    await groupBecomes(topic, { pending: 0, inFlight: 0 });
    await Promise.all([one.free(), two.free()]);
  });

  test('a member never holds more than maxInFlight; others get what is beyond', async () => {
    const topic = await filled(10);
    const one = await join(topic, { maxInFlight: 3 });
    const held = await take(one, 3);
    assert.deepEqual(seqsOf(held), [1, 2, 3]);
    const more = take(one, 1);
    const other = await join(topic);
    const rest = await take(other, 7);
    assert.deepEqual(seqsOf(rest), range(4, 10));
    for (const event of rest) assert.equal(event.ack(), true);
    assert.equal(one.stats().inFlight, 3);
    await topic.publish('11');
    const eleventh = take(other, 1);
    assert.deepEqual(seqsOf(await eleventh), [11]);
    held[1].ack();
    await topic.publish('12');
    const [next] = await more;
    assert.equal(next.seq, 12);
    assert.equal(one.stats().inFlight, 3);
    await Promise.all([one.free(), other.free()]);
  });

  test('a batch of a member is no larger than batch, or than maxInFlight', async () => {
    const topic = await filled(20);
    const member = await join(topic, { batch: 5, maxInFlight: 8 });
    const seen = [];
    for await (const list of member) {
      assert.ok(list.length >= 1 && list.length <= 5);
      assert.ok(member.stats().inFlight <= 8);
      seen.push(...seqsOf(list));
      for (const event of list) event.ack();
      if (seen.length === 20) break;
    }
    assert.deepEqual(seen, range(1, 20));
  });

  test('two groups and a plain subscriber do not hear of each other', async () => {
    const topic = await filled(5);
    const [one, two, plain] = [
      await join(topic),
      await topic.subscribe({ group: 'g.2_-' }),
      await topic.subscribe({ from: 'first' }),
    ];
    for (const each of [one, two, plain]) assert.deepEqual(seqsOf(await take(each, 5)), range(1, 5));
    one.ack(1);
    await eventually(async () => (await groupOf(topic)).inFlight === 4);
    const { groups } = await topic.stats();
    assert.deepEqual(
      groups.map(({ name, inFlight }) => [name, inFlight]),
      [
        ['g', 4],
        ['g.2_-', 5],
      ],
    );
    await Promise.all([one, two, plain].map((each) => each.free()));
  });

  test('a new group begins where its first member says, at the first event unless told; an old one goes on', async () => {
    const topic = await filled(10);
    const starts = { first: 1, last: 10, new: 11, 4: 4, undefined: 1 };
    for (const [from, first] of Object.entries(starts)) {
      const options = {
        group: `from-${from}`,
        from: from === 'undefined' ? undefined : Number(from) || from,
      };
      const member = await topic.subscribe(options);
      if (first === 11) await topic.publish('11');
      const [event] = await take(member, 1);
      assert.equal(event.seq, first, from);
      event.ack();
      await member.free();
      const again = await topic.subscribe({ ...options, from: 'first' });
      if (first < 10) assert.equal((await take(again, 1))[0].seq, first + 1);
      await again.free();
    }
    await topic.publish('more');
    const timed = await topic.subscribe({ group: 'from-time', from: new Date(0) });
    assert.equal((await take(timed, 1))[0].seq, 1);
    await timed.free();
  });

  test('deleteGroup(): its members are told, and the group can be made anew', async () => {
    const topic = await filled(3);
    const [one, two] = [await join(topic, { maxInFlight: 1 }), await join(topic)];
    await take(one, 1);
    const told = []; // the one waits for room, the other for events
    for (const waits of [take(one, 1), take(two, 9)]) waits.catch(({ code }) => told.push(code));
    await topic.deleteGroup('g');
    await eventually(() => told.length === 2);
    assert.deepEqual(told, Array(2).fill('ERR_GROUP_NOT_FOUND'));
    assert.equal(await codeOf(() => take(one, 1)), 'ERR_GROUP_NOT_FOUND');
    assert.equal(one.ack(1), false);
    assert.deepEqual((await topic.stats()).groups, []);
    assert.equal(await codeOf(() => topic.deleteGroup('g')), 'ERR_GROUP_NOT_FOUND');
    await Promise.all([one.free(), two.free()]);
    const anew = await join(topic);
    const events = await take(anew, 3);
    assert.deepEqual(
      events.map(({ seq, deliveries }) => [seq, deliveries]),
      [
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    );
    await anew.free();
  });

  test('events that limits have removed are not delivered, not even again', async () => {
    const topic = await context.topic({ maxEvents: 5 });
    await topic.publishBatch(['1', '2', '3']);
    const member = await join(topic);
    const [held] = await take(member, 1);
    await topic.publishBatch(range(4, 20).map(String));
    await eventually(async () => (await topic.stats()).first === 16);
    held.nak();
    const seen = await take(member, 5);
    assert.deepEqual(seqsOf(seen), range(16, 20));
    for (const event of seen) event.ack();
    await topic.publish('21');
    assert.deepEqual(seqsOf(await take(member, 1)), [21]);
    await member.free();
  });

  test('a plain subscription has nothing to ack', async () => {
    const topic = await filled(1);
    const subscription = await topic.subscribe({ from: 'first' });
    const [event] = await take(subscription, 1);
    const calls = [
      () => event.ack(),
      () => event.nak({ delay: 1 }),
      () => subscription.ack(event),
      () => subscription.nak(1),
    ];
    for (const call of calls) assert.equal(await codeOf(call), 'ERR_NO_GROUP');
    await subscription.free();
  });

  test('a signal ends a member: what it holds goes to others at once', async () => {
    const topic = await filled(3);
    const controller = new AbortController();
    const [one, other] = [await join(topic, { signal: controller.signal }), await join(topic)];
    assert.deepEqual(seqsOf(await take(one, 3)), [1, 2, 3]);
    const waits = assert.rejects(take(one, 1), aborted);
    controller.abort();
    await waits;
    const again = await take(other, 3);
    assert.deepEqual(seqsOf(again).sort(), [1, 2, 3]);
    assert.ok(again.every(({ deliveries }) => deliveries === 2));
    await other.free();
  });
};
