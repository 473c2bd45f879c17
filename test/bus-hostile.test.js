'use strict';

// What an attacker found: callers whose getters, sources and frees come at the worst moment.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { MessageChannel, Worker } = require('node:worker_threads');
const { Bus, allOf, codeOf, freed, handles, range, take, textsOf } = require('./support/bus.js');
const { newPath } = require('./support/files.js');
const { eventually } = require('./support/wait.js');

test('a restore whose source stalls ends with its signal, and with its topic; the source is returned', async () => {
  const bus = await Bus.open();
  for (const end of ['abort', 'free']) {
    const topic = await bus.topic(`restore-${end}`);
    const controller = new AbortController();
    let returned = 0;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => ({ done: true, value: returned++ }),
      }),
    };
    const restoring = topic.restore(source, { signal: controller.signal });
    const rejected = assert.rejects(restoring, { code: end === 'abort' ? 'ABORT_ERR' : 'ERR_HANDLE_FREED' });
    await delay(10);
    if (end === 'abort') controller.abort();
    else await topic.free();
    await rejected;
    assert.equal(returned, 1);
  }
  await bus.free();
});

test('what was stored is told, though the wait for room is aborted or the topic freed', async () => {
  const bus = await Bus.open();
  const other = await bus.topic('room', { maxEvents: 100 });
  const slow = await other.subscribe({ from: 'first' });
  const controller = new AbortController();
  const topic = await bus.topic('room');
  await other.publish('first');
  await take(slow, 1);
  while (other.post('x'));
  const [first, second] = [topic.publish('a', { signal: controller.signal }), topic.publish('b')];
  controller.abort();
  await topic.free();
  const numbers = await Promise.all([first, second]);
  const texts = await Promise.all(numbers.map(async (seq) => (await other.read(seq))[0].text()));
  assert.deepEqual(texts, ['a', 'b']);
  await bus.free();
});

test('after a free of its own the next post throws, in the same turn too', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('t');
  topic.post('one');
  topic.post('two');
  topic.freeSync();
  assert.throws(() => topic.post('three'), freed);
  assert.throws(() => topic.post('four'), freed);
  assert.deepEqual(textsOf(await allOf(await bus.topic('t'))), ['one', 'two']);
  await bus.free();
});

test('a getter that publishes while a batch is made changes neither', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('t');
  const inner = [];
  const signal = new AbortController().signal;
  Object.defineProperty(signal, 'aborted', {
    get() {
      inner.push(topic.publishBatch(['in', 'in']));
      return false;
    },
  });
  const list = ['a', { get data() { inner.push(topic.publishBatch(['in', 'in'])); return 'b'; } }, 'c']; // biome-ignore format: one line
  const numbers = await topic.publishBatch(list, { signal });
  await Promise.all(inner);
  const texts = textsOf(await allOf(topic));
  assert.deepEqual(numbers.map((seq) => texts[seq - 1]), ['a', 'b', 'c']); // biome-ignore format: one line
  assert.ok(inner.length > 1);
  assert.deepEqual(new Set(texts), new Set(['a', 'b', 'c', 'in']));
  await bus.free();
});

test('a length that lies does not bring foreign memory into an event', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('t');
  for (const length of [0, 3, 1000, -8, Number.NaN, '5']) {
    class Liar extends Uint8Array {
      get length() {
        return length;
      }
      get byteLength() {
        return length;
      }
    }
    const liar = new Liar(Buffer.from('data'));
    const { last } = await topic.stats();
    await topic.publish(liar);
    await topic.publish(liar, { headers: { a: 'b' } });
    await topic.publishBatch(['x', liar, 'y']);
    topic.post(liar);
    topic.post(liar);
    assert.deepEqual(textsOf(await topic.read(last + 1, 10)), [
      'data',
      'data',
      'x',
      'data',
      'y',
      'data',
      'data',
    ]);
  }
  assert.equal(await codeOf(() => topic.publish(new Proxy(new Uint8Array(1), {}))), 'ERR_INVALID_ARG_TYPE');
  await bus.free();
});

test('whoever transfers the buffer of an event takes no other event along', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('t');
  const texts = range(1, 100).map(String);
  await topic.publishBatch(texts);
  const seen = [];
  const ways = [await topic.read(1, 100), await topic.subscribe({ from: 'first' })];
  for (const way of ways) {
    for await (const event of way) {
      const { data } = event;
      const { port1, port2 } = new MessageChannel();
      try {
        port1.postMessage(data, [data.buffer]);
      } catch (error) {
        assert.equal(error.name, 'DataCloneError'); // of Node 21 and later
      }
      port1.close();
      port2.close();
      seen.push(event.text());
      if (seen.length === 200) break;
    }
  }
  assert.deepEqual(seen, [...texts, ...texts]);
  await bus.free();
});

test('an event that another subscription has had is not acked', async () => {
  const bus = await Bus.open();
  const [one, two] = [await bus.topic('one'), await bus.topic('two')];
  await Promise.all([one.publish('x'), two.publish('y')]);
  const [a, b] = [await one.subscribe({ group: 'g' }), await two.subscribe({ group: 'g' })];
  const [[mine], [other]] = [await take(a, 1), await take(b, 1)];
  assert.equal(a.ack(other), false);
  assert.equal(a.nak(other), false);
  assert.equal(a.stats().inFlight, 1);
  assert.equal(a.ack(mine), true);
  assert.equal(b.ack(other), true);
  await bus.free();
});

test('who publishes in the loop over his own queue does not wait for himself; others do wait', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('t', { maxEvents: 1000 });
  const member = await topic.subscribe({ group: 'g' });
  const order = [];
  const outside = new Worker(
    `const { Topic } = require(${JSON.stringify(require.resolve('../lib/bus/index.js'))});
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const topic = Topic.attach(workerData);
      while (topic.post('job'));
      parentPort.postMessage('full');
      await topic.drain();
      parentPort.postMessage('drained');
    })();`,
    { eval: true, workerData: topic.token },
  );
  outside.on('message', (message) => {
    order.push(message);
    if (message === 'drained') member.end();
  });
  await eventually(() => order.length === 1);
  for await (const job of member) {
    if (job.seq === 1) {
      await topic.publish('more');
      await topic.publishBatch(['more', 'more']);
      assert.equal(topic.post('more'), false, 'there is no room for others');
      await topic.drain();
      order.push('published in the loop');
    }
    job.ack();
  }
  assert.deepEqual(order, ['full', 'published in the loop', 'drained']);
  await bus.free();
});

test('however many events wait, the event loop has its turns', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('t');
  await topic.publishBatch(Array(20_000).fill('x'));
  for (const batch of [undefined, 100]) {
    let [turns, count] = [0, 0];
    const timer = setInterval(() => turns++, 1);
    for await (const item of await topic.subscribe({ from: 'first', batch })) {
      const { length } = [item].flat();
      for (const end = performance.now() + 0.02 * length; performance.now() < end; );
      count += length;
      if (count === 20_000) break;
    }
    clearInterval(timer);
    assert.ok(turns >= 5, `${turns} turns in 400 ms`);
  }
  await bus.free();
});

test('posts by two wrappers of one topic are stored in their order', async () => {
  const bus = await Bus.open();
  const [one, two] = [await bus.topic('t'), await bus.topic('t')];
  for (let i = 0; i < 9; i++) (i % 3 === 2 ? two : one).post(`${i}`, i === 4 ? { id: 'x' } : undefined);
  assert.deepEqual(textsOf(await allOf(one)), range(0, 8).map(String));
  await bus.free();
});

test('a source of restore() that breaks the rules of iteration leaves nothing open', async () => {
  const bus = await Bus.open();
  const source = await bus.topic('source');
  await source.publishBatch(Array(5000).fill('x'));
  const parts = [];
  for await (const part of source.snapshot()) parts.push(part);
  const oops = new Error('oops');
  const thrower = () => {
    throw oops;
  };
  const sources = [
    [{ [Symbol.asyncIterator]: thrower }, 'oops'],
    [{ [Symbol.asyncIterator]: () => undefined }, 'ERR_INVALID_ARG_TYPE'],
    [{ [Symbol.asyncIterator]: () => ({ next: async () => 5 }) }, 'ERR_INVALID_ARG_TYPE'],
    [{ [Symbol.asyncIterator]: () => ({ next: thrower, return: thrower }) }, 'oops'],
    [
      {
        [Symbol.iterator]: () => ({
          next: () => ({ done: false, value: parts.shift() ?? 5 }),
          return: thrower,
        }),
      },
      'ERR_INVALID_ARG_TYPE',
    ],
  ];
  const before = handles().length;
  for (const [each, want] of sources) {
    const target = await bus.topic('target');
    await assert.rejects(target.restore(each), (error) => [error.code, error.message].includes(want));
    assert.equal((await target.stats()).events, 0);
    await target.free();
    assert.equal(handles().length, before);
  }
  await bus.free();
});

test('a method that has lost its object rejects, once', async () => {
  const bus = await Bus.open();
  const { free, detach } = (await (await bus.topic('t')).subscribe()).constructor.prototype;
  for (const that of [undefined, {}, null]) {
    await assert.rejects(free.call(that), { code: 'ERR_INVALID_THIS' });
    assert.throws(() => detach.call(that), { name: 'TypeError' });
  }
  await bus.free();
});

test('what was posted before an ack is there, though the thread ends right after it', async () => {
  for (const open of [() => Bus.open(), () => Bus.open({ dir: newPath() })]) {
    const bus = await open();
    const [jobs, done] = [await bus.topic('jobs'), await bus.topic('done')];
    await jobs.publishBatch(range(1, 10).map(String));
    const acked = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { Topic } = require(${JSON.stringify(require.resolve('../lib/bus/index.js'))});
      const { workerData: [jobs, done, acked] } = require('node:worker_threads');
      (async () => {
        const results = Topic.attach(done);
        for await (const list of await Topic.attach(jobs).subscribe({ group: 'g', batch: 10 })) {
          for (const job of list) {
            results.post(job.text());
            job.ack();
          }
          Atomics.store(acked, 0, list.length);
          for (;;); // until it is terminated
        }
      })();`,
      { eval: true, workerData: [jobs.token, done.token, acked] },
    );
    await eventually(() => Atomics.load(acked, 0) > 0);
    await worker.terminate();
    await bus.flush();
    assert.deepEqual(textsOf(await allOf(done)), range(1, acked[0]).map(String));
    await bus.free();
  }
});

test('a process that ends by itself stores what it has posted', () => {
  const dir = newPath();
  const run = (code) =>
    execFileSync(
      process.execPath,
      [
        '-e',
        `const { Bus } = require(${JSON.stringify(require.resolve('../lib/bus/index.js'))});
        (async () => { const bus = await Bus.open({ dir: ${JSON.stringify(dir)} }); const topic = await bus.topic('t'); ${code} })();`,
      ],
      { timeout: 60_000 },
    ).toString();
  run("for (let i = 0; i < 20_000; i++) topic.post('x'); topic.post('last', { headers: { a: 'b' } });");
  assert.equal(run('console.log((await topic.stats()).events); await bus.free();'), '20001\n');
});

test('messages name what the caller has called', async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('t');
  topic.post('x');
  const subscription = await topic.subscribe({ from: 'first' });
  await topic.free();
  const calls = {
    'Topic.publish()': () => topic.publish('x'),
    'Topic.publishBatch()': () => topic.publishBatch(['x']),
    'Topic.post()': () => topic.post('x'),
    'Topic.drain()': () => topic.drain(),
    'Topic.restore()': () => topic.restore([]),
    'Subscription[Symbol.asyncIterator]()': () => subscription[Symbol.asyncIterator]().next(),
  };
  for (const [name, call] of Object.entries(calls)) {
    await assert.rejects(
      async () => call(),
      (error) => {
        assert.equal(error.message, `${name}: the handle is freed`);
        assert.ok(error.stack.includes(error.message));
        return error.code === 'ERR_HANDLE_FREED';
      },
    );
  }
  await bus.free();
});

test('posts that were refused for lack of room are sent when there is some, without further help', async () => {
  const bus = await Bus.open({ dir: newPath() });
  const topic = await bus.topic('t');
  let accepted = 0;
  const post = () => {
    for (;;) {
      topic.post(`${accepted}`);
      accepted++;
    }
  };
  assert.throws(post, { code: 'ERR_BUS_OVERLOADED' });
  assert.ok(accepted > 65_536);
  await bus.flush();
  const events = await allOf(topic);
  assert.deepEqual(textsOf(events), range(0, accepted - 1).map(String));
  assert.equal(await bus.free(), 'drained');
  assert.deepEqual(handles(), []);
});

test('in a directory: a topic that is deleted while others publish and open it: each call ends, by the right error', async () => {
  const bus = await Bus.open({ dir: newPath() });
  const codes = new Set();
  let isOver = false;
  const loop = async (call) => {
    while (!isOver) codes.add(await codeOf(call));
  };
  const publish = async () => {
    const topic = await bus.topic('t');
    try {
      for (let i = 0; i < 5; i++) await topic.publish('x');
    } finally {
      await topic.free();
    }
  };
  const loops = [loop(publish), loop(publish)];
  for (let round = 0; round < 40; round++) {
    await delay(Math.random() * 20);
    codes.add(await codeOf(() => bus.deleteTopic('t')));
  }
  isOver = true;
  await Promise.all(loops);
  codes.delete('no error');
  assert.deepEqual([...codes], ['ERR_TOPIC_NOT_FOUND']);
  assert.ok((await (await bus.topic('t')).publish('still')) > 0);
  assert.equal(await bus.free(), 'drained');
});
