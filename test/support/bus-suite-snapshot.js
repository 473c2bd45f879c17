'use strict';

// Snapshots, of each backend into each: what is restored is what was there.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { Bus, allOf, bytesOf, codeOf, plain, range, seqsOf, take } = require('./bus.js');
const { generate, newPath } = require('./files.js');

/** Opens buses of the other kinds that need no server. */
const others = { memory: () => Bus.open(), dir: () => Bus.open({ dir: newPath() }) };

module.exports = (context) => {
  /** A topic with events of all kinds; those before number 21 are gone. */
  async function filled() {
    const topic = await context.topic({ maxEvents: 200 });
    await topic.publishBatch(
      range(1, 100).map((i) => ({ data: `${i}`, headers: { i: `${i}`, ['__proto__']: 'ü' } })),
    );
    await delay(3);
    for (const size of [0, 1, 70_000, 200_000]) await topic.publish(generate(size, 256, size));
    await topic.publish('', { headers: { only: 'headers' }, id: 'an id' });
    await topic.publishBatch(range(106, 220).map(String));
    while ((await topic.stats()).first !== 21) await delay(5);
    return topic;
  }

  test('restore(): numbers, times, headers and data are as they were, and numbers go on', async () => {
    const topic = await filled();
    const want = (await allOf(topic)).map(plain);
    const target = await context.topic();
    assert.equal(await target.restore(topic.snapshot()), 200);
    assert.deepEqual((await allOf(target)).map(plain), want);
    const { events, first, last } = await target.stats();
    assert.deepEqual({ events, first, last }, { events: 200, first: 21, last: 220 });
    assert.equal(await target.publish('next'), 221);
    const time = want.find(({ seq }) => seq === 101).time;
    const from = await target.subscribe({ from: new Date(time) });
    assert.equal((await take(from, 1))[0].seq, 101, 'by the time that it had');
    await from.free();
    const member = await target.subscribe({ group: 'g' });
    assert.deepEqual(seqsOf(await take(member, 3)), [21, 22, 23]);
    await member.free();
  });

  for (const [name, open] of Object.entries(others)) {
    test(`from here to a bus of another kind and back: ${name}`, async () => {
      const topic = await filled();
      const want = (await allOf(topic)).map(plain);
      const other = await open();
      const there = await other.topic('there');
      assert.equal(await there.restore(topic.snapshot()), 200);
      assert.deepEqual((await allOf(there)).map(plain), want);
      const back = await context.topic();
      assert.equal(await back.restore(there.snapshot()), 200);
      assert.deepEqual((await allOf(back)).map(plain), want);
      assert.equal(await other.free(), 'drained');
    });
  }

  test('by way of a file, and cut anywhere', async () => {
    const topic = await filled();
    const file = newPath();
    await pipeline(topic.snapshot(), fs.createWriteStream(file));
    const bytes = fs.readFileSync(file);
    const want = (await allOf(topic)).map(plain);
    const sources = {
      'a file': fs.createReadStream(file, { highWaterMark: 1000 }),
      'one piece': [bytes],
      'pieces of one byte, and empty ones': (function* () {
        for (let i = 0; i < 5000; i++) yield bytes.subarray(i, i + 1);
        yield new Uint8Array(0);
        yield new DataView(bytes.buffer, bytes.byteOffset + 5000, bytes.length - 5000);
      })(),
      'a stream': Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]),
    };
    for (const [name, source] of Object.entries(sources)) {
      const target = await context.topic();
      assert.equal(await target.restore(source), 200, name);
      assert.deepEqual((await allOf(target)).map(plain), want, name);
    }
  });

  test('of a topic that has no events: where none were, and where numbers have gone by', async () => {
    const empty = await context.topic();
    const target = await context.topic();
    assert.equal(await target.restore(empty.snapshot()), 0);
    assert.equal(await target.publish('x'), 1);
    const aged = await context.topic({ maxAge: 200 });
    await aged.publishBatch(['1', '2', '3']);
    while ((await aged.stats()).events > 0) await delay(20);
    const other = await context.topic();
    assert.equal(await other.restore(aged.snapshot()), 0);
    const { first, last } = await other.stats();
    assert.deepEqual({ first, last }, { first: 4, last: 3 });
    assert.equal(await other.publish('x'), 4);
  });

  test('it is of the time at which it began; to leave it early costs nothing', async () => {
    const topic = await context.topic(); // without limits, which may remove what is still to be read
    await topic.publishBatch(Array(300).fill(generate(1000, 256, 1)));
    const snapshot = topic.snapshot();
    const parts = [(await snapshot.next()).value];
    for (let i = 0; i < 3; i++) await topic.publish('later');
    for await (const part of snapshot) parts.push(part);
    const target = await context.topic();
    assert.equal(await target.restore(parts), 300);
    assert.equal((await target.stats()).last, 300);
    for await (const part of topic.snapshot()) {
      assert.ok(part instanceof Uint8Array);
      break;
    }
    const unused = topic.snapshot();
    assert.deepEqual(await unused.return(), { done: true, value: undefined });
  });

  test('a topic that has events, or had some, is not restored into', async () => {
    const bytes = await bytesOf((await filled()).snapshot());
    const target = await context.topic();
    await target.publish('mine');
    assert.equal(await codeOf(() => target.restore([bytes])), 'ERR_TOPIC_NOT_EMPTY');
    assert.deepEqual(seqsOf(await allOf(target)), [1]);
    assert.equal(await target.publish('mine'), 2);
  });

  test('subscribers of the topic see what is restored, once', async () => {
    const bytes = await bytesOf((await filled()).snapshot());
    const target = await context.topic();
    const member = await target.subscribe({ group: 'g' });
    assert.equal(await target.restore([bytes]), 200);
    const seen = await take(member, 200);
    assert.deepEqual(seqsOf(seen), range(21, 220));
    assert.ok(seen.every(({ deliveries }) => deliveries === 1));
    await member.free();
  });
};
