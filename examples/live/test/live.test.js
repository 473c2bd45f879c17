// A client sees every event once and in order, whatever happens to its connection; one that is slow costs nobody anything.

import assert from 'node:assert';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bus } from 'quiesce/bus';
import { WebSocket } from 'ws';
import { follow } from '../public/client.mjs';
import { serve } from '../server.mjs';

/** A server of a topic: { topic, server, url }. */
async function start(t, limits) {
  const bus = await Bus.open();
  const topic = await bus.topic('live', limits);
  const server = await serve(topic, { run: 'one' });
  t.after(async () => {
    await server.close();
    await bus.free();
  });
  return { topic, server, url: `ws://127.0.0.1:${server.port}/events` };
}

/** What a client of the page gets, as a list that grows. */
function collect(t, url) {
  const events = [];
  const end = follow(url, (event) => events.push(event), { Socket: WebSocket, pause: 10 });
  t.after(end);
  return events;
}

async function until(condition) {
  const end = performance.now() + 30_000;
  while (!condition()) {
    assert.ok(performance.now() < end, `not so within 30 s: ${condition}`);
    await sleep(1);
  }
}

const numbers = (n) => Array.from({ length: n }, (_, i) => i + 1);

test('what was published before and what is published now', async (t) => {
  const { topic, url } = await start(t);
  await topic.publish('Grüße');
  const events = collect(t, url);
  await until(() => events.length === 1);
  await topic.publish('two');
  await until(() => events.length === 2);
  assert.deepStrictEqual(
    events.map(({ seq, text, missed }) => [seq, text, missed]),
    [
      [1, 'Grüße', 0],
      [2, 'two', 0],
    ],
  );
  assert.ok(Math.abs(Date.parse(events[0].time) - Date.now()) < 60_000);
});

test('connections that break leave no gap and no duplicate', async (t) => {
  const { topic, server, url } = await start(t);
  const events = collect(t, url);
  for (const i of numbers(500)) {
    await topic.publish(String(i));
    if (i % 50 === 0) {
      await until(() => server.sockets.size > 0);
      for (const socket of server.sockets) socket.terminate();
    }
    if (i % 10 === 0) await sleep(1);
  }
  await until(() => events.length >= 500);
  assert.deepStrictEqual(
    events.map(({ seq }) => seq),
    numbers(500),
  );
});

test('a client that takes nothing is sent no more than a little, and learns what it has missed', async (t) => {
  const { topic, server, url } = await start(t, { maxEvents: 100 });
  const slow = new WebSocket(url);
  await once(slow, 'message');
  slow.pause();
  const fast = collect(t, url);
  const [ofSlow] = server.sockets;
  let most = 0;
  for (const i of numbers(400)) {
    await topic.publish('x'.repeat(50_000));
    await until(() => fast.length === i); // it is not held up
    most = Math.max(most, ofSlow.bufferedAmount);
  }
  assert.ok(most > 0, 'the client was not slow');
  assert.ok(most < 2 << 20, `${most} bytes waited to be sent`);

  const seqs = [];
  slow.on('message', (data) => seqs.push(JSON.parse(data).seq));
  slow.resume();
  await until(() => seqs.at(-1) === 400);
  assert.ok(seqs.length < 400, 'nothing was missed');
  assert.deepStrictEqual(
    seqs,
    [...seqs].sort((a, b) => a - b),
  );
  slow.terminate();
});

test('the client tells how many events the server had forgotten', async (t) => {
  const { topic, server, url } = await start(t, { maxEvents: 10 });
  await topic.publish('first');
  const events = collect(t, url);
  await until(() => events.length === 1);
  for (const socket of server.sockets) socket.terminate();
  await topic.publishBatch(numbers(100).map(String));
  await until(() => events.at(-1).seq === 101);
  const [, next] = events;
  assert.deepStrictEqual([next.seq, next.missed], [92, 90]);
  assert.ok(events.slice(2).every(({ missed }) => missed === 0));
});

test('numbers of another run are not taken for those of this one', async (t) => {
  const { topic, url } = await start(t);
  await topic.publishBatch(['one', 'two', 'three']);
  const firstOf = async (query) => {
    const messages = [];
    const socket = new WebSocket(url + query);
    socket.on('message', (data) => messages.push(JSON.parse(data)));
    await until(() => messages.length > 1);
    socket.terminate();
    assert.deepStrictEqual(messages[0], { run: 'one' });
    return messages[1].seq;
  };
  assert.strictEqual(await firstOf('?run=one&after=2'), 3);
  for (const query of ['', '?run=other&after=2', '?after=2', '?run=one&after=-3', '?run=one&after=x']) {
    assert.strictEqual(await firstOf(query), 1, query);
  }
});

test('a client that goes takes its subscription along', async (t) => {
  const { topic, url } = await start(t);
  const sockets = numbers(10).map(() => new WebSocket(url));
  await Promise.all(sockets.map((socket) => once(socket, 'message')));
  assert.strictEqual((await topic.stats()).subscriptions, 10);
  for (const socket of sockets) socket.terminate();
  while ((await topic.stats()).subscriptions > 0) await sleep(5);
});

test('the page and its script are served, and nothing else', async (t) => {
  const { server } = await start(t);
  const get = (path) => fetch(`http://127.0.0.1:${server.port}${path}`);
  assert.match(await (await get('/')).text(), /import \{ follow \} from '\.\/client\.mjs'/);
  assert.match((await get('/client.mjs')).headers.get('content-type'), /javascript/);
  for (const path of ['/server.mjs', '/../server.mjs', '/%2e%2e/server.mjs', '/toString']) {
    assert.strictEqual((await get(path)).status, 404, path);
  }
});
