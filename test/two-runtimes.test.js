'use strict';

// Several addons with a Go runtime each in one process. Every runtime installs a handler of its own for SIGURG,
// by which it preempts loops; the shim calls the others' too.

const assert = require('node:assert');
const { test } = require('node:test');
const { full, loadTestAddon } = require('./support/addon.js');
const { expectExit, runScript } = require('./support/process.js');

/** A script that has every addon preempt a tight loop for a GC, again and again. */
function spinning(names, rounds, body = '') {
  return `
    const addons = ${JSON.stringify(names)}.map((name) => loadTestAddon(name));
    console.log('loaded');
    for (let i = 0; i < ${rounds}; i++) {
      for (const { Runtime } of addons) Runtime.spinAndGC();
      await Promise.all(addons.map(({ Runtime }) => Runtime.spinAndGCAsync()));
    }
    ${body}
    console.log('over');
  `;
}

const pair = ['test', 'test-second'];
const rounds = full ? 200 : 20;

for (const names of [pair, [...pair].reverse()]) {
  test(`FAULTS 44: tight loops and GCs in ${names.join(' and then ')}: neither hangs the other`, async () => {
    const { stdout } = await expectExit(spinning(names, rounds));
    assert.strictEqual(stdout, 'loaded\nover\n');
  });
}

test('FAULTS 44: three runtimes in one process, the third one scanning a file', async () => {
  const { stdout } = await expectExit(
    spinning(
      pair,
      rounds,
      `
      const { MappedFile } = require('./index.js');
      const file = await MappedFile.open(process.execPath);
      const counts = Promise.all([1, 2, 3].map(() => file.count('node')));
      for (let i = 0; i < ${rounds}; i++) {
        for (const { Runtime } of addons) Runtime.spinAndGC();
      }
      const [a, b, c] = await counts;
      assert.ok(a > 0 && a === b && b === c);
      await file.free();
      `,
    ),
  );
  assert.strictEqual(stdout, 'loaded\nover\n');
});

test('FAULTS 44: a runtime is loaded while another one preempts: none of its signals is lost', async () => {
  const { stdout } = await expectExit(`
    const { Runtime } = loadTestAddon('test-second');
    const before = Array.from({ length: 100 }, () => Runtime.spinAndGCAsync());
    const later = loadTestAddon('test'); // has its own handler from some moment on
    await Promise.all(before);
    console.log('loaded');
    for (let i = 0; i < ${rounds}; i++) for (const each of [Runtime, later.Runtime]) each.spinAndGC();
    console.log('over');
  `);
  assert.strictEqual(stdout, 'loaded\nover\n');
});

test('FAULTS 44: two runtimes in the main thread and in workers, all at once', async () => {
  const { stdout } = await expectExit(`
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    const body = ${JSON.stringify(spinning(pair, rounds / 2))};
    const start = () => new Worker(\`
      const { loadTestAddon } = require(${JSON.stringify(require.resolve('./support/addon.js'))});
      (async () => { \${body} })()\`, { eval: true, stdout: true });
    const workers = [start(), start(), start()];
    const exits = Promise.all(workers.map((worker) => once(worker, 'exit')));
    const addons = ${JSON.stringify(pair)}.map((name) => loadTestAddon(name));
    for (let i = 0; i < ${rounds / 2}; i++) {
      for (const { Runtime, Sleeper } of addons) {
        Runtime.spinAndGC();
        const sleeper = Sleeper.open();
        sleeper.spin(1);
        await Promise.all([sleeper.spinAsync(2), Runtime.spinAndGCAsync()]);
        sleeper.freeSync();
      }
    }
    for (const [code] of await exits) assert.strictEqual(code, 0);
    console.log('over');
  `);
  assert.strictEqual(stdout, 'over\n');
});

test('FAULTS 44: the control: without the chain the same run hangs', async () => {
  const result = await runScript(spinning(['nochain', 'nochain-second'], rounds), { timeout: 4000 });
  assert.strictEqual(result.stdout, 'loaded\n', result.stderr);
  assert.strictEqual(result.timedOut, true);
  assert.strictEqual(result.signal, 'SIGKILL');
});

test('the control, alone in its process, does not hang: it is the second runtime that matters', async () => {
  await expectExit(spinning(['nochain'], 5));
});

test('two addons keep their handles apart: a token of one is refused by the other', async () => {
  const [first, second] = pair.map((name) => loadTestAddon(name));
  const counter = first.Counter.open(7);
  assert.throws(() => second.Counter.attach(counter.token), { code: 'ERR_HANDLE_INVALID' });
  assert.throws(() => second.Counter.prototype.value.call(counter), {
    code: 'ERR_HANDLE_INVALID',
  });
  const other = second.Counter.open(8);
  assert.strictEqual(counter.value() + other.value(), 15);
  assert.throws(() => counter.addFrom(other), { name: 'TypeError' });
  await Promise.all([counter.free(), other.free()]);
});
