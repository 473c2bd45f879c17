'use strict';

// Workers that end, frees under load, exits in the middle: nobody else loses an event, and nothing crashes.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');
const { Bus, allOf, handles, range, textsOf } = require('./support/bus.js');
const { newPath } = require('./support/files.js');
const { eventually } = require('./support/wait.js');

const entry = JSON.stringify(require.resolve('../lib/bus/index.js'));

/** A worker that runs this code, in an async function, with the bus's classes and `token`. */
function startWorker(code, token) {
  const source = `const { Bus, Topic, Subscription } = require(${entry});
    const { parentPort, workerData: token } = require('node:worker_threads');
    (async () => { ${code} })().catch((error) => { if (error.code !== 'ERR_HANDLE_FREED') throw error; });`;
  return new Worker(source, { eval: true, workerData: token });
}

const kinds = {
  memory: () => Bus.open(),
  dir: () => Bus.open({ dir: newPath() }),
};

for (const [kind, open] of Object.entries(kinds)) {
  test(`${kind}: workers that are terminated in the middle of anything cost nobody else an event`, async () => {
    const bus = await open();
    const topic = await bus.topic('t', { maxBytes: 1 << 30 });
    const mine = await topic.subscribe({ from: 'first' });
    const seen = [];
    const follow = async () => {
      for await (const event of mine) seen.push(event.seq);
    };
    const following = follow().catch((error) => assert.equal(error.code, 'ERR_HANDLE_FREED'));
    const victims = [
      `const topic = Topic.attach(token); for (;;) await topic.publish('w');`,
      `const topic = Topic.attach(token); for (;;) { if (!topic.post('w')) await topic.drain(); await topic.publishBatch(['w', 'w']); }`,
      `for await (const event of await Topic.attach(token).subscribe({ from: 'first' })) event.data;`,
      `for await (const event of await Topic.attach(token).subscribe({ group: 'g' })) if (event.seq % 2) event.ack();`,
      `const topic = Topic.attach(token); for (;;) { for await (const part of topic.snapshot()) part; await topic.stats(); }`,
    ];
    const published = [];
    let isOver = false;
    const publishing = (async () => {
      for (let i = 0; !isOver; i++) {
        await topic.publish(`m${i}`);
        published.push(`m${i}`);
        if (i % 50 === 0) await delay(1);
      }
    })();
    for (let round = 0; round < 4; round++) {
      const workers = victims.map((code) => startWorker(code, topic.token));
      await delay(100 + Math.random() * 150);
      await Promise.all(workers.map((each) => each.terminate()));
    }
    isOver = true;
    await publishing;
    const { last } = await topic.stats();
    while (seen.length < last) await delay(5);
    assert.deepEqual(seen, range(1, last), 'a plain subscription misses nothing');
    const texts = textsOf(await allOf(topic));
    assert.deepEqual(
      texts.filter((text) => text !== 'w'),
      published,
      'what was published is there, in its order',
    );
    const member = await topic.subscribe({ group: 'g', batch: 1000, maxInFlight: 10_000 });
    // An ack may still be on its way to the server when stats() looks: so not in the loop, which would wait for more.
    const allDone = eventually(async () => {
      const [{ pending, inFlight }] = (await topic.stats()).groups;
      return pending === 0 && inFlight === 0;
    }).finally(() => member.end());
    for await (const list of member) {
      for (const event of list) event.ack();
    }
    await allDone;
    assert.equal(await bus.free(), 'drained');
    await following;
    assert.deepEqual(handles(), []);
  });

  test(`${kind}: bus.free() under load from several workers`, async () => {
    for (let round = 0; round < 5; round++) {
      const bus = await open();
      const topic = await bus.topic('t');
      const workers = [
        `const topic = Topic.attach(token); parentPort.postMessage('on'); for (;;) await topic.publish('w');`,
        `const topic = Topic.attach(token); parentPort.postMessage('on'); for (;;) if (!topic.post('w')) await topic.drain();`,
        `const sub = await Topic.attach(token).subscribe(); parentPort.postMessage('on'); for await (const event of sub) event.data;`,
        `const sub = await Topic.attach(token).subscribe({ group: 'g' }); parentPort.postMessage('on'); for await (const event of sub) event.ack();`,
      ].map((code) => startWorker(code, topic.token));
      const ended = workers.map(
        (worker) => new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject)),
      );
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
      await delay(Math.random() * 40);
      assert.equal(await bus.free(), 'drained');
      assert.deepEqual(await Promise.all(ended), [0, 0, 0, 0], 'each heard ERR_HANDLE_FREED');
      assert.deepEqual(handles(), []);
    }
  });

  test(`${kind}: process.exit() in the middle of everything`, () => {
    for (let round = 0; round < 4; round++) {
      const dir = kind === 'dir' ? `{ dir: ${JSON.stringify(newPath())} }` : '';
      const script = `
        const { Worker } = require('node:worker_threads');
        const { Bus } = require(${entry});
        (async () => {
          const bus = await Bus.open(${dir});
          const topic = await bus.topic('t');
          const code = "const { Topic } = require(${entry.replaceAll('"', '\\"')}); const t = Topic.attach(require('node:worker_threads').workerData);"
            + "(async () => { for (;;) { t.post('x'); await t.publish('w'); } })();"
            + "(async () => { for await (const e of await t.subscribe({ group: 'g' })) e.ack(); })();";
          for (let i = 0; i < 2; i++) new Worker(code, { eval: true, workerData: topic.token });
          (async () => { for await (const event of await topic.subscribe()) event.data; })();
          setTimeout(() => process.exit(7), 150 + ${round} * 20);
        })();`;
      assert.throws(
        () => execFileSync(process.execPath, ['-e', script], { timeout: 20_000, stdio: 'pipe' }),
        (error) => {
          assert.deepEqual([error.status, error.signal, String(error.stderr)], [7, null, '']);
          return true;
        },
      );
    }
  });
}

test('an idle bus does not keep the process alive; a loop that waits does', () => {
  const run = (code) =>
    execFileSync(
      process.execPath,
      [
        '-e',
        `const { Bus } = require(${entry}); (async () => { const bus = await Bus.open(); const topic = await bus.topic('t'); const s = await topic.subscribe(); ${code} })();`,
      ],
      { timeout: 20_000 },
    ).toString();
  assert.equal(run("await topic.publish('x'); console.log('idle');"), 'idle\n');
  assert.equal(
    run(
      "setTimeout(() => topic.publish('late'), 300).unref(); for await (const e of s) { console.log(e.text()); break; }",
    ),
    'late\n',
  );
});
