'use strict';

// attach, detach and share: how a token travels, what it keeps alive, and what is refused.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { Guard, Handle, MappedFile, handles, stats } = require('..');
const { loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { expectChild, startWorker } = require('./support/bodies.js');
const { makeFile } = require('./support/files.js');
const { exitOf, nextMessage } = require('./support/process.js');
const { eventually } = require('./support/wait.js');

const { Counter, Sleeper } = loadTestAddon();
const attachments = (token) => handles().find((each) => each.token === token)?.attachments;

test('attach makes a second wrapper of the same handle, and handles() counts each', async () => {
  const file = await MappedFile.open(makeFile('abc'));
  const { token } = file;
  await eventually(() => attachments(token) === 1); // the call that opened it has gone
  const second = MappedFile.attach(token);
  const third = Handle.attach(token);
  assert.ok(second !== file && third instanceof MappedFile && third.token === token);
  assert.equal(attachments(token), 3);
  third.detach();
  third.detach();
  assert.equal(attachments(token), 2, 'the second detach of a wrapper does nothing');
  file.detach();
  assert.equal(attachments(token), 1);
  assert.equal(second.read().toString(), 'abc', 'the borrower keeps it open');
  assert.equal(await second.free(), 'drained');
  assert.equal(attachments(token), undefined);
});

test('an async op in flight is an attachment, also of its handle arguments', async () => {
  const [a, b] = [Counter.open(1), Counter.open(2)];
  const pending = a.addFromAsync(b, 100);
  assert.deepEqual([attachments(a.token), attachments(b.token)], [2, 2]);
  a.detach();
  b.detach();
  assert.equal(await pending, 3, 'it goes on');
  await eventually(() => attachments(a.token) === undefined && attachments(b.token) === undefined);
  assert.ok(a.freed && b.freed);
});

test('the last detach frees in the background, without a warning', async (t) => {
  const warned = t.mock.method(process, 'emitWarning');
  const counter = Counter.open();
  const closed = Counter.closed();
  counter.detach();
  assert.throws(() => counter.value(), { code: 'ERR_HANDLE_FREED' });
  await eventually(() => Counter.closed() === closed + 1);
  assert.throws(() => Counter.attach(counter.token), { code: 'ERR_HANDLE_FREED' });
  await delay(20);
  assert.equal(warned.mock.callCount(), 0);
});

test('FAULTS 46: a shared token outlives its sender, until the first attach', async (t) => {
  const warned = t.mock.method(process, 'emitWarning');
  const counter = Counter.open(5);
  const token = counter.share({ ttl: 500 });
  assert.equal(token, counter.token);
  assert.equal(attachments(token), 2);
  counter.detach();
  const receiver = Counter.attach(token);
  assert.equal(attachments(token), 1, 'the attach takes the share over');
  Counter.attach(token).detach(); // the second one adds
  assert.equal(attachments(token), 1);
  await delay(600);
  assert.equal(receiver.value(), 5, 'the ttl is over, and no concern of a share that was taken');
  assert.equal(await receiver.free(), 'drained');
  assert.equal(warned.mock.callCount(), 0);
});

test('FAULTS 46: a share that nobody takes expires: it warns, and the handle is released', async () => {
  const counter = Counter.open();
  const closed = Counter.closed();
  const warnings = [];
  process.on('warning', (warning) => warnings.push(warning));
  const token = counter.share({ ttl: 20 });
  counter.detach();
  await eventually(() => warnings.length > 0);
  const [{ code, name, message }] = warnings;
  assert.equal(code, 'QUIESCE_SHARE_EXPIRED');
  assert.equal(name, 'QuiesceWarning');
  assert.match(message, new RegExp(`Counter ${token}`));
  await eventually(() => Counter.closed() === closed + 1);
  assert.throws(() => Counter.attach(token), { code: 'ERR_HANDLE_FREED' });
});

test('a share is dropped by a free: no warning, no attach', async (t) => {
  const warned = t.mock.method(process, 'emitWarning');
  const counter = Counter.open();
  const token = counter.share({ ttl: 300 });
  assert.equal(await counter.free(), 'drained');
  assert.throws(() => Counter.attach(token), { code: 'ERR_HANDLE_FREED' });
  assert.throws(() => counter.share(), { code: 'ERR_HANDLE_FREED' });
  await delay(400);
  assert.equal(warned.mock.callCount(), 0);
});

test('a ttl that is no finite number of ms is refused and shares nothing; a huge one lasts', async (t) => {
  const warned = t.mock.method(process, 'emitWarning');
  const guard = new Guard();
  for (const ttl of [-1, NaN, Infinity, -Infinity]) {
    assert.throws(() => guard.share({ ttl }), { code: 'ERR_INVALID_ARG_VALUE', name: 'TypeError' });
  }
  for (const ttl of ['30', null, 30n]) {
    assert.throws(() => guard.share({ ttl }), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.throws(() => guard.share(30), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => guard.share({ tll: 30 }), {
    code: 'ERR_INVALID_ARG_VALUE',
    message: /unknown property "tll"/,
  });
  assert.equal(attachments(guard.token), 1);
  for (const ttl of [2 ** 31, 2 ** 53, Number.MAX_VALUE]) guard.share({ ttl });
  await delay(30);
  assert.equal(attachments(guard.token), 4);
  assert.equal(guard.freeSync(), 'drained');
  assert.equal(warned.mock.callCount(), 0);
});

for (const share of [true, false]) {
  const outcome = share ? 'attaches' : 'is refused';
  test(`FAULTS 46: a worker posts a token and exits: ${share ? '' : 'not '}shared, the receiver ${outcome}`, async () => {
    const worker = startWorker(
      async ({ quiesce, parentPort }, { path, share }) => {
        const file = await quiesce.MappedFile.open(path);
        parentPort.postMessage(share ? file.share() : file.token);
        process.exit(0);
      },
      { path: makeFile('from a worker'), share },
    );
    const ended = exitOf(worker);
    const token = await nextMessage(worker);
    await ended;
    if (!share) {
      assert.throws(() => MappedFile.attach(token), { code: 'ERR_HANDLE_FREED' });
      return;
    }
    const file = MappedFile.attach(token);
    assert.equal(file.read().toString(), 'from a worker');
    assert.equal(attachments(token), 1);
    assert.equal(await file.free(), 'drained');
  });
}

test('FAULTS 46: a token whose wrapper is collected before the receiver attaches: shared it attaches, else it is refused', async () => {
  const { result } = await expectChild(
    async ({ addon, startWorker, nextMessage, collectGarbage, eventually, print }) => {
      const { Counter } = addon;
      const worker = startWorker(({ addon, parentPort }) => {
        parentPort.on('message', (token) => {
          try {
            parentPort.postMessage(addon.Counter.attach(token).value());
          } catch (error) {
            parentPort.postMessage(error.code);
          }
        });
        parentPort.postMessage('ready');
      });
      await nextMessage(worker);
      const [shared, other] = (() => [Counter.open(3).share(), Counter.open(4).token])();
      await eventually(async () => {
        await collectGarbage();
        return Counter.closed() === 1;
      });
      const answers = [];
      for (const token of [shared, other]) {
        worker.postMessage(token);
        answers.push(await nextMessage(worker));
      }
      await worker.terminate();
      await eventually(() => Counter.closed() === 2);
      print(answers);
    },
  );
  assert.deepEqual(result, [3, 'ERR_HANDLE_FREED']);
});

test('FAULTS 13: tokens that are forged, stale or fractional are refused, by every attach', async () => {
  const guard = new Guard();
  const stale = new Guard();
  await stale.free();
  const { token } = guard;
  for (const bad of [0, -0, -1, -token, 0.5, token + 0.5, token - 1e-6 * token, NaN, Infinity, -Infinity]) {
    assert.throws(
      () => Guard.attach(bad),
      { code: 'ERR_HANDLE_INVALID', name: 'HandleInvalidError' },
      `${bad}`,
    );
  }
  for (const bad of [2 ** 53, 2 ** 53 - 1, 2 ** 64, token + 2 ** 32 * 2 ** 20, 2 ** 32 * 5, token + 1]) {
    assert.throws(() => Handle.attach(bad), { code: 'ERR_HANDLE_INVALID' }, `${bad}`);
  }
  for (const bad of [undefined, null, `${token}`, BigInt(token), {}, [token], Symbol('x'), true, guard]) {
    assert.throws(() => Guard.attach(bad), { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' });
    assert.throws(() => Handle.attach(bad), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.throws(() => Guard.attach(stale.token), { code: 'ERR_HANDLE_FREED' });
  const reused = new Guard();
  assert.throws(() => Guard.attach(stale.token), { code: 'ERR_HANDLE_FREED' }, 'its slot is in use again');
  assert.equal(attachments(token), 1);
  await Promise.all([guard.free(), reused.free()]);
});

test('FAULTS 13: a token of another process, or of another addon, is ERR_HANDLE_INVALID', async () => {
  const { result } = await expectChild(({ quiesce, print }) => print(new quiesce.Guard().token));
  assert.equal(typeof result, 'number');
  assert.throws(() => Guard.attach(result), { code: 'ERR_HANDLE_INVALID' });
  const counter = Counter.open();
  assert.throws(() => MappedFile.attach(counter.token), { code: 'ERR_HANDLE_INVALID' });
  await counter.free();
});

test('FAULTS 13: a token of another class is ERR_HANDLE_TYPE, and attaches nothing', async () => {
  const guard = new Guard();
  const expected = { code: 'ERR_HANDLE_TYPE', name: 'HandleTypeError' };
  assert.throws(() => MappedFile.attach(guard.token), expected);
  assert.throws(() => MappedFile.attach(guard.token), TypeError);
  assert.equal(attachments(guard.token), 1);
  const counter = Counter.open();
  assert.throws(() => Sleeper.attach(counter.token), expected);
  await counter.free();
  const file = await MappedFile.open(makeFile('x'));
  assert.throws(() => Guard.attach(file.token), expected);
  await guard.free();
  assert.throws(() => MappedFile.attach(guard.token), { code: 'ERR_HANDLE_FREED' }, 'gone is gone');
  await file.free();
});

testAlone('FAULTS 9: attach against free: attached before it, or refused; nothing is left over', async () => {
  const before = stats().live;
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const workers = [1, 2].map(() =>
    startWorker(({ quiesce, parentPort }, gate) => {
      const codes = {};
      const tally = (code) => {
        codes[code] = (codes[code] ?? 0) + 1;
      };
      parentPort.on('message', (token) => {
        if (token === 0) return parentPort.close();
        Atomics.add(gate, 0, 1);
        for (;;) {
          try {
            quiesce.Guard.attach(token).detach();
            tally('attached');
          } catch (error) {
            tally(error.code);
            break;
          }
        }
        parentPort.postMessage(codes);
      });
    }, gate),
  );
  let last;
  for (let round = 1; round <= 50; round++) {
    const guard = new Guard();
    const answers = workers.map((worker) => nextMessage(worker));
    for (const worker of workers) worker.postMessage(guard.token);
    while (Atomics.load(gate, 0) < 2 * round) await delay(0);
    assert.equal(await guard.free(), 'drained');
    last = await Promise.all(answers);
  }
  for (const codes of last) {
    assert.deepEqual(Object.keys(codes).sort(), ['ERR_HANDLE_FREED', 'attached']);
    assert.equal(codes.ERR_HANDLE_FREED, 50);
  }
  for (const worker of workers) worker.postMessage(0);
  assert.equal(stats().live, before);
});
