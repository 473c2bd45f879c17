'use strict';

// A bus in several threads: workers attach, publish, subscribe, share a group, free, end.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { startWorker } = require('./bodies.js');
const { Bus, Subscription, Topic, allOf, freed, range, seqsOf, take } = require('./bus.js');
const { exitOf, nextMessage } = require('./process.js');
const { eventually } = require('./wait.js');

/** In a worker: is a member of a group that acks all; tells which events, when the topic's last one was 'end'. */
async function workAsMember({ bus, parentPort }, { token, group }) {
  const topic = bus.Topic.attach(token);
  const member = await topic.subscribe({ group });
  parentPort.postMessage('ready');
  const seen = [];
  parentPort.once('message', () => member.free());
  for await (const event of member) {
    if (!event.ack() || event.deliveries !== 1) throw new Error(`${event.seq} was delivered again`);
    seen.push(event.seq);
  }
  parentPort.postMessage(seen);
}

module.exports = (context) => {
  test('workers publish by attached topics of all kinds; each sees its own events in its order', async () => {
    const topic = await context.topic();
    const witness = await topic.subscribe({ from: 'first' });
    const body = async ({ bus, parentPort }, { busToken, topicToken, name, number }) => {
      const attached = bus.Topic.attach(topicToken);
      const opened = await bus.Bus.attach(busToken).topic(name);
      for (let i = 0; i < 200; i += 4) {
        await attached.publish(`${number} ${i}`);
        await opened.publishBatch([
          `${number} ${i + 1}`,
          { data: `${number} ${i + 2}`, headers: { a: 'b' } },
        ]);
        attached.post(`${number} ${i + 3}`);
        await attached.drain();
        if (i % 40 === 0) await bus.Bus.attach(busToken).flush();
      }
      await bus.Bus.attach(busToken).flush();
      await opened.free();
      parentPort.postMessage(attached.name);
    };
    const given = { busToken: context.bus.token, topicToken: topic.token, name: topic.name };
    const workers = [1, 2, 3].map((number) => startWorker(body, { ...given, number }));
    assert.deepEqual(await Promise.all(workers.map((each) => nextMessage(each))), Array(3).fill(topic.name));
    assert.deepEqual(await Promise.all(workers.map(exitOf)), [0, 0, 0]);
    const seen = await take(witness, 600);
    assert.deepEqual(seqsOf(seen), range(1, 600));
    for (const number of [1, 2, 3]) {
      const own = seen.map((event) => event.text()).filter((text) => text.startsWith(`${number} `));
      assert.deepEqual(
        [...own].sort(),
        range(0, 199)
          .map((i) => `${number} ${i}`)
          .sort(),
      );
      const published = own.filter((text) => Number(text.split(' ')[1]) % 4 === 0);
      assert.deepEqual(
        published,
        range(0, 49).map((i) => `${number} ${4 * i}`),
      );
    }
    await witness.free();
  });

  test('members in workers: each event exactly once, while nobody dies', async () => {
    const topic = await context.topic();
    const workers = [1, 2].map(() => startWorker(workAsMember, { token: topic.token, group: 'g' }));
    await Promise.all(workers.map((each) => nextMessage(each)));
    for (let i = 0; i < 1000; i += 100) await topic.publishBatch(Array(100).fill('x'));
    await eventually(async () => {
      const [{ pending, inFlight }] = (await topic.stats()).groups;
      return pending === 0 && inFlight === 0;
    });
    const lists = workers.map((each) => nextMessage(each));
    for (const each of workers) each.postMessage('end');
    const seen = await Promise.all(lists);
    assert.deepEqual(
      seen.flat().sort((a, b) => a - b),
      range(1, 1000),
    );
    await Promise.all(workers.map(exitOf));
  });

  test('a subscription that a worker attaches to: each event goes to one of the two', async () => {
    const topic = await context.topic();
    await topic.publishBatch(range(1, 400).map(String));
    const subscription = await topic.subscribe({ group: 'g', maxInFlight: 8 });
    const worker = startWorker(async ({ bus, parentPort }, token) => {
      const shared = bus.Subscription.attach(token);
      const seen = [];
      try {
        for await (const event of shared) {
          seen.push(event.seq);
          if (seen.length === 5) parentPort.postMessage('busy');
          event.ack();
        }
      } catch (error) {
        parentPort.postMessage([error.code, seen]);
      }
    }, subscription.token);
    await nextMessage(worker);
    const theirs = nextMessage(worker);
    const seen = [];
    const loop = (async () => {
      for await (const event of subscription) {
        seen.push(event.seq);
        event.ack();
      }
    })();
    await eventually(async () => {
      const [{ pending, inFlight }] = (await topic.stats()).groups;
      return pending + inFlight === 0;
    });
    await subscription.free();
    await loop;
    const [code, others] = await theirs;
    assert.equal(code, freed.code, 'for who did not free it');
    assert.deepEqual(
      [...seen, ...others].sort((a, b) => a - b),
      range(1, 400),
    );
  });

  test('another thread frees the subscription, the topic: loops here reject with ERR_HANDLE_FREED', async () => {
    for (const which of ['Subscription', 'Topic']) {
      const topic = await context.topic();
      const subscription = await topic.subscribe();
      const waits = assert.rejects(take(subscription, 1), freed);
      const { token } = which === 'Topic' ? topic : subscription;
      const worker = startWorker(
        async ({ bus, parentPort }, { which, token }) =>
          parentPort.postMessage(await bus[which].attach(token).free()),
        { which, token },
      );
      assert.equal(await nextMessage(worker), 'drained');
      await waits;
      await exitOf(worker);
    }
  });

  test('a worker that ends by itself gives back what it holds, and leaves nothing', async () => {
    const topic = await context.topic();
    await topic.publishBatch(range(1, 10).map(String));
    const worker = startWorker(async ({ bus, parentPort }, token) => {
      const member = await bus.Topic.attach(token).subscribe({ group: 'g' });
      const plain = await bus.Topic.attach(token).subscribe({ from: 'first' });
      const iterators = [member, plain].map((each) => each[Symbol.asyncIterator]());
      for (let i = 0; i < 6; i++) await Promise.all(iterators.map((each) => each.next()));
      parentPort.postMessage(member.stats().inFlight);
      process.exit();
    }, topic.token);
    assert.equal(await nextMessage(worker), 6);
    await exitOf(worker);
    const heir = await topic.subscribe({ group: 'g' });
    const seen = await take(heir, 10);
    assert.deepEqual(
      seqsOf(seen).sort((a, b) => a - b),
      range(1, 10),
    );
    for (const { seq, deliveries } of seen) assert.equal(deliveries, seq <= 6 ? 2 : 1);
    await heir.free();
    await eventually(async () => (await topic.stats()).subscriptions === 0);
  });

  test('tokens of the wrong class, and of another thread once it has freed them', async () => {
    const topic = await context.topic();
    const { name } = topic;
    const worker = startWorker(
      ({ bus, parentPort }, tokens) => {
        const codes = [];
        for (const Class of [bus.Bus, bus.Topic, bus.Subscription]) {
          for (const token of tokens) {
            try {
              codes.push(Class.attach(token).constructor.name);
            } catch ({ code }) {
              codes.push(code);
            }
          }
        }
        parentPort.postMessage(codes);
      },
      [context.bus.token, topic.token],
    );
    const wrong = 'ERR_HANDLE_TYPE';
    assert.deepEqual(await nextMessage(worker), ['Bus', wrong, wrong, 'Topic', wrong, wrong]);
    await topic.free();
    assert.throws(() => Topic.attach(topic.token), freed);
    assert.ok(Bus.attach(context.bus.token) instanceof Bus);
    assert.equal(typeof Subscription.attach, 'function');
    const again = await context.bus.topic(name);
    assert.deepEqual(await allOf(again), []);
    await again.free();
  });
};
