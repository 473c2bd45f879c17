'use strict';

// Where the inspector listens: who may connect, and what comes of a place that cannot be had.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { test } = require('node:test');
const { connect, keepsRunning, newTmp, startInspected: start } = require('./support/inspected.js');
const { eventually } = require('./support/wait.js');

test('the socket of a process that was killed is replaced', async () => {
  const tmp = newTmp();
  const own = path.join(tmp, 'own.sock');
  const first = start(`require('./index.js'); ${keepsRunning}`, { tmp, env: { QUIESCE_INSPECT: own } });
  (await connect(own)).close();
  assert.equal(fs.statSync(own).mode & 0o777, 0o600);
  first.child.kill('SIGKILL');
  await first.ended;
  assert.ok(fs.existsSync(own), 'it was killed: the socket is left');
  const second = start(`require('./index.js'); ${keepsRunning}`, { tmp, env: { QUIESCE_INSPECT: own } });
  const client = await connect(own);
  assert.equal(client.hello.pid, second.child.pid);
  second.child.stdin.end();
  assert.deepEqual(await second.ended.then(({ code, stderr }) => [code, stderr]), [0, '']);
  assert.equal(fs.existsSync(own), false);
});

const unusable = {
  'a value that is neither 1 nor a path': ({ env }) => {
    env.QUIESCE_INSPECT = 'yes';
    return /QUIESCE_INSPECT is 1 or a path, and not 'yes'/;
  },
  'a folder that others may enter': ({ folder }) => {
    fs.mkdirSync(folder);
    fs.chmodSync(folder, 0o755);
    return /is open to others \(its mode is 755, not 700\)/;
  },
  'a link in place of the folder': ({ folder, tmp }) => {
    fs.mkdirSync(path.join(tmp, 'elsewhere'), { mode: 0o700 });
    fs.symlinkSync(path.join(tmp, 'elsewhere'), folder);
    return /is not a folder/;
  },
  'a file in its place': ({ env, tmp }) => {
    env.QUIESCE_INSPECT = path.join(tmp, 'file');
    fs.writeFileSync(env.QUIESCE_INSPECT, 'mine');
    return /is there, and is no socket/;
  },
  'a path that is too long': ({ env, tmp }) => {
    env.QUIESCE_INSPECT = path.join(tmp, 'x'.repeat(100));
    return /the path of a socket has at most 103 bytes/;
  },
  'a folder that is not there': ({ env, tmp }) => {
    env.QUIESCE_INSPECT = path.join(tmp, 'none', 'own.sock');
    return /there is no folder .*none/;
  },
};

for (const [what, prepare] of Object.entries(unusable)) {
  test(`${what}: a warning, and the process goes on`, async () => {
    const tmp = newTmp();
    const env = {};
    const expected = prepare({ env, tmp, folder: path.join(tmp, `quiesce-${process.getuid()}`) });
    const { child, written, ended } = start(
      `const { Guard } = require('./index.js');
       console.log(new Guard().freeSync());
       ${keepsRunning}`,
      { tmp, env },
    );
    await eventually(() => expected.test(written.stderr));
    child.stdin.end();
    const { code, signal, stdout, stderr } = await ended;
    assert.deepEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: 'drained\n' });
    assert.match(stderr, /\[QUIESCE_INSPECT\] QuiesceWarning: The inspector is not available: /);
    assert.equal(stderr.match(/QUIESCE_INSPECT\]/g).length, 1, stderr);
    if (what === 'a file in its place') assert.equal(fs.readFileSync(env.QUIESCE_INSPECT, 'utf8'), 'mine');
  });
}

test('a place where another process listens is left to it', async () => {
  const tmp = newTmp();
  const own = path.join(tmp, 'own.sock');
  const server = net.createServer((socket) => socket.destroy()).listen(own);
  const { child, written, ended } = start(`require('./index.js'); ${keepsRunning}`, {
    tmp,
    env: { QUIESCE_INSPECT: own },
  });
  await eventually(() => /another process listens on/.test(written.stderr));
  child.stdin.end();
  assert.equal((await ended).code, 0);
  assert.ok(fs.existsSync(own));
  await new Promise((resolve) => server.close(resolve));
});
