'use strict';

// A bus in a directory: frees and aborts under load, directories that cannot be used, disks that are full or slow.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { full } = require('./support/addon.js');
const { expectChild, startWorker } = require('./support/bodies.js');
const {
  Bus,
  allOf,
  bytesOf,
  codeOf,
  freed,
  handles,
  range,
  seqsOf,
  take,
  textsOf,
} = require('./support/bus.js');
const { makeFile, newPath } = require('./support/files.js');
const { exitOf, nextMessage } = require('./support/process.js');
const { eventually } = require('./support/wait.js');

/** In a worker: uses a bus until it is freed; tells which publishes had resolved, and how all the rest ended. */
async function useUntilFreed({ bus, parentPort }, { token, name }) {
  const stored = [];
  const codes = [];
  const topic = await bus.Bus.attach(token).topic('t');
  const until = async (action) => {
    try {
      for (;;) await action();
    } catch (error) {
      codes.push(error.code ?? error.stack);
    }
  };
  const follow = (options) =>
    until(async () => {
      for await (const event of await topic.subscribe(options)) if (options.group) event.ack();
      throw new Error('the loop ended plainly');
    });
  let next = 0;
  let isBusy = false;
  const publishSome = async () => {
    const texts = [1, 2, 3].map(() => `${name} ${next++}`);
    const seqs = [...(await topic.publishBatch(texts.slice(1))), await topic.publish(texts[0])];
    stored.push([seqs[2], texts[0]], [seqs[0], texts[1]], [seqs[1], texts[2]]);
    if (!isBusy && stored.length > 100) parentPort.postMessage('busy');
    isBusy = stored.length > 100;
  };
  const post = async () => {
    topic.post(`${name} posted`);
    await topic.drain();
  };
  await Promise.all([
    ...[publishSome, publishSome, post, () => topic.stats(), () => topic.read(1, 50)].map(until),
    ...[{ from: 'first' }, { group: 'g' }, { batch: 10 }].map(follow),
  ]);
  parentPort.postMessage({ stored, codes: [...new Set(codes)] });
}

test('bus.free() while workers do everything: drained, all are told, what was acknowledged is found again', async () => {
  const dir = newPath();
  for (let round = 0; round < (full ? 20 : 3); round++) {
    const bus = await Bus.open({ dir });
    const names = [1, 2].map((i) => `r${round}.${i}`);
    const workers = names.map((name) => startWorker(useUntilFreed, { token: bus.token, name }));
    await Promise.all(workers.map((worker) => nextMessage(worker)));
    const ends = workers.map((worker) => nextMessage(worker));
    assert.equal(await bus.free(), 'drained');
    const results = await Promise.all(ends);
    for (const { codes } of results) assert.deepEqual(codes, [freed.code]);
    assert.deepEqual(await Promise.all(workers.map(exitOf)), [0, 0]);
    assert.deepEqual(handles(), []);
    const again = await Bus.open({ dir });
    const events = await allOf(await again.topic('t'));
    assert.deepEqual(seqsOf(events), range(1, events.length));
    for (const [seq, text] of results.flatMap(({ stored }) => stored)) {
      assert.equal(events[seq - 1].text(), text);
    }
    assert.equal(await again.free(), 'drained');
  }
});

test('a restore that is aborted, or whose worker is terminated, at any moment leaves nothing', async () => {
  const bus = await Bus.open({ dir: newPath() });
  const source = await bus.topic('source');
  await source.publishBatch(range(1, 3000).map(String));
  const snapshot = await bytesOf(source.snapshot());
  for (let round = 0; round < 10; round++) {
    const target = await bus.topic(`target-${round}`);
    let ended;
    if (round % 2 === 0) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), Math.random() * 8);
      ended = await codeOf(() => target.restore([snapshot], { signal: controller.signal }));
    } else {
      const worker = startWorker(
        ({ bus, parentPort }, { token, snapshot }) => {
          bus.Topic.attach(token).restore([snapshot]);
          parentPort.postMessage('begun');
        },
        { token: target.token, snapshot },
      );
      await nextMessage(worker);
      await delay(Math.random() * 8);
      await worker.terminate();
      await eventually(() => handles().every((each) => each.class !== 'Restore'));
      ended = (await target.stats()).events === 3000 ? 'no error' : 'terminated';
    }
    if (ended !== 'no error') {
      await delay(20); // for what is still on its way
      assert.equal((await target.stats()).events, 0, `${ended} in round ${round}`);
      assert.equal(await target.restore([snapshot]), 3000);
    }
    assert.deepEqual(seqsOf(await allOf(target)), range(1, 3000));
    await target.free();
  }
  assert.equal(await bus.free(), 'drained');
});

test('topics, groups and limits are as they were when the directory is opened again', async () => {
  const dir = newPath();
  const first = await Bus.open({ dir });
  const topic = await first.topic('kept.topic', { maxEvents: 100 });
  await topic.publishBatch(range(1, 150).map((i) => ({ data: `${i}`, headers: { i: `${i}` }, id: `${i}` })));
  const member = await topic.subscribe({ group: 'g', batch: 20 });
  const [list] = await take(member, 1);
  for (const event of list.slice(0, 10)) assert.equal(event.ack(), true);
  topic.post('posted');
  assert.equal(await first.free(), 'drained');
  const second = await Bus.open({ dir: new URL(`file://${dir}`) });
  assert.deepEqual(await second.topics(), ['kept.topic']);
  const again = await second.topic('kept.topic');
  const { events, last, limits, groups } = await again.stats();
  assert.deepEqual([events, last, limits.maxEvents, groups.length], [100, 151, 100, 1]);
  assert.deepEqual((await again.read(120))[0].headers, { i: '120' });
  assert.equal(await again.publish('again', { id: '150' }), 150, 'ids are remembered');
  const heir = await again.subscribe({ group: 'g', batch: 100 });
  const seen = [];
  while (seen.length < 90) {
    for (const event of (await take(heir, 1))[0]) {
      seen.push(event.seq);
      event.ack();
    }
  }
  const acked = list.slice(0, 10).map(({ seq }) => seq);
  assert.deepEqual(
    seen.filter((seq) => acked.includes(seq)),
    [],
  );
  assert.equal(new Set(seen).size, seen.length);
  await second.free();
});

test('a directory that cannot be used: a typed error that names it, and nothing stays open', async () => {
  const file = makeFile('a file');
  const before = handles().length;
  const cases = [file, path.join(file, 'below'), '/proc/no-such-folder', '/dev/null'];
  for (const dir of cases) {
    await assert.rejects(Bus.open({ dir }), ({ code, message }) => {
      assert.equal(code, 'ERR_BUS_DIR', message);
      assert.ok(message.includes(dir), message);
      return true;
    });
  }
  assert.equal(fs.readFileSync(file, 'utf8'), 'a file');
  assert.equal(handles().length, before);
});

test('a directory without permission to write', async (t) => {
  const dir = newPath();
  fs.mkdirSync(dir, { mode: 0o555 });
  if (process.getuid?.() !== 0) return assert.rejects(Bus.open({ dir }), { code: 'ERR_BUS_DIR' });
  const { result } = await expectChild(
    async ({ bus, print }, dir) => {
      process.setgid(65534);
      process.setuid(65534); // root may write anywhere
      await bus.Bus.open({ dir }).then(
        () => print('opened'),
        ({ code }) => print(code),
      );
    },
    { data: dir },
  );
  t.diagnostic('as another user than root');
  assert.equal(result, 'ERR_BUS_DIR');
});

/** Mounts a small file system of its own; undefined, and why, where that is refused. */
function mountSmall(t, size) {
  const dir = newPath();
  fs.mkdirSync(dir);
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    t.diagnostic(`no tmpfs can be mounted: ${error?.message ?? stderr.trim()}`);
    return undefined;
  }
  t.after(() => spawnSync('umount', ['-l', dir]));
  return dir;
}

test('a disk that is full: a typed error, nothing lost that was acknowledged, and it goes on when there is space', async (t) => {
  const dir = mountSmall(t, '24m');
  if (!dir) return;
  const ballast = path.join(dir, 'ballast');
  fs.writeFileSync(ballast, Buffer.alloc(10 << 20));
  const bus = await Bus.open({ dir: path.join(dir, 'bus') });
  const topic = await bus.topic('t');
  const stored = [];
  const data = Buffer.alloc(100_000);
  let failure;
  while (!failure) {
    data.writeUInt32LE(stored.length);
    try {
      stored.push([await topic.publish(data), stored.length]);
    } catch (error) {
      failure = error;
    }
    assert.ok(stored.length < 1000, 'the disk is never full');
  }
  assert.equal(failure.code, 'ERR_BUS_DISK_FULL', failure.message);
  assert.equal(await codeOf(() => topic.publish(data)), 'ERR_BUS_DISK_FULL');
  assert.ok(stored.length > 20);
  fs.rmSync(ballast);
  const seq = await eventually(() => topic.publish('goes on', { id: 'goes on' }));
  const events = await allOf(topic);
  for (const [seq, i] of stored) assert.equal(events.find((each) => each.seq === seq).data.readUInt32LE(), i);
  assert.equal(events.find((each) => each.seq === seq).text(), 'goes on');
  assert.equal(await bus.free(), 'drained');
  const again = await Bus.open({ dir: path.join(dir, 'bus') });
  const kept = await allOf(await again.topic('t'));
  assert.deepEqual(seqsOf(kept), seqsOf(events));
  await again.free();
});

test("sync: 'always' has the kernel write each event to the disk before it is acknowledged", {
  skip: process.platform !== 'linux' && 'there is no strace',
}, async (t) => {
  if (spawnSync('strace', ['-V']).error && process.getuid() === 0) {
    spawnSync('apt-get', ['install', '-y', 'strace'], { timeout: 60_000 });
  }
  const traced = newPath();
  const script = (options) => `
    (async () => {
      const bus = await require('./lib/bus/index.js').Bus.open(${JSON.stringify(options)});
      const topic = await bus.topic('t');
      for (let i = 0; i < 20; i++) await topic.publish('x');
      process.kill(process.pid, 'SIGKILL'); // not by what closing does
    })()`;
  const count = (options) => {
    const args = ['-f', '-e', 'trace=fsync,fdatasync', '-o', traced, process.execPath, '-e', script(options)];
    const { error } = spawnSync('strace', args, { cwd: path.join(__dirname, '..'), timeout: 60_000 });
    if (error) return undefined;
    return (fs.readFileSync(traced, 'utf8').match(/(fsync|fdatasync)\(.*(= 0|unfinished)/g) ?? []).length;
  };
  const always = count({ dir: newPath(), sync: 'always' });
  if (always === undefined) return t.diagnostic('there is no strace, and it cannot be installed');
  const plain = count({ dir: newPath() });
  t.diagnostic(`${always} calls of fsync for 20 events, and ${plain} without sync`);
  assert.ok(always >= 20, `${always}`);
  assert.ok(plain < 20, `${plain}`);
});

test('two directories are open at once in one process, each with its own events', async () => {
  const buses = await Promise.all([newPath(), newPath()].map((dir) => Bus.open({ dir })));
  const topics = await Promise.all(buses.map((bus) => bus.topic('same')));
  await Promise.all(topics.map((topic, i) => topic.publishBatch([`${i}`, `${i}`])));
  for (const [i, topic] of topics.entries()) assert.deepEqual(textsOf(await allOf(topic)), [`${i}`, `${i}`]);
  assert.equal(await buses[0].free(), 'drained');
  assert.equal(await topics[1].publish('goes on'), 3);
  assert.equal(await buses[1].free(), 'drained');
});
