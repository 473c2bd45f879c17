'use strict';

// MappedFile where something comes in between: a signal, somebody who changes the file, other threads.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { MappedFile } = require('..');
const { testAlone } = require('./support/alone.js');
const { expectChild, runChild, startWorker } = require('./support/bodies.js');
const { generate, makeFile } = require('./support/files.js');
const { nextMessage } = require('./support/process.js');

test('a signal aborts an op with an AbortError, and no other', async () => {
  const path = makeFile('');
  fs.truncateSync(path, 1 << 30); // sparse: takes no room, but a while to look through
  const file = await MappedFile.open(path);
  const [controller, reason] = [new AbortController(), new Error('enough')];
  const { signal } = controller;
  const expected = { code: 'ABORT_ERR', name: 'AbortError', cause: reason };
  await assert.rejects(file.count('x', signal), { code: 'ERR_INVALID_ARG_TYPE', message: /as { signal }/ });
  const aborted = [file.count('x', { signal }), file.indexOf('x', { signal }), file.lines(1, 1, { signal })];
  const short = file.indexOf('\0', 5, { signal: AbortSignal.timeout(2 ** 31 - 1) });
  controller.abort(reason);
  await Promise.all(aborted.map((each) => assert.rejects(each, expected)));
  assert.equal(await short, 5);
  await assert.rejects(file.count('x', { signal }), expected, 'aborted before');
  await assert.rejects(MappedFile.open(path, { signal }), expected);
  for (const bad of [null, 'x', {}, controller]) {
    await assert.rejects(file.count('x', { signal: bad }), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.equal(await file.free(), 'drained');
});

test('FAULTS 40: a file truncated under its mapping: ERR_FILE_TRUNCATED, and the process lives', async () => {
  const path = makeFile(generate(1 << 20, 26));
  const { result } = await expectChild(
    async ({ quiesce, startWorker, nextMessage, print }, path) => {
      const file = await quiesce.MappedFile.open(path);
      const other = await quiesce.MappedFile.open(path);
      const codes = async (file) => [
        await (async () => file.read(500_000, 10))().catch((error) => error.code),
        ...(await Promise.all(
          [file.count('xyz'), file.indexOf('no such text'), file.lines()].map((op) =>
            op.catch(({ code }) => code),
          ),
        )),
      ];
      require('node:fs').truncateSync(path, 100);
      const answers = [await codes(file), file.size, file.read(0, 100).length];
      const worker = startWorker(
        `async ({ quiesce, parentPort }, token) =>
          parentPort.postMessage(await (${codes})(quiesce.MappedFile.attach(token)))`,
        other.token,
      );
      answers.push(await nextMessage(worker), await file.free(), await other.free());
      print(answers);
    },
    { data: path },
  );
  const truncated = Array(4).fill('ERR_FILE_TRUNCATED');
  assert.deepEqual(result, [truncated, 1 << 20, 100, truncated, 'drained', 'drained']);
});

test('FAULTS 40: the control: without the guard and its trap the process dies of the same', {
  skip: process.platform === 'win32' && 'a file that is mapped cannot be truncated there',
}, async () => {
  const { code, signal, timedOut } = await runChild(
    async ({ loadTestAddon }, path) => {
      const file = await loadTestAddon('unguarded').MappedFile.open(path);
      require('node:fs').truncateSync(path, 100);
      file.read(500_000, 10);
    },
    { data: makeFile(generate(1 << 20, 26)) },
  );
  assert.equal(timedOut, false);
  assert.ok(signal !== null || code === 2, `code ${code}`); // 2 is Go's
});

testAlone('FAULTS 40: a file that is replaced stays as it was mapped', async () => {
  const path = makeFile('before');
  const file = await MappedFile.open(path);
  fs.renameSync(makeFile('afterwards'), path);
  assert.equal(file.read().toString(), 'before');
  assert.equal(await file.free(), 'drained');
});

test('one mapping is shared by all threads that attach to it', async () => {
  const bytes = generate(1 << 20, 40);
  const file = await MappedFile.open(makeFile(bytes));
  const pattern = bytes.subarray(1000, 1003);
  const workers = [1, 2, 3].map(() =>
    startWorker(
      async ({ quiesce, parentPort }, { token, pattern }) => {
        const own = quiesce.MappedFile.attach(token);
        parentPort.postMessage([await own.count(pattern), await own.indexOf(pattern), own.size]);
      },
      { token: file.token, pattern },
    ),
  );
  const expected = [await file.count(pattern), bytes.indexOf(pattern), bytes.length];
  for (const answer of await Promise.all(workers.map((each) => nextMessage(each)))) {
    assert.deepEqual(answer, expected);
  }
  assert.equal(await file.free(), 'drained');
});
