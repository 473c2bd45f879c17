'use strict';

// Code that gets between: hooks, patched builtins, thenables, and the native binding used without its JS side.
// Each once reached freed memory, ended the process, or left an enter behind.

const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { expectChild } = require('./support/bodies.js');
const { makeFile } = require('./support/files.js');

test('a promise hook that starts calls while a call is being started disturbs neither', async () => {
  const { result } = await expectChild(async ({ quiesce, print }) => {
    const { promiseHooks } = require('node:v8');
    const guards = Array.from({ length: 5000 }, () => new quiesce.Guard());
    const nested = [];
    let seen = 0;
    const stop = promiseHooks.onInit(() => {
      if (++seen !== 2) return; // the first is free()'s own, the second the shim's
      for (const each of guards) nested.push(each.free());
    });
    const outer = new quiesce.Guard().free();
    stop();
    const outcomes = new Set(await Promise.all([outer, ...nested]));
    print({ nested: nested.length, outcomes: [...outcomes], live: quiesce.stats().live });
  });
  assert.deepEqual(result, { nested: 5000, outcomes: ['drained'], live: 0 });
});

test('a patched array iterator is given none of the functions that enter', async () => {
  const { result } = await expectChild(({ quiesce, print }) => {
    const iterator = Array.prototype[Symbol.iterator];
    let stolen = 0;
    Array.prototype[Symbol.iterator] = function () {
      if (typeof this[0] === 'function') stolen++;
      return iterator.call(this);
    };
    new quiesce.Guard().tryEnter();
    Array.prototype[Symbol.iterator] = iterator;
    print(stolen);
  });
  assert.equal(result, 0);
});

test('the raw binding: bound functions outlive their attachment, foreign attachments and classes are refused', async () => {
  const { result } = await expectChild(
    async ({ collectGarbage, print }) => {
      const { loadOwn } = require(`${process.cwd()}/lib/load.js`);
      const load = () => {
        const native = loadOwn();
        const make = (text) => Object.assign(new Error(text), { code: JSON.parse(text).code });
        native.setup({ error: make, argumentError: make, wrap() {}, warn() {}, later() {}, callback() {} });
        return native;
      };
      const [a, b] = [load(), load()];
      const [token, attachment] = a.openGuard();
      const codeOf = (fn) => {
        try {
          return fn();
        } catch (error) {
          return error.code;
        }
      };
      const refused = [codeOf(() => b.bindGuard(attachment)), codeOf(() => a.attach(token, 1000))];
      const kept = Array.from({ length: 500 }, () => a.bindGuard(a.openGuard()[1])).flat();
      await collectGarbage(5);
      const answers = new Set(kept.map((fn) => String(codeOf(fn))));
      print({ refused, answers: [...answers].sort() });
    },
    { cwd: process.cwd() },
  );
  assert.deepEqual(result.refused, ['ERR_INVALID_ARG_TYPE', 'ERR_HANDLE_INVALID']);
  assert.deepEqual(result.answers, ['ERR_NOT_ENTERED', 'false'], 'freed in the background, and nothing else');
});

test('FAULTS 33: an attachment of another env of the same addon and thread is refused by every function', async () => {
  const { result } = await expectChild(({ assert, loadTestAddon, print }) => {
    const [ours, others] = [loadTestAddon(), loadTestAddon()];
    const [token, attachment] = ours.native.openGuard();
    const names = ['bindGuard', 'detach'];
    for (const name of names) {
      assert.throws(() => others.native[name](attachment), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const [{ attachments }] = JSON.parse(ours.native.handles());
    print([attachments, ours.native.isFreed(token)]);
  });
  assert.deepEqual(result, [1, false]);
});

test('FAULTS 13: an external of another addon, whose data is no memory, is refused and not looked into', async () => {
  const file = buildForeign();
  const { result } = await expectChild(
    ({ assert, loadTestAddon, print }, file) => {
      const { native } = loadTestAddon();
      const foreign = { exports: {} };
      process.dlopen(foreign, file);
      for (const name of ['bindGuard', 'detach']) {
        assert.throws(() => native[name](foreign.exports.external), { code: 'ERR_INVALID_ARG_TYPE' });
      }
      print('refused');
    },
    { data: file },
  );
  assert.equal(result, 'refused');
});

/** Builds test/support/foreign.c as an addon; returns its path. */
function buildForeign() {
  const file = makeFile('', 'foreign.node');
  const flags = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const include = require('node-api-headers').include_dir;
  const source = path.join(__dirname, 'support', 'foreign.c');
  execFileSync('cc', ['-shared', '-fPIC', ...flags, `-I${include}`, '-o', file, source]);
  return file;
}

test('run leaves once, whatever a thenable does', async () => {
  const { Guard } = require('../index.js');
  const guard = new Guard();
  const throwing = Object.defineProperty(Promise.resolve(1), 'constructor', {
    get() {
      throw new Error('the constructor');
    },
  });
  await assert.rejects(
    guard.run(() => throwing),
    /the constructor/,
  );
  const patched = Object.assign(Promise.resolve(2), { finally: () => 7 });
  assert.equal(await guard.run(() => patched), 2);
  assert.equal(await guard.free({ deadline: 0 }), 'drained');
});

test('run gives its enter back when the stack runs out inside it', async () => {
  const { Guard, stats } = require('../index.js');
  const guard = new Guard();
  const deeper = (n) => {
    try {
      guard.run(() => n);
    } catch {}
    deeper(n + 1);
  };
  for (let i = 0; i < 20; i++) assert.throws(() => deeper(0), RangeError);
  assert.equal(stats().ops, 0);
  assert.equal(guard.freeSync({ deadline: 0 }), 'drained');
});

test('fake timers do not hold up results', async () => {
  const { result } = await expectChild(async ({ quiesce, print }) => {
    const file = await quiesce.MappedFile.open(process.execPath);
    globalThis.setImmediate = () => ({});
    const calls = Array.from({ length: 5000 }, () => file.lines(0, 0));
    const settled = await Promise.all(calls);
    await file.free();
    print(settled.length);
  });
  assert.equal(result, 5000);
});
