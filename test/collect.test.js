'use strict';

// Garbage collection: what a collected wrapper gives back, what it must not take along, and that nothing grows.
// Each test is a child process with --expose-gc of its own, for warnings are told once for each class.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { full } = require('./support/addon.js');
const { expectChild } = require('./support/bodies.js');
const { makeFile } = require('./support/files.js');

test('FAULTS 22: collected wrappers detach, each once, and their handles are released', async () => {
  const { result } = await expectChild(async ({ addon, collectGarbage, eventually, print }) => {
    const { Counter } = addon;
    const kept = Counter.open(1);
    (() => {
      for (let i = 0; i < 100; i++) Counter.open();
      for (let i = 0; i < 100; i++) Counter.attach(kept.token); // borrowers
      for (let i = 0; i < 100; i++) Counter.attach(kept.token).detach(); // detached, then collected
      for (let i = 0; i < 100; i++) Counter.open().detach();
      for (let i = 0; i < 100; i++) Counter.open().freeSync(); // freed, then collected
    })();
    await eventually(async () => {
      await collectGarbage();
      return Counter.openCount() === 1;
    });
    const [{ attachments }] = JSON.parse(addon.native.handles());
    print([Counter.closed(), attachments, kept.value(), Counter.usedAfterClose()]);
  });
  assert.deepEqual(result, [300, 1, 1, 0]);
});

test('FAULTS 22: wrappers that are collected, live or detached when their worker ends give back one attachment each', async () => {
  const { result } = await expectChild(async ({ addon, startWorker, nextMessage, eventually, print }) => {
    const { Counter } = addon;
    const shared = Counter.open(9);
    const body = async ({ addon, collectGarbage, parentPort }, token) => {
      const { Counter } = addon;
      const live = [];
      for (let i = 0; i < 60; i++) {
        const pair = [Counter.open(), Counter.attach(token)];
        if (i % 3 === 0) live.push(pair);
        if (i % 3 === 1) for (const each of pair) each.detach();
      }
      globalThis.live = live;
      await collectGarbage();
      for (let i = 0; i < 60; i++) Counter.attach(token); // collected in the middle of the end, or never
      parentPort.postMessage('ready');
      parentPort.on('message', () => {});
    };
    for (let round = 0; round < 5; round++) {
      const worker = startWorker(body, shared.token);
      await nextMessage(worker);
      await worker.terminate();
      await eventually(() => Counter.openCount() === 1);
    }
    const [{ attachments }] = JSON.parse(addon.native.handles());
    print([Counter.closed(), attachments, shared.value(), shared.freeSync()]);
  });
  assert.deepEqual(result, [300, 1, 9, 'drained']);
});

test('FAULTS 23: open(f).then((m) => m.count(x)) is safe, though nobody holds the wrapper', async () => {
  const file = makeFile('');
  fs.truncateSync(file, 1 << 29); // sparse: takes no room, but a while to look through
  const { result, stderr } = await expectChild(
    async ({ quiesce, collectGarbage, eventually, print }, file) => {
      const { MappedFile, stats } = quiesce;
      let settled = false;
      const counted = MappedFile.open(file).then((opened) => opened.count('x'));
      counted.finally(() => (settled = true)).catch(() => {});
      let rounds = 0;
      await eventually(async () => {
        await collectGarbage(1);
        if (stats().ops === 1) rounds++; // a collection while the op was in flight
        return settled;
      });
      const count = await counted;
      await eventually(() => stats().live === 0);
      await new Promise(setImmediate); // the warning
      print([count, rounds > 0]);
    },
    { data: file },
  );
  assert.deepEqual(result, [0, true]);
  assert.match(stderr, /QUIESCE_LEAK/, 'nobody freed it');
});

test('FAULTS 23: an async op keeps its handle and those of its arguments, whoever else detaches', async () => {
  const { result } = await expectChild(async ({ addon, collectGarbage, eventually, print }) => {
    const { Counter, Sleeper } = addon;
    const live = () => JSON.parse(addon.native.stats()).live;
    for (let ms = 200; ; ms *= 4) {
      const begun = performance.now();
      const added = (() => Counter.open(1).addFromAsync(Counter.open(2), ms))();
      const slept = (() => Sleeper.open().sleep(ms))();
      const detached = (() => {
        const sleeper = Sleeper.open();
        const op = sleeper.sleep(ms);
        sleeper.detach();
        return op;
      })();
      await collectGarbage(10);
      const during = live();
      const inTime = performance.now() - begun < ms; // else again: the machine is slow
      const [sum] = [await added, await slept, await detached];
      await eventually(async () => {
        await collectGarbage();
        return live() === 0;
      });
      if (inTime) return print([during, sum, Counter.usedAfterClose()]);
    }
  });
  assert.deepEqual(result, [4, 3, 0]);
});

test('FAULTS 45: a child lives when the wrapper of its parent is collected; after it both are released', async () => {
  const { result } = await expectChild(async ({ addon, collectGarbage, eventually, print }) => {
    const { Counter } = addon;
    const child = (() => Counter.open(7).child('below'))();
    for (let i = 0; i < 10; i++) await collectGarbage();
    const during = [child.value(), child.name(), Counter.closed()];
    child.freeSync();
    await eventually(() => Counter.closed() === 2);
    print([...during, Counter.usedAfterClose()]);
  });
  assert.deepEqual(result, [7, 'below', 0, 0]);
});

/** The warnings that a body in a child causes, by code. */
async function warningsOf(body, options) {
  const { result } = await expectChild(
    `async (kit, data) => {
      const warnings = [];
      process.on('warning', (w) => warnings.push([w.name, w.code, w.message, w.detail ?? '']));
      await (${body})(kit, data);
      await kit.delay(20);
      kit.print(warnings);
    }`,
    options,
  );
  return result;
}

async function leak({ addon, quiesce, collectGarbage, eventually }) {
  for (let i = 0; i < 3; i++) {
    (function leaked() {
      for (let j = 0; j < 5; j++) {
        addon.Counter.open();
        new quiesce.Guard();
      }
    })();
    await eventually(async () => {
      await collectGarbage();
      return addon.Counter.openCount() === 0 && quiesce.stats().live === 0;
    });
  }
}

test('a leak is warned of once for each class, without its place', async () => {
  const warnings = await warningsOf(leak);
  assert.deepEqual(
    warnings.map(([name, code]) => [name, code]),
    Array(2).fill(['QuiesceWarning', 'QUIESCE_LEAK']),
  );
  assert.deepEqual(warnings.map(([, , message]) => /^A (\w+) was collected/.exec(message)[1]).sort(), [
    'Counter',
    'Guard',
  ]);
  for (const [, , , detail] of warnings) assert.equal(detail, '');
});

test('with QUIESCE_TRACE=1 a leak tells where it was opened', async () => {
  const warnings = await warningsOf(leak, { env: { QUIESCE_TRACE: '1' } });
  assert.equal(warnings.length, 2);
  for (const [, , , detail] of warnings) assert.match(detail, /^Opened:\n.*\bleaked\b/);
});

test('what was freed, detached, borrowed or ended with its worker is no leak', async () => {
  const warnings = await warningsOf(async ({ addon, collectGarbage, eventually, startWorker, exitOf }) => {
    const { Counter } = addon;
    const kept = Counter.open();
    await (async () => {
      await Counter.open().free();
      Counter.open().freeSync();
      Counter.open()[Symbol.dispose ?? Symbol.for('nodejs.dispose')]();
      Counter.open().detach();
      Counter.attach(kept.token);
    })();
    await exitOf(startWorker(({ addon }) => void addon.Counter.open()));
    await eventually(async () => {
      await collectGarbage();
      return Counter.openCount() === 1;
    });
    await kept.free();
  });
  assert.deepEqual(warnings, []);
});

async function timeOut({ addon, quiesce }) {
  const { Sleeper } = addon;
  const sleeper = Sleeper.open();
  const ops = [sleeper.stubborn(300), sleeper.stubborn(300), sleeper.look(300)];
  const guard = new quiesce.Guard();
  guard.tryEnter();
  guard.tryEnter();
  await Promise.all([sleeper.free({ deadline: 10 }), guard.free({ deadline: 10 })]);
  await Promise.all(ops);
}

test('with QUIESCE_TRACE=1 a time-out names the ops that it waited for; without, it is silent', async () => {
  assert.deepEqual(await warningsOf(timeOut), []);
  const warnings = await warningsOf(timeOut, { env: { QUIESCE_TRACE: '1' } });
  assert.deepEqual(
    warnings.map(([, code]) => code),
    ['QUIESCE_TIMEOUT', 'QUIESCE_TIMEOUT'],
  );
  const [ofGuard, ofSleeper] = warnings.map(([, , message]) => message).sort();
  assert.match(
    ofGuard,
    /^Freeing the Guard \d+ timed out; it is released when these leave: 2 x enter \(\d+ ms\)$/,
  );
  const age = String.raw`\(\d+ ms\)`;
  assert.equal(ofSleeper.match(new RegExp(`stubborn ${age}`, 'g')).length, 2);
  assert.equal(ofSleeper.match(new RegExp(`look ${age}`, 'g')).length, 1);
  for (const [, , , detail] of warnings) assert.match(detail, /timeOut/);
});

test('a guard wrapper that was detached still answers leave(), after a collection too', async () => {
  const { result } = await expectChild(async ({ quiesce, collectGarbage, print }) => {
    const detached = Array.from({ length: 2000 }, () => new quiesce.Guard());
    for (const each of detached) each.detach();
    await collectGarbage(5);
    // What was freed is written over.
    globalThis.junk = Array.from({ length: 20_000 }, (_, i) =>
      Buffer.allocUnsafeSlow(40 + (i % 80)).fill(0x41),
    );
    const codes = detached.map((each) => {
      try {
        return each.leave();
      } catch (error) {
        return error.code;
      }
    });
    print([...new Set(codes)]);
  });
  assert.deepEqual(result, ['ERR_NOT_ENTERED']);
});

const cycles = full ? 1_000_000 : 200_000;

test(`${cycles} guards opened and freed: memory stays as it is`, { timeout: 600_000 }, async (t) => {
  const { result } = await expectChild(
    async ({ quiesce, collectGarbage, print }, { cycles }) => {
      const [parts, chunk] = [20, 1000];
      const samples = [];
      // A fifth comes before it to warm up: heaps and caches take their size.
      for (let part = -parts / 5; part < parts; part++) {
        for (let done = 0; done < cycles / parts; done += chunk) {
          for (let i = 0; i < chunk; i++) {
            if (new quiesce.Guard().freeSync() !== 'drained') throw new Error('not drained');
          }
          await collectGarbage();
        }
        if (part >= 0) samples.push(process.memoryUsage.rss());
      }
      const { live, opened, released, slots } = quiesce.stats();
      print({ samples, live, slots, lost: opened - released });
    },
    { data: { cycles }, nodeArgs: ['--single-threaded', '--max-semi-space-size=1'], timeout: 500_000 },
  );
  // A collection may come between; what stays is the lowest of some samples.
  const lowest = (list) => Math.min(...list) / 2 ** 20;
  const [before, after] = [lowest(result.samples.slice(0, 5)), lowest(result.samples.slice(-5))];
  t.diagnostic(`RSS ${before.toFixed(2)} MB, after ${cycles} cycles ${after.toFixed(2)} MB`);
  assert.ok(after - before < 1, `grew by ${(after - before).toFixed(2)} MB`);
  assert.deepEqual([result.live, result.lost, result.slots], [0, 0, 1]);
});
