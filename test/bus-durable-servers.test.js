'use strict';

// A bus on real servers: what was acknowledged is there after kill -9 of the leader of a cluster; outages, credentials.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { Bus, contents, range } = require('./support/bus.js');
const servers = require('./support/bus-servers.js');

/** Real servers, which end with the test. */
async function startServers(t, count, config) {
  const started = await servers.startServers(count, config);
  t.after(() => started.end());
  return started;
}

const upTo = (count) => range(1, count);

test('kill -9 of the leader in the middle of publishing: what was acknowledged is there once; subscribers miss nothing', async (t) => {
  const cluster = await startServers(t, 3);
  const bus = await Bus.open({ servers: cluster.urls });
  t.after(() => bus.free({ deadline: 0 })); // or a failure would keep this process
  const topic = await bus.topic('cluster');
  assert.equal((await topic.stats()).limits.replicas, 3);
  const plain = await topic.subscribe();
  const seen = [];
  const following = (async () => {
    for await (const event of plain) seen.push([event.seq, event.text()]);
  })();
  const members = await Promise.all(upTo(2).map(() => topic.subscribe({ group: 'g', ackWait: 3000 })));
  const handled = new Set();
  const working = members.map(async (member) => {
    for await (const event of member) {
      handled.add(event.text());
      event.ack();
    }
  });
  const acknowledged = new Map();
  let next = 0;
  let isOver = false;
  const publishing = upTo(4).map(async () => {
    while (!isOver) {
      const texts = upTo(5).map(() => `${next++}`);
      const numbers = await topic.publishBatch(texts);
      texts.forEach((text, i) => {
        assert.ok(!acknowledged.has(numbers[i]));
        acknowledged.set(numbers[i], text);
      });
    }
  });
  for (let round = 0; round < 2; round++) {
    await delay(400);
    const before = acknowledged.size;
    const leader = await cluster.tell('leader', 'quiesce_cluster');
    await cluster.tell('kill', leader);
    while (acknowledged.size < before + 100) await delay(20);
    await cluster.tell('start', leader);
    while (acknowledged.size < before + 200) await delay(20);
  }
  isOver = true;
  await Promise.all(publishing);
  const { last } = await topic.stats();
  const found = await contents(topic);
  for (const [seq, text] of acknowledged) assert.equal(found.get(seq), text, `event ${seq}`);
  assert.equal(new Set(found.values()).size, found.size, 'none is there twice');
  for (let i = 0; (seen.length < last || handled.size < last) && i < 600; i++) await delay(50);
  assert.deepEqual(seen, [...found], 'a plain subscription: every event once, in order');
  assert.deepEqual(handled, new Set(found.values()), 'a group: every event at least once');
  await Promise.all([plain, ...members].map((each) => each.free()));
  await Promise.all([following, ...working]);
  t.diagnostic(`${acknowledged.size} events were acknowledged by 3 servers, of which 2 were killed`);
  assert.equal(await bus.free(), 'drained');
});

test('servers that cannot be reached, and wrong credentials, are told at once; an outage heals', async (t) => {
  await assert.rejects(Bus.open({ servers: 'nats://127.0.0.1:1', timeout: 2000 }), {
    code: 'ERR_BUS_UNREACHABLE',
  });
  const server = await startServers(t, 1);
  const bus = await Bus.open({ servers: server.urls });
  const topic = await bus.topic('outage');
  const subscription = await topic.subscribe({ from: 'first' });
  const iterator = subscription[Symbol.asyncIterator]();
  await topic.publish('before');
  assert.equal((await iterator.next()).value.text(), 'before');
  await server.tell('kill', server.names[0]);
  const during = topic.publish('during');
  assert.equal(topic.post('posted'), true);
  await delay(300);
  await server.tell('start', server.names[0]);
  await during;
  await bus.flush();
  const rest = [(await iterator.next()).value.text(), (await iterator.next()).value.text()].sort();
  assert.deepEqual(rest, ['during', 'posted']);
  assert.equal(await bus.free(), 'drained');
});

test('credentials: those that are right are let in, all others are refused by a typed error', async (t) => {
  const { urls } = await startServers(t, 1, 'authorization { user: "u", password: "p" }\n');
  for (const credentials of [undefined, { user: 'u', password: 'wrong' }, { token: 'x' }]) {
    await assert.rejects(Bus.open({ servers: urls, ...(credentials && { credentials }) }), {
      code: 'ERR_BUS_CREDENTIALS',
    });
  }
  const bus = await Bus.open({ servers: urls, credentials: { user: 'u', password: 'p' } });
  assert.equal(await (await bus.topic('t')).publish('x'), 1);
  await bus.free();
  await assert.rejects(Bus.open({ servers: urls, credentials: { file: '/no/such/file' } }), {
    code: 'ERR_BUS_CREDENTIALS',
    message: /\/no\/such\/file/,
  });
});
