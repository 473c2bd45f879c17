'use strict';

// FAULTS 44 with what `quiesce build` makes: three Go runtimes in one process, which are a package's addon, Quiesce's
// own, and a second copy of the first under another inode. two-runtimes.test.js has the run that hangs without the
// chained SIGURG.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { full } = require('./support/addon.js');
const { expectChild } = require('./support/bodies.js');
const { newPath } = require('./support/files.js');
const { file } = require('./support/toolkit.js');

const second = newPath('second.node');
fs.copyFileSync(file, second);
const rounds = full ? 200 : 20;

/** Has every addon preempt a tight loop for its GC, while Quiesce's own scans a file and GCs in its way. */
async function spinAll({ quiesce, toolkit, assert, print }, { file, second, rounds }) {
  const addons = [file, second].map((each) => toolkit.toolkit.load(each));
  const scanned = await quiesce.MappedFile.open(process.execPath);
  const counts = [];
  for (let i = 0; i < rounds; i++) {
    counts.push(scanned.count('node'));
    for (const { spin, collect, spinAndCollect } of addons) {
      spinAndCollect();
      spin(1);
      collect();
    }
    if (i % 4 === 3) assert.equal(new Set(await Promise.all(counts)).size, 1);
  }
  const folders = addons.map(({ Folder }) => new Folder('f'));
  assert.throws(() => addons[1].Folder.attach(folders[0].token), { code: /^ERR_HANDLE_(INVALID|FREED)$/ });
  print([folders.map((each) => each.freeSync()), await scanned.free()]);
}

test('FAULTS 44: three runtimes, tight loops and GCs in each: none hangs', async () => {
  const { result } = await expectChild(spinAll, { data: { file, second, rounds } });
  assert.deepEqual(result, [['drained', 'drained'], 'drained']);
});

test('FAULTS 44: the same, loaded in the other order', async () => {
  const { result } = await expectChild(spinAll, { data: { file: second, second: file, rounds } });
  assert.deepEqual(result, [['drained', 'drained'], 'drained']);
});

test('FAULTS 44: three runtimes in the main thread and in workers, all at once', async () => {
  const { result } = await expectChild(
    async ({ startWorker, nextMessage, exitOf, quiesce, toolkit, print }, data) => {
      const body = async ({ quiesce, toolkit, parentPort }, { file, second, rounds, token }) => {
        const addons = [file, second].map((each) => toolkit.toolkit.load(each));
        const guard = quiesce.Guard.attach(token);
        const source = new addons[0].Source();
        let items = 0;
        const iterating = (async () => {
          for await (const _ of source.numbersOf(-1)) if (++items > rounds * 300) break;
        })();
        for (let i = 0; i < rounds; i++) {
          for (const { spin, collect, spinAndCollect } of addons) {
            guard.run(spinAndCollect);
            spin(1);
            collect();
          }
          await new Promise(setImmediate);
        }
        await iterating;
        parentPort.postMessage(items);
      };
      const guard = new quiesce.Guard();
      const given = { ...data, token: guard.token };
      const workers = [1, 2, 3].map(() => startWorker(body, given));
      const messages = Promise.all(workers.map((worker) => nextMessage(worker)));
      const addons = [data.file, data.second].map((each) => toolkit.toolkit.load(each));
      for (let i = 0; i < data.rounds; i++) {
        for (const { spinAndCollect, Task } of addons) {
          spinAndCollect();
          const task = new Task();
          await Promise.all([task.sleep(1), task.joinLater('-', 'a', 'b')]);
          task.freeSync();
        }
      }
      const items = await messages;
      const codes = await Promise.all(workers.map(exitOf));
      print([items.every((each) => each > data.rounds * 300), codes, await guard.free()]);
    },
    { data: { file, second, rounds: rounds / 4 } },
  );
  assert.deepEqual(result, [true, [0, 0, 0], 'drained']);
});

test('callbacks, iterations and errors of two copies at once keep to their own', async () => {
  const { result } = await expectChild(
    async ({ toolkit, quiesce, eventually, print }, { file, second }) => {
      const seen = [[], []];
      const kinds = [file, second].map((each) => toolkit.toolkit.load(each));
      const sums = await Promise.all(
        kinds.map(async ({ Bell, Source, TypeProbe, tryFail }, i) => {
          const bell = new Bell();
          bell.ring(100, (n) => seen[i].push(n));
          let sum = 0;
          for await (const n of new Source().numbers(1000)) sum += n;
          let code;
          try {
            tryFail('sentinel');
          } catch (error) {
            code = [error.code, error instanceof quiesce.QuiesceError, TypeProbe];
          }
          return [sum, code];
        }),
      );
      await eventually(() => seen.every(({ length }) => length === 100));
      const [one, other] = kinds.map(({ Folder }) => new Folder('f'));
      const errors = [
        () => one.is(other),
        () => kinds[0].Folder.prototype.name.call(other),
        () => kinds[0].firstOf(one, other),
      ].map((call) => {
        try {
          return call();
        } catch (error) {
          return error.code;
        }
      });
      print([sums, errors, (await quiesce.freeAll()).errors.length, quiesce.stats().live]);
    },
    { data: { file, second } },
  );
  const sum = [499500, ['ERR_EMPTY', false, null]];
  assert.deepEqual(result[0], [sum, sum]);
  for (const code of result[1])
    assert.match(code, /^ERR_(INVALID_ARG_TYPE|HANDLE_INVALID|HANDLE_FREED|HANDLE_TYPE)$/);
  assert.deepEqual(result.slice(2), [0, 0]);
});
