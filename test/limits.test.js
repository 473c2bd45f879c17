'use strict';

// What there is only so much of: ops on one handle, handles, memory for slots.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { defineGuard } = require('../lib/guard.js');
const { full, loadTestAddon } = require('./support/addon.js');
const { expectChild, runChild } = require('./support/bodies.js');

const { Counter, Runtime, addon } = loadTestAddon();
const Guard = defineGuard(addon);
const inFlight = ({ token }) =>
  JSON.parse(addon.native.handles()).find((each) => each.token === token).inFlight;

const limit = 2 ** 29;
const limited = { code: 'ERR_HANDLE_LIMIT', name: 'HandleLimitError' };

test('FAULTS 12: at the limit of ops each kind of op is refused and counts nothing; below it all is as before', async () => {
  const [counter, other, guard] = [Counter.open(), Counter.open(), new Guard()];
  for (const { token } of [counter, guard]) Runtime.addOps(token, `${limit - 1}`);
  const last = counter.addFromAsync(other, 100); // the last one that there is room for
  assert.equal(guard.tryEnter(), true);
  for (let i = 0; i < 3; i++) {
    assert.throws(() => counter.value(), limited);
    await assert.rejects(counter.addAsync(1), limited);
    assert.throws(() => counter.child('x'), limited);
    assert.throws(() => other.addFrom(counter), limited);
    assert.throws(() => guard.tryEnter(), limited);
    assert.throws(() => guard.run(assert.fail), limited);
    assert.deepEqual([inFlight(counter), inFlight(guard)], [limit, limit]);
  }
  await last;
  assert.equal(counter.add(1), 1, 'there is room again');
  guard.leave();
  assert.equal(guard.tryEnter(), true);
  guard.leave();
  for (const { token } of [counter, guard]) Runtime.addOps(token, `${1 - limit}`);
  for (const each of [counter, other, guard]) {
    assert.equal(inFlight(each), 0);
    assert.equal(await each.free(), 'drained');
  }
});

test('FAULTS 12: one handle more than there may be is refused; after a free there is room', {
  skip: !full && 'two million handles take a minute and 1.6 GB: npm run test:full',
  timeout: 600_000,
}, async () => {
  const { result } = await expectChild(
    async ({ addon, print }) => {
      const { native } = addon.addon;
      const kept = [];
      const open = () => {
        try {
          kept.push(native.openGuard());
        } catch (error) {
          return error.code;
        }
      };
      let code;
      while (!code) code = open();
      const again = open();
      const { live } = JSON.parse(native.stats());
      await native.free(kept[0][0], 5000);
      print([code, again, live, open() ?? 'opened', open()]);
      process.exit();
    },
    { nodeArgs: ['--max-old-space-size=4000'], timeout: 500_000 },
  );
  assert.deepEqual(result, ['ERR_HANDLE_LIMIT', 'ERR_HANDLE_LIMIT', 2 ** 21, 'opened', 'ERR_HANDLE_LIMIT']);
});

test('FAULTS 37: without memory for the directory, for the first chunk of slots and for the next: a typed error', {
  skip: process.platform !== 'linux' && 'RLIMIT_AS is taken to run out of memory',
}, async (t) => {
  const body = async ({ addon, print }) => {
    const { Counter, Runtime } = addon;
    const { native } = addon.addon;
    const seen = [];
    const look = (spare) => {
      const before = native.stats();
      const closed = Counter.closed();
      let code;
      Runtime.starve(`${spare}`);
      try {
        Counter.open();
      } catch (error) {
        code = error.code;
      } finally {
        Runtime.feed();
      }
      seen.push([code, Counter.closed() - closed, native.stats() === before]);
    };
    look(0); // the directory has 16 KiB
    look(40_000); // a chunk 64 KiB
    const first = Counter.open();
    const kept = Array.from({ length: 1023 }, () => Counter.open());
    look(0);
    kept.push(Counter.open(7));
    const values = [first.add(1), kept[1023].value(), JSON.parse(native.stats()).slots];
    const { drained } = JSON.parse(await native.freeAll(5000));
    print({ seen, values, drained });
  };
  // Whoever else asks for memory in that moment, V8 or Go's runtime itself, ends the process.
  let ended = await runChild(body);
  for (let i = 0; i < 20 && ended.signal === 'SIGABRT' && !ended.stdout; i++) {
    t.diagnostic(`somebody else was refused memory: ${ended.stderr.split('\n')[0]}`);
    ended = await runChild(body);
  }
  assert.equal(ended.code, 0, ended.stderr);
  const result = JSON.parse(ended.stdout);
  assert.deepEqual(result, {
    seen: Array(3).fill(['ERR_HANDLE_LIMIT', 1, true]), // the resource that got no handle is closed
    values: [1, 7, 1025],
    drained: 1025,
  });
});
