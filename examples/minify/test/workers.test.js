'use strict';

// One minifier in many workers, that are terminated in the middle, or lose it in the middle.

const assert = require('node:assert');
const { once } = require('node:events');
const { after, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const { handles } = require('quiesce/addon');
const { Minifier } = require('minify');

const page = '<p>  some   text  <script> let a = 1 ; f( a ) ; </script> <style> a { b : c } </style>';
const small = '<p>some text <script>let a=1;f(a)</script><style>a{b:c}</style>';

/** What a worker does until it is terminated, or the minifier freed: it minifies, and checks what it got. */
async function work() {
  const { token, mode, progress } = workerData;
  const minifier = Minifier.attach(token);
  const text = page.repeat(200); // takes a few ms
  const calls = new Int32Array(progress);
  parentPort?.postMessage('started');
  try {
    for (;;) {
      const got =
        mode === 'sync' ? minifier.minifySync('text/html', text) : await minifier.minify('text/html', text);
      if (got !== small.repeat(200)) throw new Error(`wrong: ${got.slice(0, 200)}`);
      Atomics.add(calls, 0, 1);
    }
  } catch (/** @type {any} */ err) {
    parentPort?.postMessage(err.code ?? String(err));
  }
}

/** @param {Minifier} minifier */
async function start(minifier) {
  const progress = new SharedArrayBuffer(4);
  const workers = ['sync', 'async', 'sync', 'async'].map(
    (mode) => new Worker(__filename, { workerData: { token: minifier.token, mode, progress } }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return { workers, calls: new Int32Array(progress) };
}

function main() {
  after(() => assert.deepStrictEqual(handles(), []));

  test('workers are terminated in the middle', async (t) => {
    const minifier = new Minifier();
    let calls = 0;
    for (let round = 0; round < 10; round++) {
      const started = await start(minifier);
      await sleep(5 * round);
      const codes = await Promise.all(started.workers.map((worker) => worker.terminate()));
      assert.deepStrictEqual(codes, Array(4).fill(1)); // none had ended by itself
      calls += started.calls[0];
    }
    t.diagnostic(`${calls} calls of 40 workers`);
    assert.strictEqual(minifier.minifySync('text/html', page), small);
    assert.strictEqual(await minifier.minify('text/html', page), small);
    assert.ok(minifier.stats().calls >= calls + 2);
    assert.strictEqual(await minifier.free(), 'drained');
  });

  for (const method of ['minify', 'minifySync']) {
    test(`a worker is terminated in one long ${method}()`, { timeout: 60_000 }, async () => {
      const minifier = new Minifier();
      const worker = new Worker(
        `const { parentPort, workerData } = require('node:worker_threads');
         const { Minifier } = require('minify');
         const minifier = Minifier.attach(workerData.token);
         const page = '<p>some text<img src="a.png">'.repeat(500_000);
         parentPort.on('message', () => {});
         parentPort.postMessage('started');
         minifier[workerData.method]('text/html', page);`,
        { eval: true, workerData: { token: minifier.token, method } },
      );
      await once(worker, 'message');
      while (minifier.stats().calls === 0) await sleep(1);
      assert.strictEqual(await worker.terminate(), 1);
      if (method === 'minify') {
        while (minifier.stats().failures === 0) await sleep(1); // given up: nobody is there to be told
      }
      assert.strictEqual(minifier.stats().bytesIn > 0, method === 'minifySync');
      assert.strictEqual(await minifier.free(), 'drained');
    });
  }

  test('the minifier is freed under the workers', async (t) => {
    for (let round = 0; round < 10; round++) {
      const minifier = new Minifier();
      const { workers, calls } = await start(minifier);
      await sleep(5 * round);
      const last = Promise.all(workers.map((worker) => once(worker, 'message')));
      assert.strictEqual(await minifier.free(), 'drained');
      assert.deepStrictEqual((await last).flat(), Array(4).fill('ERR_HANDLE_FREED'));
      assert.throws(() => minifier.minifySync('text/css', ''), { code: 'ERR_HANDLE_FREED' });
      t.diagnostic(`${calls[0]} calls, then freed`);
    }
  });
}

if (isMainThread) main();
else work();
