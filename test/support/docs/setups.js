'use strict';

// What blocks that are a part of a program have around them: a module in which BLOCK stands for the block. A page names
// one in a comment above the block: <!-- run: setup=NAME -->.

const open = `
import assert from 'node:assert';
import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Guard, MappedFile } from 'quiesce';
import { Bus, Topic } from 'quiesce/bus';

const bus = await Bus.open();
const topic = await bus.topic('events');

/** Publishes when somebody has subscribed, and frees the bus when that was taken. */
async function publishAndFree(...texts) {
  while ((await topic.stats()).subscriptions === 0) await sleep(5);
  await topic.publishBatch(texts);
  await sleep(500);
  await bus.free();
}
`;

/** A loop over a subscription does not end by itself: the bus is freed under it, which it has to hear. */
const endless = `
async function block() {
BLOCK
}
await assert.rejects(block(), { code: 'ERR_HANDLE_FREED' });
`;

const setups = {
  /** A bus and a topic, for statements. */
  topic: `${open}
const data = 'text';
{
BLOCK
}
await bus.free();`,

  /** A loop over some events of a topic. */
  loop: `${open}
const freed = publishAndFree('one', 'two');
${endless}
await freed;`,

  /** Every way to open a bus. Behind the names of servers nobody is, which has to be all that is wrong. */
  backends: `
import assert from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { rootCertificates } from 'node:tls';
import { Bus as RealBus } from 'quiesce/bus';

let opened = 0;
const Bus = {
  async open(options) {
    try {
      await (await RealBus.open(options.servers ? { timeout: 500, ...options } : options)).free();
    } catch (error) {
      assert.strictEqual(error.code, 'ERR_BUS_UNREACHABLE', error.message);
      assert.ok(options.servers);
    }
    opened++;
  },
};
const { credentialsOf, makeKey } = createRequire(import.meta.url)(${JSON.stringify(require.resolve('../nkeys.js'))});
const [account, user] = [makeKey('account'), makeKey('user')];
writeFileSync('app.creds', credentialsOf(account.jwt(user.id, 'user', {}), user.seed));
writeFileSync('ca.pem', rootCertificates[0]);
BLOCK
assert.strictEqual(opened, 4);`,

  /** A group that works off jobs; \`send()\` fails once. */
  mailers: `${open}
let sent = 0;
async function send({ to }) {
  if (sent++ === 0) throw new Error('no luck');
  assert.strictEqual(to, 'a@example');
}
await topic.publish(JSON.stringify({ to: 'a@example' }));
const done = setInterval(async () => {
  const [group] = (await topic.stats()).groups;
  if (sent === 2 && group.inFlight === 0) bus.free();
}, 20);
${endless}
clearInterval(done);
assert.strictEqual(sent, 2);`,

  snapshot: `${open}
await topic.publishBatch(['one', 'two']);
const other = await Bus.open();
BLOCK
assert.deepStrictEqual((await target.read(1, 2)).map((event) => event.text()), ['one', 'two']);
await bus.free();
await other.free();`,

  /** In a worker's place: the token comes from elsewhere, and the bus is freed under the loop. */
  worker: `${open}
const workerData = topic.token;
const seen = [];
const handle = (event) => seen.push(event.text());
const freed = publishAndFree('one');
BLOCK
await freed;
assert.deepStrictEqual(seen, ['one']);`,

  /** A queue with a job that succeeds and one that never does. */
  queue: `${open}
const jobs = topic;
const dead = await bus.topic('dead');
let tries = 0;
async function work({ name }) {
  if (name === 'good') return;
  tries++;
  throw new Error('no luck\\nat all');
}
await jobs.publishBatch([JSON.stringify({ name: 'good' }), JSON.stringify({ name: 'bad' })]);
const { prototype } = (await jobs.read(1))[0].constructor; // half a minute of pauses becomes a third of a second
const { nak } = prototype;
prototype.nak = function ({ delay }) {
  return nak.call(this, { delay: delay / 100 });
};
const done = setInterval(async () => {
  if ((await dead.stats()).events === 1) bus.free();
}, 20);
${endless}
clearInterval(done);
assert.strictEqual(tries, 5);`,

  /** Readings that are drawn. */
  readings: `${open}
const readings = topic;
const drawn = [];
const draw = (list) => drawn.push(...list.map((event) => event.text()));
const freed = publishAndFree('one', 'two');
${endless}
await freed;
assert.deepStrictEqual(drawn, ['one', 'two']);`,

  replay: `${open}
await topic.publishBatch(['one', 'two', 'three']);
const lastDone = 2;
BLOCK
for await (const event of subscription) {
  assert.strictEqual(event.text(), 'three');
  break;
}
await bus.free();`,

  /** An iteration of the package that docs/toolkit.md makes. */
  watch: `
import { Counter } from 'wordcount';
const counter = new Counter('en');
BLOCK
await counter.free();`,
};

module.exports = { setups };
