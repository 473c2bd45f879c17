'use strict';

// Publishing: numbers, order, ids, posts, sizes.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { allOf, assertTexts, codeOf, range, seqsOf, textsOf } = require('./bus.js');
const { eventually } = require('./wait.js');

module.exports = (context) => {
  test('publish(): numbers from 1, each once', async () => {
    const topic = await context.topic();
    assert.equal(await topic.publish('0'), 1);
    const rest = range(1, 300).map((i) =>
      topic.publish(`${i}`, i % 3 === 0 ? { headers: { i: `${i}` } } : undefined),
    );
    const numbers = await Promise.all(rest);
    if (context.isKept) {
      // Calls that nobody awaits may overtake each other here; each number is that of its event all the same.
      const texts = textsOf(await allOf(topic));
      assert.deepEqual(
        numbers.map((seq) => texts[seq - 1]),
        range(1, 300).map(String),
      );
      assert.equal(texts.length, 301);
      return;
    }
    assert.deepEqual(numbers, range(2, 301));
    await assertTexts(topic, range(0, 300).map(String));
  });

  test('publishBatch(): a number for each, in order; of none, none', async () => {
    const topic = await context.topic();
    assert.deepEqual(await topic.publishBatch([]), []);
    assert.deepEqual(
      await topic.publishBatch(['0', { data: '1' }, { data: '2', headers: { a: 'b' } }, Buffer.from('3')]),
      [1, 2, 3, 4],
    );
    const many = range(4, 5003).map(String);
    assert.deepEqual(await topic.publishBatch(many), range(5, 5004));
    await assertTexts(topic, range(0, 5003).map(String));
    assert.deepEqual((await topic.read(3))[0].headers, { a: 'b' });
  });

  test('an id that was stored is not stored again: its number is told, and none is used up', async () => {
    const topic = await context.topic();
    assert.equal(await topic.publish('a', { id: 'one' }), 1);
    assert.equal(await topic.publish('b', { id: 'one' }), 1);
    assert.equal(await topic.publish('c'), 2);
    assert.deepEqual(
      await topic.publishBatch([
        { data: 'd', id: 'two' },
        { data: 'e', id: 'one' },
        { data: 'f', id: 'two' },
        'g',
      ]),
      [3, 1, 3, 4],
    );
    topic.post('h', { id: 'two' });
    topic.post('i', { id: 'drei – 3' });
    topic.post('j', { id: 'drei – 3' });
    await topic.publish('k');
    await assertTexts(topic, ['a', 'c', 'd', 'g', 'i', 'k']);
    const other = await context.topic();
    assert.equal(await other.publish('a', { id: 'two' }), 1, 'ids are of a topic');
  });

  test('post(): all are there, in order, whatever comes between them', async () => {
    const topic = await context.topic();
    const texts = [];
    const next = () => {
      texts.push(`${texts.length}`);
      return texts.at(-1);
    };
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 150; i++) topic.post(next());
      topic.post(next(), { headers: { round: `${round}` } });
      topic.post(next());
      if (round % 3 === 0) await topic.publish(next());
      if (round % 3 === 1) await topic.publishBatch([next(), next()]);
      if (round % 4 === 0) await context.bus.flush();
    }
    await topic.drain();
    await context.bus.flush();
    const { last, posted, failed } = await topic.stats();
    assert.deepEqual({ last, posted, failed }, { last: texts.length, posted: 0, failed: 0 });
    await assertTexts(topic, texts);
  });

  test('post() and drain(): who waits where there is no room is never refused', async () => {
    const topic = await context.topic();
    const data = Buffer.alloc(200);
    let waits = 0;
    for (let i = 0; i < 20_000; i++) {
      data.writeUInt32LE(i);
      if (!topic.post(data) && ++waits) await topic.drain();
    }
    await context.bus.flush();
    const events = await allOf(topic);
    assert.equal(events.length, 20_000);
    assert.ok(events.every((event, i) => event.data.readUInt32LE() === i && event.data.length === 200));
  });

  test('posts are on their way at the end of the turn, without more', async () => {
    const topic = await context.topic();
    for (const text of ['a', 'b', 'c']) assert.equal(topic.post(text), true);
    await eventually(async () => (await topic.stats()).last === 3);
    await assertTexts(topic, ['a', 'b', 'c']);
  });

  test('the bytes are taken at the call: whoever changes them after it changes no event', async () => {
    const topic = await context.topic();
    const data = Buffer.from('before');
    const headers = { name: 'before' };
    const calls = [
      topic.publish(data),
      topic.publish(data, { headers, id: 'x' }),
      topic.publishBatch([data, { data, headers }]),
      topic.post(data),
      topic.post(data),
      topic.post(data, { headers }),
    ];
    data.write('after!');
    headers.name = 'after';
    await Promise.all(calls);
    await context.bus.flush();
    const events = await allOf(topic);
    assert.deepEqual(textsOf(events), Array(7).fill('before'));
    for (const { headers: found } of events) assert.ok(['before', undefined].includes(found.name));
  });

  test('an event may be as large as maxEventBytes, with all that it has, and not a byte larger', async () => {
    const topic = await context.topic();
    const most = topic.maxEventBytes;
    assert.ok(most > 900_000);
    const full = Buffer.alloc(most, 'x');
    full.write('begins');
    assert.equal(await topic.publish(full), 1);
    const [event] = await topic.read(1);
    assert.ok(event.data.equals(full));
    const small = { headers: { name: 'value' }, id: 'id' };
    const room = full.subarray(0, most - 'name: value\r\n'.length - 'id'.length); // as NATS counts
    assert.equal(await topic.publish(room, small), 2);
    topic.post(full);
    await context.bus.flush();
    const over = Buffer.alloc(most + 1);
    const refused = [
      () => topic.publish(over),
      () => topic.publish(full, { headers: { a: '' } }),
      () => topic.publish(full, { id: 'i' }),
      () => topic.publish(full.subarray(0, room.length + 5), { ...small, id: 'ID' }),
      () => topic.publishBatch(['fits', over]),
      () => topic.publishBatch(['fits', { data: full, headers: { a: 'b' } }]),
      () => topic.post(over, {}),
      () => topic.post(over),
    ];
    for (const call of refused) assert.equal(await codeOf(call), 'ERR_EVENT_TOO_LARGE', `${call}`);
    await context.bus.flush().catch(({ code }) => assert.equal(code, 'ERR_EVENT_TOO_LARGE'));
    assert.equal((await topic.stats()).last, 3, 'nothing of what was refused');
  });

  test('two wrappers of a topic, and two handles of it, are one log', async () => {
    const name = context.newName();
    const [one, two] = await Promise.all([context.bus.topic(name), context.bus.topic(name)]);
    assert.notEqual(one.token, two.token);
    assert.deepEqual([await one.publish('a'), await two.publish('b'), await one.publish('c')], [1, 2, 3]);
    assert.equal(await one.free(), 'drained');
    assert.deepEqual(seqsOf(await two.read(1, 10)), [1, 2, 3]);
    assert.equal(await two.publish('d'), 4);
    assert.equal(await two.free(), 'drained');
  });
};
