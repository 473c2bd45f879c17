'use strict';

// A bus is quiet: it writes nothing, and takes no more memory than its limits say.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { expectChild } = require('./support/bodies.js');
const { newPath } = require('./support/files.js');

// A bit of everything, errors of all kinds included.
const everything = (dir) => `
  const { Bus } = require('./lib/bus/index.js');
  (async () => {
    for (const options of [{}, { dir: ${JSON.stringify(dir)} }]) {
      const bus = await Bus.open(options);
      const topic = await bus.topic('t', { maxEvents: 10 });
      await topic.publishBatch(Array(100).fill('x'));
      for await (const event of await topic.subscribe({ from: 'first', group: 'g' })) {
        event.seq % 2 === 0 ? event.ack() : event.nak({ delay: 1e6 });
        if (event.seq > 95) break;
      }
      const skips = await topic.subscribe({ from: 'first', lost: 'skip' });
      for await (const event of skips) if (event.seq === 100) break;
      const told = await topic.subscribe({ from: 1 });
      await told[Symbol.asyncIterator]().next().catch(() => {});
      await topic.restore([Buffer.from('nothing')]).catch(() => {});
      if (options.dir) await Bus.open(options).catch(() => {});
      await Bus.open({ servers: 'nats://127.0.0.1:1', timeout: 100 }).catch(() => {});
      const waits = told[Symbol.asyncIterator]().next().then(() => told[Symbol.asyncIterator]().next());
      waits.catch(() => {});
      await bus.deleteTopic('t');
      if ((await bus.free()) !== 'drained') process.exit(1);
    }
    process.exit(7);
  })().catch(() => process.exit(2));`;

test('whatever a bus does, it writes nothing to stdout and stderr', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', everything(newPath())], {
    cwd: root,
    timeout: 60_000,
    encoding: 'utf8',
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 7, stdout: '', stderr: '' });
});

test('started without stdin, stdout and stderr at all, it works the same', {
  skip: process.platform === 'win32' && 'there is no sh',
}, () => {
  const args = ['-c', '"$0" -e "$1" <&- >&- 2>&-', process.execPath, everything(newPath())];
  const { status, signal } = spawnSync('sh', args, { cwd: root, timeout: 60_000 });
  assert.deepEqual({ status, signal }, { status: 7, signal: null });
});

test('two million events through a topic that keeps 100 000: memory is bounded', async () => {
  const { result } = await expectChild(
    async ({ bus, print }) => {
      const opened = await bus.Bus.open();
      const topic = await opened.topic('t', { maxEvents: 100_000 });
      const idle = await topic.subscribe({ from: 'first' });
      const follower = await topic.subscribe({ batch: 1000 });
      let seen = 0;
      const following = (async () => {
        for await (const list of follower) {
          seen += list.length;
          if (list.at(-1).seq === 2_000_000) break;
        }
      })();
      const batch = Array(1000).fill(Buffer.alloc(128));
      for (let i = 0; i < 2000; i++) await topic.publishBatch(batch);
      await following;
      const { events, first, last } = await topic.stats();
      print({ seen, events, first, last, mebibytes: process.memoryUsage().rss / 2 ** 20 });
      await idle.free();
      await opened.free();
    },
    { timeout: 100_000 },
  );
  const { mebibytes, ...counts } = result;
  assert.deepEqual(counts, { seen: 2_000_000, events: 100_000, first: 1_900_001, last: 2_000_000 });
  assert.ok(mebibytes < 400, `${mebibytes} MiB`); // the events of all time are 320 MB
});
