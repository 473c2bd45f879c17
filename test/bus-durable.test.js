'use strict';

// What was acknowledged is there: after kill -9 of the process.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { readdirSync, readFileSync, readlinkSync } = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { Bus, contents, range } = require('./support/bus.js');
const { newPath } = require('./support/files.js');

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

for (const [sync, rounds] of [
  [false, 50],
  [true, 5],
]) {
  test(`kill -9 at ${rounds} random moments${sync ? " with sync: 'always'" : ''}: every acknowledged event is found, none is invented`, async (t) => {
    const dir = newPath();
    const acknowledged = new Map();
    for (const round of range(1, rounds)) {
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
