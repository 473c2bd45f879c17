'use strict';

// Signals in a process that has a Go runtime in it.

const assert = require('node:assert');
const { once } = require('node:events');
const { mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { full } = require('./support/addon.js');
const { expectExit, runScript } = require('./support/process.js');

const windows = process.platform === 'win32' && 'Windows has no signals';
const notLinux = process.platform !== 'linux' && 'threads are told apart and aimed at by Linux means';

/**
 * A script that has a listener added after the addon was loaded, and then aims that signal at every thread that
 * the addon has brought, while goroutines grow their stacks there.
 */
const aiming = (variant, ms) => `
  const { readdirSync, promises } = require('node:fs');
  await Promise.all(Array.from({ length: 8 }, () => promises.stat('.'))); // libuv's threads are there now
  const spared = readdirSync('/proc/self/task').join(',');
  const { Runtime } = loadTestAddon(${JSON.stringify(variant)});
  let received = 0;
  process.on('SIGUSR2', () => received++);
  const busy = Runtime.grow(${ms});
  const sent = await Runtime.signalThreads(spared, require('node:os').constants.signals.SIGUSR2, ${ms});
  await busy;
  assert.ok(sent > 1000, String(sent));
  process.kill(process.pid, 'SIGUSR2'); // and one at the process: that is not lost
  await eventually(() => received > 0);
  console.log('over');
  process.exit();
`;

const attempts = 20; // of a control to crash: it takes a race
const isCrash = (end) => ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGTRAP'].includes(end);

/** How a script ended; a fatal error of Go exits with 2. */
const endOf = ({ code, signal, timedOut }) =>
  timedOut ? 'hung' : (signal ?? (code === 2 ? 'SIGABRT' : code));

test('FAULTS 28: signals aimed at Go threads, with a listener added after load: no crash', {
  skip: notLinux,
}, async () => {
  const { stdout } = await expectExit(aiming('test', full ? 20_000 : 2000), { timeout: 60_000 });
  assert.strictEqual(stdout, 'over\n');
});

test('FAULTS 28: the control: without the mask the same run crashes', { skip: notLinux }, async () => {
  const ends = [];
  for (let attempt = 0; attempt < attempts && !ends.some(isCrash); attempt++) {
    ends.push(endOf(await runScript(aiming('nomask', 2000), { timeout: 10_000 })));
  }
  assert.ok(ends.some(isCrash), `It ended by ${ends}`);
});

/**
 * A sender of signals at its parent: a thousand, and a pause. Without pauses libuv's loop comes to no end where
 * listeners are slower than the sender (without any addon a turn took 40 s).
 */
const bursts =
  'while :; do i=0; while [ $((i += 1)) -le 500 ]; do kill -USR2 $PPID && kill -HUP $PPID || exit; done; sleep 0.05; done';

/** A script whose JS thread is deep inside Go, near the end of its stack, while signals with listeners come. */
const flooded = (variant, ms) => `
  const { Runtime } = loadTestAddon(${JSON.stringify(variant)});
  let received = 0;
  process.on('SIGUSR2', () => received++); // after loading
  process.on('SIGHUP', () => received++);
  const { spawn } = require('node:child_process');
  const sender = spawn('sh', ['-c', ${JSON.stringify(bursts)}]); // SIGCHLD has a handler now
  const end = Date.now() + ${ms};
  while (Date.now() < end) {
    for (let i = 0; i < 20; i++) Runtime.descend();
    await new Promise(setImmediate);
  }
  sender.kill('SIGKILL');
  assert.ok(received > 100, String(received));
  console.log('over');
  process.exit();
`;

test('FAULTS 28: signals that come while a JS thread is deep inside Go: no crash', {
  skip: notLinux,
}, async () => {
  const { stdout } = await expectExit(flooded('test', full ? 20_000 : 2000), { timeout: 60_000 });
  assert.strictEqual(stdout, 'over\n');
});

test('FAULTS 28: the control: where handlers run on the stack of Go the same run crashes', {
  skip: notLinux,
}, async () => {
  const ends = [];
  for (let attempt = 0; attempt < attempts && !ends.some(isCrash); attempt++) {
    ends.push(endOf(await runScript(flooded('noonstack', 2000), { timeout: 20_000 })));
  }
  assert.ok(ends.some(isCrash), `It ended by ${ends}`);
});

test('FAULTS 28: signals at the process, one after the other and in floods, reach their listeners', {
  skip: windows,
}, async () => {
  const n = full ? 2000 : 200;
  const script = `
    const { Runtime, Sleeper } = loadTestAddon();
    const counts = { SIGUSR2: 0, SIGHUP: 0, SIGWINCH: 0 };
    for (const name of Object.keys(counts)) {
      process.on(name, () => {
        counts[name]++;
        if (name === 'SIGUSR2') console.log(counts.SIGUSR2);
      });
    }
    process.on('SIGTERM', () => {
      console.log(JSON.stringify(counts));
      process.exit();
    });
    const sleeper = Sleeper.open();
    setInterval(() => sleeper.spin(1), 3);
    (async () => { for (;;) await Promise.all([Runtime.spinAndGCAsync(), Runtime.grow(5)]); })();
    console.log(0);
  `;
  const { stdout } = await expectExit(script, {
    timeout: 60_000,
    during: async (child) => {
      await once(child.stdout, 'data');
      for (let i = 0; i < n; i++) {
        // A flood of others, which may coalesce, around one that is waited for.
        for (let k = 0; k < 20; k++) child.kill(k % 2 ? 'SIGHUP' : 'SIGWINCH');
        const answer = once(child.stdout, 'data');
        child.kill('SIGUSR2');
        await answer;
      }
      child.kill('SIGTERM');
    },
  });
  const lines = stdout.trim().split('\n');
  const counts = JSON.parse(lines.pop());
  assert.strictEqual(Number(lines.pop()), n);
  assert.strictEqual(counts.SIGUSR2, n);
  assert.ok(counts.SIGHUP > 0 && counts.SIGWINCH > 0, JSON.stringify(counts));
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
  test(`FAULTS 29: ${signal} without a listener ends the process, busy in Go or idle`, {
    skip: windows,
  }, async () => {
    for (const busy of ['', 'Runtime.grow(60_000); Sleeper.open().spinAsync(60_000);']) {
      const { signal: ended, timedOut } = await runScript(
        `const { Runtime, Sleeper } = loadTestAddon(); ${busy} setInterval(() => {}, 1000); console.log('up');`,
        {
          during: async (child) => {
            await once(child.stdout, 'data');
            child.kill(signal);
          },
        },
      );
      assert.deepStrictEqual({ ended, timedOut }, { ended: signal, timedOut: false });
    }
  });
}

test('FAULTS 29: SIGINT and SIGTERM with a listener are the listener’s', { skip: windows }, async () => {
  const { stdout } = await expectExit(
    `
    process.once('SIGINT', () => console.log('SIGINT')); // before the addon is loaded
    const { Sleeper } = loadTestAddon();
    process.once('SIGTERM', () => { console.log('SIGTERM'); process.exit(3); });
    Sleeper.open().sleep(60_000);
    console.log('up');
    `,
    {
      code: 3,
      during: async (child) => {
        await once(child.stdout, 'data');
        child.kill('SIGINT');
        await once(child.stdout, 'data');
        child.kill('SIGTERM');
      },
    },
  );
  assert.strictEqual(stdout, 'up\nSIGINT\nSIGTERM\n');
});

test('FAULTS 29: SIGUSR1 starts the inspector', { skip: windows }, async () => {
  const { stderr } = await expectExit(
    `loadTestAddon().Runtime.grow(200); setInterval(() => {}, 1000);
     process.once('SIGTERM', () => process.exit(0));
     console.log('up');`,
    {
      nodeArgs: ['--inspect-port=0'],
      during: async (child) => {
        await once(child.stdout, 'data');
        const started = once(child.stderr, 'data');
        child.kill('SIGUSR1');
        await started;
        child.kill('SIGTERM');
      },
    },
  );
  assert.match(stderr, /Debugger listening on ws:/);
});

test('FAULTS 29: --cpu-prof profiles JS that calls Go, and writes its file', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'quiesce-'));
  try {
    await expectExit(
      `
      const { Counter, Sleeper, Runtime } = loadTestAddon();
      const counter = Counter.open();
      const sleeper = Sleeper.open();
      const busy = Runtime.grow(300);
      for (let i = 0; i < 50; i++) {
        for (let k = 0; k < 1000; k++) counter.add(1);
        sleeper.spin(2);
        await sleeper.spinAsync(1);
      }
      await busy;
      assert.strictEqual(counter.value(), 50_000);
      `,
      { nodeArgs: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=100'] },
    );
    const [file] = readdirSync(folder);
    const { samples, nodes } = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    assert.ok(samples.length > 10);
    assert.ok(
      nodes.some(({ callFrame }) => callFrame.url.endsWith('define.js')),
      'the calls are in the profile',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('FAULTS 29: WebAssembly traps are errors of JS, in the main thread and in a worker, beside busy Go', async () => {
  // (func (export "load") (param i32) (result i32) local.get 0 i32.load), with one page of memory: V8 leaves the
  // check of the address to a SIGSEGV handler.
  const code =
    '0061736d0100000001060160017f017f03020100050301000107080104' + '6c6f616400000a0901070020002802000b';
  const trap = `
    const { exports: { load } } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('${code}', 'hex')));
    const { Runtime, Counter } = require(${JSON.stringify(require.resolve('./support/addon.js'))}).loadTestAddon();
    const busy = Runtime.grow(200);
    const counter = Counter.open();
    for (let i = 0; i < 2000; i++) {
      let trapped = 0;
      for (const address of [65533, 65536, 2 ** 31 - 1, -1]) {
        try { load(address); } catch (error) { if (error instanceof WebAssembly.RuntimeError) trapped++; }
      }
      if (trapped !== 4 || load(0) !== 0) throw new Error('not trapped');
      counter.add(1);
    }
    busy.then(() => counter.free());
  `;
  await expectExit(`
    const { Worker } = require('node:worker_threads');
    const worker = new Worker(${JSON.stringify(trap)}, { eval: true });
    const exited = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
    new Function('require', 'Buffer', ${JSON.stringify(trap)})(require, Buffer);
    assert.strictEqual(await exited, 0);
  `);
});
