'use strict';

// The conformance suite: groups, snapshots, signals and freeing.

const assert = require('node:assert/strict');
const { setTimeout: delay } = require('node:timers/promises');
const { seqs, take, texts, upTo } = require('./bus-backends.js');

/** Acks all that members of a group get, until `count` events are acked; returns the numbers of each. */
async function work(subscriptions, count) {
  let acked = 0;
  return Promise.all(
    subscriptions.map(async (subscription) => {
      const mine = [];
      for await (const event of subscription) {
        mine.push(event.seq);
        assert.equal(event.ack(), true);
        if (++acked === count) for (const each of subscriptions) each.free();
      }
      return mine;
    }),
  );
}

const cases = {
  async 'of a group each event goes to one member, and is delivered as often as acked'(_t, bus) {
    const topic = await bus.topic('group');
    await topic.publishBatch(upTo(200).map(String));
    const members = await Promise.all(upTo(3).map(() => topic.subscribe({ group: 'g.1' })));
    const done = work(members, 400);
    await topic.publishBatch(upTo(200).map(String));
    const found = (await done).flat().sort((a, b) => a - b);
    assert.deepEqual(found, upTo(400), 'each once');
    let [group] = (await topic.stats()).groups;
    for (let i = 0; group.inFlight > 0 && i < 100; i++) {
      await delay(20); // acks are on their way
      [group] = (await topic.stats()).groups;
    }
    assert.deepEqual(group, { name: 'g.1', pending: 0, inFlight: 0, redelivered: 0 });
  },

  async 'what is not acked comes again: by nak, after ackWait, and when its member is freed'(_t, bus) {
    const topic = await bus.topic('again');
    await topic.publishBatch(['a', 'b', 'c']);
    const first = await topic.subscribe({ group: 'g', ackWait: 500 });
    const [a, b, c] = await take(first, 3);
    assert.deepEqual(
      [a, b, c].map((event) => event.deliveries),
      [1, 1, 1],
    );
    assert.equal(a.ack(), true);
    assert.equal(a.ack(), false, 'acked before');
    assert.equal(b.nak(), true);
    assert.equal(b.ack(), false, 'given back');
    const [again] = await take(first, 1);
    assert.deepEqual([again.seq, again.deliveries], [2, 2]);
    await first.free();
    const second = await topic.subscribe({ group: 'g', ackWait: 500 });
    const back = (await take(second, 2)).sort((x, y) => x.seq - y.seq);
    assert.deepEqual(
      back.map((event) => [event.seq, event.deliveries]),
      [
        [2, 3],
        [3, 2],
      ],
    );
    assert.equal(second.ack(back[0]), true);
    const [late] = await take(second, 1); // after ackWait
    assert.deepEqual([late.seq, late.deliveries], [3, 3]);
    assert.equal(late.ack(), true);
    const start = performance.now();
    await topic.publish('d');
    const [d] = await take(second, 1);
    assert.equal(d.nak({ delay: 200 }), true);
    const [delayed] = await take(second, 1);
    assert.ok(performance.now() - start >= 190);
    assert.equal(delayed.ack(), true);
  },

  async 'a member holds no more than maxInFlight; a group goes on where it was'(_t, bus) {
    const topic = await bus.topic('flight');
    await topic.publishBatch(upTo(20).map(String));
    const member = await topic.subscribe({ group: 'g', maxInFlight: 4, batch: 3 });
    const held = await take(member, 4);
    assert.equal(held.length, 4);
    assert.equal(member.stats().inFlight, 4);
    const more = take(member, 1);
    assert.equal(await Promise.race([more.then(() => 'came'), delay(150, 'waits')]), 'waits');
    for (const event of held) event.ack();
    const next = await more;
    for (const event of next) event.ack();
    const acked = 4 + next.length;
    await member.free();
    const other = await topic.subscribe({ group: 'g', from: 'new' });
    const rest = await take(other, 20 - acked);
    assert.deepEqual(
      seqs(rest).sort((a, b) => a - b),
      upTo(20).slice(acked),
    );
    await topic.deleteGroup('g');
    await assert.rejects(take(other, 1), { code: 'ERR_GROUP_NOT_FOUND' });
    await assert.rejects(topic.deleteGroup('g'), { code: 'ERR_GROUP_NOT_FOUND' });
  },

  async 'a snapshot has all, and is restored as it was; what is damaged is refused'(_t, bus) {
    const topic = await bus.topic('origin', { maxEvents: 50 });
    await topic.publishBatch(upTo(80).map((i) => ({ data: `event ${i}`, headers: { n: `${i}` } })));
    const chunks = await collect(topic.snapshot());
    const copy = await bus.topic('copy');
    assert.equal(await copy.restore(chunks), 50);
    const [before, after] = [await topic.read(1, 100), await copy.read(1, 100)];
    assert.deepEqual(
      after.map((each) => each.toJSON()),
      before.map((each) => each.toJSON()),
    );
    assert.equal(await copy.publish('next'), 81);
    await assert.rejects(copy.restore(chunks), { code: 'ERR_TOPIC_NOT_EMPTY' });
    const bytes = Buffer.concat(chunks);
    const damaged = Buffer.from(bytes);
    damaged[bytes.length >> 1] ^= 1;
    const third = await bus.topic('third');
    for (const wrong of [
      [damaged],
      [bytes.subarray(0, -9)],
      [bytes, Buffer.of(0)],
      [Buffer.from('hello there')],
      [],
    ]) {
      await assert.rejects(third.restore(wrong), { code: 'ERR_SNAPSHOT_INVALID' });
    }
    async function* failing() {
      yield bytes.subarray(0, bytes.length >> 1);
      throw new Error('mine');
    }
    await assert.rejects(third.restore(failing()), /mine/);
    assert.equal((await third.stats()).events, 0, 'nothing is left');
    assert.equal(await third.restore([bytes]), 50);
    const empty = await bus.topic('empty');
    assert.equal(await (await bus.topic('nothing')).restore(await collect(empty.snapshot())), 0);
  },

  async 'signals end what they were given to'(_t, bus) {
    const topic = await bus.topic('signals');
    const aborted = AbortSignal.abort(new Error('mine'));
    const options = { signal: aborted };
    const calls = [
      () => bus.topic('x', options),
      () => bus.topics(options),
      () => bus.flush(options),
      () => bus.deleteTopic('signals', options),
      () => topic.publish('x', options),
      () => topic.publishBatch(['x'], options),
      () => topic.read(1, 1, options),
      () => topic.subscribe(options),
      () => topic.stats(options),
      () => topic.drain(options),
      () => topic.snapshot(options).next(),
      () => topic.restore([], options),
    ];
    for (const call of calls) {
      await assert.rejects(call, (error) => error.name === 'AbortError' && error.cause.message === 'mine');
    }
    assert.equal((await topic.stats()).last, 0);
    const controller = new AbortController();
    const subscription = await topic.subscribe({ signal: controller.signal });
    const ended = assert.rejects(take(subscription, 1), { name: 'AbortError' });
    await delay(20);
    controller.abort();
    await ended;
    while (!subscription.freed) await delay(1);
  },

  async 'who frees his own subscription ends plainly; who is freed is told'(_t, bus) {
    const topic = await bus.topic('ends');
    const own = await topic.subscribe();
    const plain = take(own, 1);
    const others = await topic.subscribe();
    const told = assert.rejects(take(others, 1), { code: 'ERR_HANDLE_FREED' });
    const group = await topic.subscribe({ group: 'g' });
    const toldToo = assert.rejects(take(group, 1), { code: 'ERR_HANDLE_FREED' });
    await delay(20);
    assert.equal(await own.free(), 'drained');
    assert.deepEqual(await plain, []);
    assert.deepEqual(await take(own, 1), [], 'it stays so');
    assert.equal(await topic.free(), 'drained');
    await Promise.all([told, toldToo]);
    assert.ok(others.freed && group.freed);
    await assert.rejects(topic.publish('x'), { code: 'ERR_HANDLE_FREED' });
    assert.throws(() => topic.post('x'), { code: 'ERR_HANDLE_FREED' });
    const again = await bus.topic('ends');
    await again.publish('kept');
    const last = await again.subscribe({ from: 'first' });
    for await (const event of last) {
      assert.equal(event.text(), 'kept');
      break;
    }
    assert.ok(last.freed, 'leaving the loop frees it');
    const waits = assert.rejects(take(await again.subscribe(), 1), { code: 'ERR_HANDLE_FREED' });
    assert.equal(await bus.free(), 'drained');
    await waits;
  },

  async 'posts that were gathered go out before the topic is freed'(_t, bus) {
    const topic = await bus.topic('last-words');
    for (let i = 1; i <= 10; i++) topic.post(`${i}`);
    await topic.free();
    await bus.flush();
    assert.deepEqual(texts(await (await bus.topic('last-words')).read(1, 20)), upTo(10).map(String));
  },
};

async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

module.exports = { cases };
