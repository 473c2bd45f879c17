'use strict';

// What was acknowledged is there: after kill -9 of the process, and of the leader of a cluster.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { readdirSync, readFileSync, readlinkSync } = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { Bus, range } = require('./support/bus.js');
const servers = require('./support/bus-servers.js');
const { newPath } = require('./support/files.js');

/** Real servers, which end with the test. */
async function startServers(t, count, config) {
  const started = await servers.startServers(count, config);
  t.after(() => started.end());
  return started;
}

const upTo = (count) => range(1, count);

const entry = JSON.stringify(path.join(__dirname, '..', 'lib', 'bus', 'index.js'));

/** A process that publishes `name number` without end, several at once, and prints what was acknowledged. */
const publisher = (dir, name, sync) => `
  const { Bus } = require(${entry});
  (async () => {
    const bus = await Bus.open({ dir: ${JSON.stringify(dir)} ${sync ? ", sync: 'always'" : ''} });
    const topic = await bus.topic('kill');
    let next = 0;
    const one = async () => {
      for (;;) {
        const text = '${name} ' + next++;
        const seq = await topic.publish(text);
        require('fs').writeSync(1, seq + ' ' + text + '\\n');
      }
    };
    const many = async () => {
      for (;;) {
        const texts = Array.from({ length: 20 }, () => '${name} ' + next++);
        const seqs = await topic.publishBatch(texts);
        require('fs').writeSync(1, texts.map((text, i) => seqs[i] + ' ' + text + '\\n').join(''));
      }
    };
    one(); one(); many();
  })();`;

/** Runs it, and kills it some ms after its first acknowledgement. Returns the lines that are whole. */
async function publishAndKill(dir, name, ms, sync) {
  const child = spawn(process.execPath, ['-e', publisher(dir, name, sync)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  await once(child.stdout, 'data');
  await delay(ms);
  child.kill('SIGKILL');
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL');
  return said.slice(0, said.lastIndexOf('\n')).split('\n');
}

/** All events of a topic: number -> text. */
async function contents(topic) {
  const { first, last } = await topic.stats();
  const found = new Map();
  for (let next = first; next <= last; ) {
    const events = await topic.read(next, 10_000);
    assert.ok(events.length > 0, `nothing from ${next} on, of ${last}`);
    for (const event of events) {
      assert.equal(event.seq, next++, 'no gap');
      found.set(event.seq, event.text());
    }
  }
  return found;
}

for (const [sync, rounds] of [
  [false, 50],
  [true, 5],
]) {
  test(`kill -9 at ${rounds} random moments${sync ? " with sync: 'always'" : ''}: every acknowledged event is found, none is invented`, async (t) => {
    const dir = newPath();
    const acknowledged = new Map();
    for (const round of upTo(rounds)) {
      const name = `r${round}`;
      for (const line of await publishAndKill(dir, name, Math.random() * 60, sync)) {
        const [seq, ...text] = line.split(' ');
        assert.ok(!acknowledged.has(Number(seq)), `${seq} was acknowledged twice`);
        acknowledged.set(Number(seq), text.join(' '));
      }
      if (round % 10 !== 0 && round !== rounds) continue;
      const bus = await Bus.open({ dir });
      const found = await contents(await bus.topic('kill'));
      for (const [seq, text] of acknowledged) assert.equal(found.get(seq), text, `event ${seq}`);
      const texts = [...found.values()];
      assert.equal(new Set(texts).size, texts.length, 'none is there twice');
      for (const text of texts) assert.match(text, /^r\d+ \d+$/);
      await bus.free();
    }
    t.diagnostic(`${acknowledged.size} events were acknowledged in ${rounds} rounds`);
  });
}

test('a directory is open once: whoever has it is named, and its end frees it', async () => {
  const dir = newPath();
  const bus = await Bus.open({ dir });
  await assert.rejects(Bus.open({ dir }), { code: 'ERR_BUS_DIR_IN_USE', message: /by this process/ });
  await bus.free();
  const child = spawn(process.execPath, ['-e', publisher(dir, 'x')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await assert.rejects(Bus.open({ dir }), {
    code: 'ERR_BUS_DIR_IN_USE',
    message: new RegExp(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await Bus.open({ dir })).free();
});

/** The sockets of this process, of any kind, that are in the kernel's lists. */
function sockets() {
  const own = new Set();
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      own.add(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {} // the one by which the folder was read
  }
  const kinds = [
    ['tcp', 9],
    ['tcp6', 9],
    ['udp', 9],
    ['udp6', 9],
    ['unix', 6],
  ];
  return kinds.flatMap(([kind, column]) =>
    readFileSync(`/proc/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[column])
      .filter((inode) => own.has(`socket:[${inode}]`)),
  );
}

test('a bus in a directory opens no port', async () => {
  const before = sockets();
  const bus = await Bus.open({ dir: newPath() });
  await (await bus.topic('t')).publish('x');
  const after = sockets();
  await bus.free();
  assert.deepEqual(after, before);
  const server = net.createServer().listen(0, '127.0.0.1'); // what this would find
  await once(server, 'listening');
  assert.equal(sockets().length, before.length + 1);
  server.close();
});

test('kill -9 of the leader in the middle of publishing: what was acknowledged is there once; subscribers miss nothing', async (t) => {
  const cluster = await startServers(t, 3);
  const bus = await Bus.open({ servers: cluster.urls });
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
