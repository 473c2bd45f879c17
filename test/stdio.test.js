'use strict';

// The core writes to nobody's stdout and stderr, and a closed one ends nothing.

const assert = require('node:assert');
const { test } = require('node:test');
const { expectExit } = require('./support/process.js');

// A bit of everything: ops, errors, panics, leaks, time-outs, a share that expires, workers that end.
const everything = `
  const { Counter, Echo, Failer, Panicker, Sleeper, addon } = loadTestAddon();
  const { Guard } = require('./index.js');
  const { Worker } = require('node:worker_threads');
  for (let i = 0; i < 50; i++) {
    Echo.string('x');
    assert.throws(() => Failer.fail('chain'));
    assert.throws(() => Panicker.panicStatic('nil'));
    await assert.rejects(Panicker.open().goexitAsync());
    await assert.rejects(Sleeper.open(0, 'panic').free());
  }
  const late = Sleeper.open();
  const call = late.stubborn(100);
  assert.strictEqual(await late.free({ deadline: 5 }), 'timed-out');
  await call;
  new Guard().share({ ttl: 1 });
  await new Promise((resolve) => new Worker('process.exit()', { eval: true }).once('exit', resolve));
  for (let i = 0; i < 10; i++) Counter.open();
  await collectGarbage();
  await eventually(() => Counter.openCount() === 0);
`;

test('FAULTS 30: whatever the core does, it writes nothing to stdout or stderr', async () => {
  const { stdout, stderr } = await expectExit(everything, { nodeArgs: ['--no-warnings'] });
  assert.strictEqual(stdout + stderr, '');
});

test('FAULTS 30: with stdout and stderr closed by the reader, all works, and Node hears of it as EPIPE', async () => {
  await expectExit(
    `
    const failed = new Set();
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error) => failed.add(error.code === 'EPIPE' && stream));
    }
    const addons = loadTestAddon();
    await eventually(() => {
      process.stdout.write('to nobody');
      process.stderr.write('to nobody');
      return failed.has(process.stdout) && failed.has(process.stderr);
    });
    ${everything}
    process.exit(7);
    `,
    {
      code: 7,
      during: (child) => {
        child.stdout.destroy();
        child.stderr.destroy();
      },
    },
  );
});

test('FAULTS 30: started without stdout and stderr at all, it works the same', {
  skip: process.platform === 'win32' && 'there is no sh',
}, async () => {
  const { spawnSync } = require('node:child_process');
  const script = `const { Echo } = require('./test/support/addon.js').loadTestAddon();
      process.exit(Echo.integer(7));`;
  const { status, signal } = spawnSync('sh', ['-c', '"$0" -e "$1" >&- 2>&-', process.execPath, script], {
    cwd: require('./support/addon.js').root,
    timeout: 30_000,
  });
  assert.deepStrictEqual({ status, signal }, { status: 7, signal: null });
});
