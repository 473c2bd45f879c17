'use strict';

// What an event carries: bytes of all kinds, headers, its time; and hostile ways to give them.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { inspect } = require('node:util');
const { BusEvent, allOf, codeOf, take, textsOf } = require('./bus.js');

const bytes = Buffer.from([0, 1, 2, 0x80, 0xff, 10, 13, 0]);
const { buffer } = Uint8Array.from([9, 9, ...bytes, 9, 9]);
const shared = new SharedArrayBuffer(8);
new Uint8Array(shared).set(bytes);

const kinds = {
  Buffer: [Buffer.from(bytes), bytes],
  'a Buffer of the pool': [Buffer.from('pooled').subarray(1, 4), Buffer.from('ool')],
  Uint8Array: [new Uint8Array(buffer, 2, 8), bytes],
  Uint8ClampedArray: [new Uint8ClampedArray(buffer, 2, 8), bytes],
  Int16Array: [new Int16Array(buffer, 2, 4), bytes],
  BigInt64Array: [new BigInt64Array(Uint8Array.from(bytes).buffer), bytes],
  Float32Array: [new Float32Array([1.5, -0]), Buffer.from(new Float32Array([1.5, -0]).buffer)],
  DataView: [new DataView(buffer, 2, 8), bytes],
  ArrayBuffer: [buffer.slice(2, 10), bytes],
  SharedArrayBuffer: [shared, bytes],
  'a view of a SharedArrayBuffer': [new Uint16Array(shared, 2, 2), bytes.subarray(2, 6)],
  'an empty string': ['', Buffer.alloc(0)],
  'an empty Buffer': [Buffer.alloc(0), Buffer.alloc(0)],
  'an empty ArrayBuffer': [new ArrayBuffer(0), Buffer.alloc(0)],
  ASCII: ['hello', Buffer.from('hello')],
  Unicode: ['ünï – 𝄞 漢\0\n\u2028', Buffer.from('ünï – 𝄞 漢\0\n\u2028')],
  'half a surrogate': ['a\ud800b', Buffer.from('a\ufffdb')],
  'a string of many bytes': ['€'.repeat(10_000), Buffer.from('€'.repeat(10_000))],
};

const headers = {
  plain: 'value',
  'Mixed-Case_1': 'Value with  blanks; and=more: "x"',
  empty: '',
  unicode: 'ünï – 𝄞 漢',
  "!#$%&'*+.^`|~": 'all that a token may have',
  ['__proto__']: 'no prototype',
  constructor: 'no constructor',
  long: 'x'.repeat(5000),
};

module.exports = (context) => {
  test('data of every kind arrives as its bytes, by every way to publish', async () => {
    const topic = await context.topic();
    const list = Object.entries(kinds);
    for (const [, [data]] of list) {
      await topic.publish(data);
      await topic.publish(data, { headers: { a: 'b' } });
    }
    await topic.publishBatch(list.flatMap(([, [data]]) => [data, { data, headers: { a: 'b' } }]));
    for (const [, [data]] of list) {
      topic.post(data);
      topic.post(data, { headers: { a: 'b' } });
    }
    await context.bus.flush();
    const events = await allOf(topic);
    assert.equal(events.length, 6 * list.length);
    const want = list.flatMap(([name, [, data]]) => [
      { name, data },
      { name, data },
    ]);
    for (const [i, { name, data }] of [...want, ...want, ...want].entries()) {
      assert.ok(Buffer.isBuffer(events[i].data));
      assert.ok(events[i].data.equals(data), `${name}: ${inspect(events[i])}`);
    }
    assert.equal(events[2 * list.findIndex(([name]) => name === 'Unicode')].text(), kinds.Unicode[0]);
  });

  test('headers arrive as they were given, by every way to publish and to read', async () => {
    const topic = await context.topic();
    assert.equal(Object.keys(headers).length, 8, '__proto__ is one of them');
    await topic.publish('a', { headers });
    await topic.publishBatch([{ data: 'b', headers: Object.assign(Object.create(null), headers) }]);
    topic.post('c', { headers });
    await topic.publish('d', { headers: {} });
    await topic.publish('e');
    await topic.publish('', { headers });
    const subscription = await topic.subscribe({ from: 'first' });
    for (const events of [await allOf(topic), await take(subscription, 6)]) {
      for (const [i, event] of events.entries()) {
        const found = event.headers;
        const want = i === 3 || i === 4 ? {} : headers;
        assert.deepEqual(Object.entries(found).sort(), Object.entries(want).sort());
        assert.equal(Object.getPrototypeOf(found), Object.prototype);
      }
    }
    await subscription.free();
  });

  test('a header that was set by a getter is taken once; what is inherited is not sent', async () => {
    const topic = await context.topic();
    let reads = 0;
    const given = {
      get counted() {
        return `${++reads}`;
      },
    };
    await topic.publish('x', { headers: given });
    assert.deepEqual((await topic.read(1))[0].headers, { counted: '1' });
    assert.equal(reads, 1);
  });

  test('time, text(), json(), toJSON(), inspect() and deliveries', async () => {
    const topic = await context.topic();
    const begun = Date.now();
    await topic.publish(JSON.stringify({ a: [1, null, 'ü'] }), { headers: { h: 'v' } });
    await topic.publish('{');
    const ended = Date.now();
    const [event, broken] = await topic.read(1, 2);
    assert.ok(event instanceof BusEvent && event.time instanceof Date);
    for (const { time } of [event, broken]) assert.ok(+time >= begun - 1 && +time <= ended + 1, `${+time}`);
    assert.ok(event.time <= broken.time);
    assert.deepEqual(event.json(), { a: [1, null, 'ü'] });
    assert.throws(() => broken.json(), SyntaxError);
    const { seq, time, data } = event;
    assert.deepEqual(event.toJSON(), { seq, time, data, headers: { h: 'v' } });
    assert.deepEqual(JSON.parse(JSON.stringify(event)).headers, { h: 'v' });
    assert.match(inspect(event), /^BusEvent \{\s+seq: 1,\s+time: /);
    assert.match(inspect({ a: { b: { c: event } } }), /\[BusEvent\]/);
    assert.equal(event.deliveries, 0);
    assert.equal(await codeOf(() => event.ack()), 'ERR_NO_GROUP');
    assert.equal(await codeOf(() => event.nak()), 'ERR_NO_GROUP');
    assert.throws(() => new BusEvent(), TypeError);
  });

  test('an event that is kept stays as it is, whatever is read after it', async () => {
    const topic = await context.topic();
    await topic.publishBatch(Array.from({ length: 3000 }, (_, i) => `event ${i}`));
    const subscription = await topic.subscribe({ from: 'first', batch: 7 });
    const kept = [];
    while (kept.length < 3000) kept.push(...(await take(subscription, 1))[0]);
    await subscription.free();
    assert.deepEqual(
      textsOf(kept),
      Array.from({ length: 3000 }, (_, i) => `event ${i}`),
    );
  });

  test('getters of what is published may publish themselves: each event is whole', async () => {
    const topic = await context.topic();
    const pending = [];
    const nested = (name) => ({
      get data() {
        pending.push(topic.publish(`inner ${name}`), topic.publishBatch([`inner batch ${name}`]));
        topic.post(`inner post ${name}`);
        return `outer ${name}`;
      },
      get headers() {
        pending.push(topic.publishBatch([{ data: `inner of headers ${name}`, id: name }]));
        return { name };
      },
    });
    await topic.publishBatch(['first', nested('a'), nested('b'), 'last']);
    await Promise.all(pending);
    await context.bus.flush();
    const events = await allOf(topic);
    const want = ['first', 'last', 'outer a', 'outer b'];
    for (const name of ['a', 'b']) {
      want.push(
        ...['inner', 'inner batch', 'inner post', 'inner of headers'].map((each) => `${each} ${name}`),
      );
    }
    assert.deepEqual(textsOf(events).sort(), want.sort());
    assert.deepEqual(events.find((event) => event.text() === 'outer b').headers, { name: 'b' });
    const outer = textsOf(events).filter((text) => !text.startsWith('inner'));
    assert.deepEqual(outer, ['first', 'outer a', 'outer b', 'last']);
  });

  test('a getter that throws: nothing of the batch is stored, and the next one is whole', async () => {
    const topic = await context.topic();
    const failure = new Error('of a getter');
    const bad = {
      get data() {
        throw failure;
      },
    };
    await assert.rejects(topic.publishBatch(['a', { data: 'b', headers: { x: 'y' } }, bad]), failure);
    await assert.rejects(
      topic.publish('a', {
        get headers() {
          throw failure;
        },
      }),
      failure,
    );
    assert.deepEqual(await topic.publishBatch(['c', 'd']), [1, 2]);
    assert.deepEqual(textsOf(await allOf(topic)), ['c', 'd']);
  });

  test('a getter that detaches, shrinks or changes what was given crashes nothing', async () => {
    const topic = await context.topic();
    const detach = (view) => structuredClone(view.buffer, { transfer: [view.buffer] });
    for (let round = 0; round < 20; round++) {
      const data = new Uint8Array(1000 + round * 1000).fill(7);
      const item = {
        data,
        get headers() {
          detach(data);
          return { detached: 'yes' };
        },
      };
      await topic
        .publishBatch(['before', item, 'after'])
        .catch((error) => assert.ok(error instanceof TypeError));
      const list = ['one', new Uint8Array(8).fill(1), null, 'four'];
      list[2] = {
        get data() {
          list.length = 0;
          return 'three';
        },
      };
      await topic.publishBatch(list).catch(({ code }) => assert.equal(code, 'ERR_INVALID_ARG_TYPE'));
    }
    for (const event of await allOf(topic)) {
      if (!event.headers.detached)
        assert.ok(['before', 'after', 'one', 'three', '\u0001'.repeat(8)].includes(event.text()));
      else assert.ok(event.data.length === 0 || event.data.every((each) => each === 7));
    }
  });
};
