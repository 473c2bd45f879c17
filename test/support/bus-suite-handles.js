'use strict';

// The handles of a bus: who frees what, what its loops and calls come to then, what handles() shows.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const {
  Bus,
  Handle,
  Subscription,
  Topic,
  bytesOf,
  codeOf,
  freed,
  handles,
  range,
  take,
} = require('./bus.js');
const { eventually } = require('./wait.js');

module.exports = (context) => {
  /** A bus of its own kind is opened by attach: a test frees what it opened and not the one of all tests. */
  async function filled(count = 3) {
    const topic = await context.topic();
    await topic.publishBatch(range(1, count).map(String));
    return topic;
  }

  const entryOf = (handle) => handles().find(({ token }) => token === handle.token);

  /** Loops over a subscription: what it came to. */
  async function loop(subscription) {
    const end = { seen: 0 };
    try {
      for await (const _ of subscription) end.seen++;
      end.code = 'ended';
    } catch ({ code }) {
      end.code = code;
    }
    return end;
  }

  const asyncDispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose');
  const dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose');

  test('a loop whose own wrapper frees, disposes of or detaches the subscription ends plainly', async () => {
    const topic = await filled();
    const ways = {
      free: (each) => each.free(),
      freeSync: (each) => each.freeSync(),
      asyncDispose: (each) => each[asyncDispose](),
      dispose: (each) => each[dispose](),
      detach: (each) => each.detach(),
    };
    for (const [name, way] of Object.entries(ways)) {
      const subscription = await topic.subscribe({ from: 'first' });
      const ends = loop(subscription);
      await eventually(() => subscription.stats().delivered === 3);
      await delay(5);
      await way(subscription);
      assert.deepEqual(await ends, { seen: 3, code: 'ended' }, name);
      assert.deepEqual(await subscription[Symbol.asyncIterator]().next(), { done: true, value: undefined });
    }
    await eventually(async () => (await topic.stats()).subscriptions === 0);
  });

  test('a loop whose subscription somebody else frees rejects with ERR_HANDLE_FREED', async () => {
    const ways = {
      'another wrapper': (_, subscription) => Subscription.attach(subscription.token).free(),
      'the base class': (_, subscription) => Handle.attach(subscription.token).free(),
      'its topic': (topic) => topic.free(),
      'another wrapper of its topic': (topic) => Topic.attach(topic.token).freeSync(),
    };
    for (const [name, way] of Object.entries(ways)) {
      for (const options of [{}, { batch: 5 }, { group: 'g' }]) {
        const topic = await filled();
        const subscription = await topic.subscribe({ from: 'first', ...options });
        const ends = loop(subscription);
        await eventually(() => subscription.stats().delivered === 3);
        await delay(5);
        assert.equal(await way(topic, subscription), 'drained', name);
        const { code } = await ends;
        assert.equal(code, freed.code, name);
        await assert.rejects(take(subscription, 1), freed);
      }
    }
  });

  test('bus.free(): loops and calls in flight end with ERR_HANDLE_FREED, what was published stays', async () => {
    const bus = await context.open();
    const name = context.newName();
    const topic = await bus.topic(name);
    await topic.publishBatch(['1', '2', '3']);
    const plain = await topic.subscribe({ from: 'first' });
    const member = await topic.subscribe({ group: 'g' });
    const ends = [loop(plain), loop(member)];
    await eventually(() => plain.stats().delivered === 3 && member.stats().delivered === 3);
    const calls = [
      topic.stats(),
      topic.publish('4', { headers: { a: 'b' } }),
      topic.read(1, 3),
      topic.subscribe(),
    ];
    const done = Promise.allSettled(calls);
    assert.equal(await bus.free(), 'drained');
    for (const { code } of await Promise.all(ends)) assert.equal(code, freed.code);
    for (const { reason } of await done)
      assert.ok(reason === undefined || reason.code === freed.code, `${reason}`);
    for (const handle of [bus, topic, plain, member]) assert.equal(handle.freed, true);
    for (const call of [
      () => bus.topic('x'),
      () => bus.topics(),
      () => bus.flush(),
      () => bus.deleteTopic(name),
      () => topic.publish('x'),
      () => topic.publish('x', { id: 'x' }),
      () => topic.publishBatch(['x']),
      () => topic.publishBatch([]),
      () => topic.post('x'),
      () => topic.post('x', {}),
      () => topic.drain(),
      () => topic.read(1),
      () => topic.stats(),
      () => topic.subscribe(),
      () => topic.deleteGroup('g'),
      () => bytesOf(topic.snapshot()),
      () => topic.restore([]),
      () => member.ack(1),
      () => member.nak(1),
      () => plain.stats(),
      () => Bus.attach(bus.token),
      () => Topic.attach(topic.token),
    ]) {
      assert.equal(await codeOf(call), freed.code, `${call}`);
    }
    assert.equal(topic.name, name, 'what never changes is known');
    assert.deepEqual(await bus.free(), 'already-freeing');
  });

  test('a handle of a topic that is freed leaves other handles of it, and their loops, alone', async () => {
    const name = context.newName();
    const [one, two] = [await context.bus.topic(name), await context.bus.topic(name)];
    const [mine, yours] = [await one.subscribe(), await two.subscribe()];
    assert.equal(await one.free(), 'drained');
    assert.equal(await codeOf(() => mine.stats()), freed.code);
    assert.equal(await two.publish('1'), 1);
    assert.equal((await take(yours, 1))[0].text(), '1');
    assert.equal(await two.free(), 'drained');
  });

  test('handles() shows the tree, what is under way, and nothing once it is over', async () => {
    const topic = await filled();
    assert.deepEqual(
      [entryOf(topic).class, entryOf(topic).parent, entryOf(context.bus).class],
      ['Topic', context.bus.token, 'Bus'],
    );
    const subscription = await topic.subscribe();
    const waits = take(subscription, 1);
    await eventually(() => entryOf(subscription).inFlight === 1);
    const { class: name, parent, state, ops } = entryOf(subscription);
    assert.deepEqual(
      [name, parent, state, ops.map(({ method }) => method)],
      ['Subscription', topic.token, 'open', ['wait']],
    );
    const snapshot = topic.snapshot();
    await snapshot.next();
    const restoring = (await context.topic()).restore(
      (async function* () {
        assert.ok(handles().some((each) => each.class === 'Restore'));
        yield* topic.snapshot();
      })(),
    );
    assert.equal(await restoring, 3);
    await snapshot.return();
    await topic.publish('4');
    await waits;
    await subscription.free();
    assert.ok(!handles().some((each) => each.class === 'Restore' || each.parent === topic.token));
  });

  test('attach(): wrappers of one subscription share its events, each to one of them', async () => {
    const topic = await filled(500);
    const subscription = await topic.subscribe({ from: 'first', group: 'g' });
    const wrappers = [subscription, ...range(1, 2).map(() => Subscription.attach(subscription.token))];
    const seen = [];
    await Promise.all(
      wrappers.map(async (wrapper) => {
        try {
          for await (const event of wrapper) {
            seen.push(event.seq);
            assert.equal(wrapper.ack(event), true);
            if (seen.length === 500) await subscription.free();
          }
        } catch (error) {
          assert.equal(error.code, freed.code);
        }
      }),
    );
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      range(1, 500),
    );
  });

  test('await using, where the loop is left by an error of something else', async () => {
    const topic = await filled();
    const failure = new Error('of the work');
    const subscription = await topic.subscribe({ from: 'first' });
    const work = async () => {
      try {
        await take(subscription, 1);
        throw failure;
      } finally {
        await subscription[asyncDispose](); // what `await using` does
      }
    };
    await assert.rejects(work(), failure);
    assert.equal(subscription.freed, true);
    const borrowed = Topic.attach(topic.token);
    await borrowed[asyncDispose]();
    assert.equal(topic.freed, false, 'who borrows does not free');
  });
};
