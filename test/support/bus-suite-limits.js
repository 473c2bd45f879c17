'use strict';

// What a topic keeps, and the bus's list of topics.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { allOf, codeOf, range, seqsOf, take } = require('./bus.js');
const { eventually } = require('./wait.js');

module.exports = (context) => {
  test('maxEvents: the last ones are kept, under their numbers', async () => {
    const topic = await context.topic({ maxEvents: 10 });
    for (const last of [3, 10, 11, 300]) {
      const { last: before } = await topic.stats();
      await topic.publishBatch(range(before + 1, last).map(String));
      const first = Math.max(1, last - 9);
      await eventually(async () => (await topic.stats()).first === first);
      const events = await allOf(topic);
      assert.deepEqual(seqsOf(events), range(first, last));
      assert.equal((await topic.stats()).events, events.length);
    }
    assert.equal((await topic.stats()).limits.maxEvents, 10);
  });

  test('maxBytes: no more than that, and the last event of all', async () => {
    const topic = await context.topic({ maxBytes: 50_000 });
    for (let i = 1; i <= 40; i++) await topic.publish(Buffer.alloc(5000, i));
    await eventually(async () => (await topic.stats()).bytes <= 50_000);
    const { events, first, last, limits } = await topic.stats();
    assert.ok(events >= 5 && events <= 10, `${events}`);
    assert.deepEqual([last, first], [40, 41 - events]);
    assert.equal(limits.maxBytes, 50_000);
    assert.ok((await topic.read(40))[0].data.equals(Buffer.alloc(5000, 40)));
  });

  test('maxAge: what is older goes, and numbers go on', async () => {
    const topic = await context.topic({ maxAge: 300 });
    await topic.publishBatch(['1', '2', '3']);
    assert.equal((await topic.stats()).limits.maxAge, 300);
    const begun = performance.now();
    await eventually(async () => (await topic.stats()).events === 0);
    assert.ok(performance.now() - begun >= 200);
    const { first, last } = await topic.stats();
    assert.deepEqual({ first, last }, { first: 4, last: 3 });
    assert.deepEqual(await topic.read(1, 10), []);
    assert.equal(await topic.publish('4'), 4);
    const subscription = await topic.subscribe({ from: 2 });
    assert.equal(await codeOf(() => take(subscription, 1)), 'ERR_EVENTS_LOST');
    await subscription.free();
  });

  test('limits that are given replace those of a topic that exists; none given leave them', async () => {
    const name = context.newName();
    const topic = await context.bus.topic(name, { maxEvents: 50, maxAge: 3_600_000 });
    await topic.publishBatch(range(1, 100).map(String));
    const other = await context.bus.topic(name);
    const { maxEvents, maxAge } = (await other.stats()).limits;
    assert.deepEqual({ maxEvents, maxAge }, { maxEvents: 50, maxAge: 3_600_000 });
    const third = await context.bus.topic(name, { maxEvents: 20 });
    await eventually(async () => (await topic.stats()).first === 81);
    const now = (await topic.stats()).limits;
    assert.deepEqual([now.maxEvents, now.maxAge], [20, undefined]);
    assert.deepEqual(seqsOf(await allOf(third)), range(81, 100));
    const fourth = await context.bus.topic(name, { maxEvents: 1000 });
    await fourth.publishBatch(range(101, 200).map(String));
    assert.deepEqual(seqsOf(await allOf(topic)), range(81, 200));
    for (const each of [topic, other, third, fourth]) assert.equal(await each.free(), 'drained');
  });

  test('topics(): sorted names of those that there are, whether anybody has them open', async () => {
    const names = ['b', 'a.b', 'a', 'A', 'a-1_2.c.d', `${'x'.repeat(150)}`].map(
      (each) => `${context.newName()}.${each}`,
    );
    for (const name of names) {
      const topic = await context.bus.topic(name);
      assert.equal(topic.name, name);
      await topic.publish(name);
      assert.equal(await topic.free(), 'drained');
    }
    const found = await context.bus.topics();
    assert.deepEqual(
      found.filter((each) => names.includes(each)),
      [...names].sort(),
    );
    assert.deepEqual(found, [...found].sort());
    for (const name of names) {
      const topic = await context.bus.topic(name);
      assert.equal((await topic.read(1))[0].text(), name, 'each has events of its own');
      await topic.free();
    }
  });

  test('deleteTopic(): events and groups are gone; who has it open is told; it can be made anew', async () => {
    const name = context.newName();
    const topic = await context.bus.topic(name);
    await topic.publishBatch(['1', '2']);
    const member = await topic.subscribe({ group: 'g' });
    const plain = await topic.subscribe({ from: 'first' });
    await Promise.all([take(member, 1), take(plain, 2)]);
    const told = [];
    for (const waits of [take(member, 5), take(plain, 5)]) waits.catch(({ code }) => told.push(code));
    await delay(20);
    await context.bus.deleteTopic(name);
    await eventually(() => told.length === 2);
    for (const code of told) assert.match(code, /^ERR_(TOPIC|GROUP)_NOT_FOUND$/);
    assert.equal(await codeOf(() => topic.publish('3')), 'ERR_TOPIC_NOT_FOUND');
    assert.equal(await codeOf(() => topic.stats()), 'ERR_TOPIC_NOT_FOUND');
    assert.equal((await context.bus.topics()).includes(name), false);
    assert.equal(await codeOf(() => context.bus.deleteTopic(name)), 'ERR_TOPIC_NOT_FOUND');
    assert.equal(await topic.free(), 'drained');
    const anew = await context.bus.topic(name);
    assert.equal(await anew.publish('anew'), 1);
    assert.deepEqual((await anew.stats()).groups, []);
    assert.equal(await anew.free(), 'drained');
  });

  test('a maxAge that the backend cannot keep to is refused, and nothing is made', async () => {
    const name = context.newName();
    const call = () => context.bus.topic(name, { maxAge: 50 });
    if (!context.isKept) {
      const topic = await call();
      assert.equal((await topic.stats()).limits.maxAge, 50);
      await topic.free();
      return;
    }
    await assert.rejects(call, {
      name: 'RangeError',
      code: 'ERR_OUT_OF_RANGE',
      message: /maxAge.*100ms.*50ms/,
    });
    assert.equal((await context.bus.topics()).includes(name), false);
  });

  test('an id, or headers, of more than 64 KiB: stored in memory, else refused; the next event is stored', async () => {
    const topic = await context.topic();
    const large = 'x'.repeat(70_000);
    for (const options of [{ id: large }, { headers: { large } }]) {
      const code = await codeOf(() => topic.publish('data', options));
      assert.equal(code, context.isKept ? 'ERR_EVENT_TOO_LARGE' : 'no error');
    }
    const fits = 'x'.repeat(65_000);
    const { last } = await topic.stats();
    assert.equal(await topic.publish('1', { id: fits }), last + 1);
    assert.equal(await topic.publish('2', { headers: { fits } }), last + 2);
    assert.equal((await topic.read(last + 2))[0].headers.fits, fits);
  });
};
