'use strict';

// The inspector of a process: it is there only when asked for, answers also while every thread is blocked, and is in
// nobody's way.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { expectExit } = require('./support/process.js');
const { connect, keepsRunning, newTmp, startInspected: start } = require('./support/inspected.js');
const { eventually } = require('./support/wait.js');

const snapshotOf = async ({ ask }, limit = 100) => (await ask({ get: 'snapshot', limit })).snapshot;

for (const setting of [undefined, '', '0']) {
  test(`QUIESCE_INSPECT=${setting}: nothing is loaded, started or listened on`, async () => {
    const tmp = newTmp();
    const { stdout, stderr } = await expectExit(
      `const { Guard } = require('./index.js');
       new Guard().freeSync();
       await delay(200);
       const own = Object.keys(require.cache).filter((file) => /[\\\\/]inspect[\\\\/]/.test(file));
       const builtins = process.moduleLoadList.filter((name) => / (net|worker_threads)$/.test(name));
       console.log(JSON.stringify({ own, workers: process.getActiveResourcesInfo().filter((each) => /Worker|Message|Pipe.*Server/.test(each)) }));`,
      { env: { QUIESCE_INSPECT: setting, TMPDIR: tmp } },
    );
    const { own, workers } = JSON.parse(stdout);
    assert.deepEqual({ workers, stderr, left: fs.readdirSync(tmp) }, { workers: [], stderr: '', left: [] });
    if (setting !== '0') assert.deepEqual(own, []);
  });
}

const blocked = {
  'in a loop': 'for (;;);',
  'in freeSync()': `
    const held = new Guard();
    const { Worker } = require('node:worker_threads');
    const enter = new SharedArrayBuffer(4);
    new Worker(\`
      const { workerData } = require('node:worker_threads');
      require(\${JSON.stringify(process.cwd())}).Guard.attach(workerData.token).tryEnter();
      Atomics.store(workerData.word, 0, 1);
      Atomics.notify(workerData.word, 0);
      for (;;);\`, { eval: true, workerData: { token: held.token, word: new Int32Array(enter) } });
    Atomics.wait(new Int32Array(enter), 0, 0);
    held.freeSync({ deadline: 50_000 });`,
};

for (const [how, body] of Object.entries(blocked)) {
  test(`it answers while the main thread is blocked ${how}`, async () => {
    const { child, socket, ended } = start(`
      const { Guard } = require('./index.js');
      globalThis.guard = new Guard();
      guard.tryEnter();
      ${body}`);
    const client = await connect(socket);
    const { hello } = client;
    assert.deepEqual(
      [hello.quiesce, hello.protocol, hello.pid, hello.node],
      ['inspect', 1, child.pid, process.version],
    );
    const held = await eventually(async () => {
      const { handles, total } = await snapshotOf(client);
      return total === (how === 'in a loop' ? 1 : 2) && handles[0].ops.length > 0 && handles;
    });
    assert.deepEqual(held[0].ops[0].method, 'enter');
    if (how !== 'in a loop') {
      await eventually(async () =>
        (await snapshotOf(client)).handles.some(({ state }) => state === 'freeing'),
      );
    }
    await eventually(async () => (await client.ask({ get: 'history' })).history.length >= 2);
    child.kill('SIGKILL');
    await ended;
    client.close();
  });
}

test('the age of a raw enter is known to a second, also by who looks for the first time', async () => {
  const { child, socket, ended } = start(`
    const { Guard } = require('./index.js');
    globalThis.guard = new Guard();
    guard.tryEnter();
    ${keepsRunning}`);
  const client = await connect(socket);
  await eventually(async () => (await client.ask({ get: 'history' })).history.length >= 3); // asks for no handle
  const [{ ops }] = (await snapshotOf(client)).handles;
  assert.ok(ops[0].age > 1000, `${ops[0].age} ms`);
  child.stdin.end();
  assert.equal((await ended).code, 0);
});

test('attachments by thread: each worker with what it holds, until it has ended', async () => {
  const { child, socket, ended } = start(`
    const { Guard } = require('./index.js');
    const { Worker } = require('node:worker_threads');
    globalThis.guard = new Guard();
    const start = (n) => new Worker(\`
      const { Guard } = require(\${JSON.stringify(process.cwd())});
      const { workerData, threadId } = require('node:worker_threads');
      globalThis.kept = Array.from({ length: workerData.n }, () => Guard.attach(workerData.token));
      console.log(threadId);
      setInterval(() => {}, 1000);\`, { eval: true, workerData: { token: guard.token, n } });
    globalThis.workers = [start(1), start(3)];
    process.stdin.on('data', () => workers[1].terminate());
    ${keepsRunning}`);
  const client = await connect(socket);
  const threads = async () => (await snapshotOf(client)).handles[0]?.threads ?? [];
  await eventually(async () => (await threads()).length === 3);
  const [main, ...workers] = await threads();
  assert.deepEqual(main, { thread: 0, attachments: 1 });
  assert.deepEqual(workers.map(({ attachments }) => attachments).sort(), [1, 3]);
  assert.equal(new Set(workers.map(({ thread }) => thread)).size, 2);
  child.stdin.write('terminate\n');
  await eventually(async () => (await threads()).length === 2);
  assert.equal((await snapshotOf(client)).handles[0].attachments, 2);
  child.stdin.end();
  assert.deepEqual((await ended).code, 0);
});

test('an addon that only a worker has loaded is shown too, also one that is loaded later', async () => {
  const { child, socket, ended } = start(`
    const { Guard } = require('./index.js');
    const { Worker } = require('node:worker_threads');
    globalThis.guard = new Guard();
    new Worker(\`
      const { loadTestAddon } = require(\${JSON.stringify(process.cwd() + '/test/support/addon.js')});
      globalThis.counter = loadTestAddon().Counter.open();
      setInterval(() => {}, 1000);\`, { eval: true });
    ${keepsRunning}`);
  const client = await connect(socket);
  await eventually(async () => {
    const { handles, states, total, stats } = await snapshotOf(client);
    const names = handles.map((each) => each.class).sort();
    return total === 2 && stats.live === 2 && states.length === 2 && names.join() === 'Counter,Guard';
  });
  child.stdin.end();
  assert.equal((await ended).code, 0);
});

test('it keeps nothing alive, has no handle of its own, and takes its socket away', async () => {
  const ends = {
    'by itself': ['', 0],
    'by process.exit()': ['process.exit(7);', 7],
    'by an error': ["process.exitCode = 5; throw new Error('on purpose');", 1],
    'while a client is connected': ['', 0],
  };
  for (const [how, [body, code]] of Object.entries(ends)) {
    const { child, folder, socket, ended } = start(`
      const { handles, stats } = require('./index.js');
      process.stdin.once('data', () => {
        process.stdin.unref();
        console.log(JSON.stringify([handles(), stats().live]));
        ${body}
      });`);
    const client = await connect(socket);
    if (how !== 'while a client is connected') client.close();
    child.stdin.write('end\n');
    const result = await ended;
    assert.deepEqual(
      { code: result.code, signal: result.signal },
      { code, signal: null },
      `${how}: ${result.stderr}`,
    );
    assert.equal(result.stdout, '[[],0]\n', how);
    assert.deepEqual(fs.readdirSync(folder), [], how);
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    client.close();
  }
});

test('it is gone at once: a process that only loads the package does not wait for it', async () => {
  const { ended, folder } = start("require('./index.js');");
  const { code, signal, stderr } = await ended;
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('workers that load the package come and go, and end by themselves', async () => {
  const { ended } = start(`
    require('./index.js');
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    (async () => {
      for (let i = 0; i < 5; i++) {
        const body = 'const { Guard } = require(' + JSON.stringify(process.cwd()) + '); globalThis.g = new Guard();';
        const [code] = await once(new Worker(body, { eval: true }), 'exit');
        if (code !== 0) process.exit(9);
      }
    })();`);
  const { code, signal, stderr } = await ended;
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
});

test('a worker starts no inspector: it would end with that', async () => {
  const { ended, folder } = start(`
    const { Worker } = require('node:worker_threads');
    const body = 'const { Guard } = require(' + JSON.stringify(process.cwd()) + '); globalThis.g = new Guard();';
    new Worker(body, { eval: true });`);
  assert.deepEqual(await ended.then(({ code, stderr }) => [code, stderr]), [0, '']);
  assert.equal(fs.existsSync(folder), false);
});

test('a package that is loaded twice has one inspector', async () => {
  const { child, folder, socket, ended } = start(`
    const { Worker } = require('node:worker_threads');
    const first = require('./index.js');
    for (const file of Object.keys(require.cache)) delete require.cache[file];
    const second = require('./index.js');
    globalThis.guards = [new first.Guard(), new second.Guard()];
    ${keepsRunning}`);
  const client = await connect(socket);
  await eventually(async () => (await snapshotOf(client)).total === 2);
  assert.deepEqual(fs.readdirSync(folder), [`${child.pid}.sock`]);
  child.stdin.end();
  assert.deepEqual(await ended.then(({ code, stderr }) => [code, stderr]), [0, '']);
});

test('whatever else somebody in the process posts on its channel, it goes on, and so do the threads', async () => {
  const { child, socket, ended } = start(`
    const { Guard } = require('./index.js');
    const { BroadcastChannel, Worker } = require('node:worker_threads');
    globalThis.guard = new Guard();
    new Worker(\`require(\${JSON.stringify(process.cwd())}); setInterval(() => {}, 1000);\`, { eval: true });
    const channel = new BroadcastChannel('quiesce.inspect');
    channel.unref();
    setInterval(() => {
      for (const each of [null, undefined, 5, 'text', {}, { file: 7 }, { ask: null }]) channel.postMessage(each);
    }, 20);
    ${keepsRunning}`);
  const client = await connect(socket);
  for (let i = 0; i < 20; i++) {
    assert.equal((await snapshotOf(client)).total, 1);
    await new Promise((done) => setTimeout(done, 10));
  }
  child.stdin.end();
  const { code, stderr } = await ended;
  assert.deepEqual([code, stderr], [0, '']);
});

test('requests that make no sense are answered by an error, and the next one is served', async () => {
  const { child, socket, ended } = start(
    `globalThis.g = new (require('./index.js').Guard)(); ${keepsRunning}`,
  );
  const client = await connect(socket);
  await eventually(async () => (await snapshotOf(client)).total === 1);
  for (const request of [
    'no JSON',
    'null',
    '7',
    '{}',
    { get: 'constructor' },
    { get: 'snapshot', limit: -1 },
    { get: 'snapshot', limit: 1e9 },
    { get: 'snapshot', limit: '5' },
    { get: 'history', since: 'now' },
  ]) {
    const { error, ...rest } = await client.ask(request);
    assert.equal(typeof error, 'string', JSON.stringify(request));
    assert.deepEqual(rest, {});
  }
  assert.equal((await client.ask({ id: 'mine', get: 'snapshot' })).id, 'mine');
  assert.deepEqual((await snapshotOf(client, 0)).handles, []);
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  client.socket.write('x'.repeat(100_000)); // a line without an end
  await closed;
  child.stdin.end();
  assert.equal((await ended).code, 0);
});
