'use strict';

// FAULTS 33: the package loaded twice in one thread. Each copy is an env of its own over the same handles.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { after, test } = require('node:test');
const vm = require('node:vm');
const first = require('..');
const { loadTestAddon, root } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { makeFile } = require('./support/files.js');

/** Loads the package again, as after a cleared require cache. */
function loadAgain() {
  const ours = (file) => file.startsWith(path.join(root, 'lib')) || file === path.join(root, 'index.js');
  const saved = Object.entries(require.cache).filter(([file]) => ours(file));
  for (const [file] of saved) delete require.cache[file];
  try {
    return require('..');
  } finally {
    for (const [file, module] of saved) require.cache[file] = module;
  }
}

/** Loads the package in another context, with globals of its own, as some test runners do. */
function loadInContext() {
  const parsingContext = vm.createContext({ process, SharedArrayBuffer, ArrayBuffer, URL, setImmediate });
  const cache = new Map();
  const load = (file) => {
    if (cache.has(file)) return cache.get(file).exports;
    const module = { exports: {} };
    cache.set(file, module);
    const names = ['module', 'exports', 'require', '__dirname', '__filename'];
    const compiled = vm.compileFunction(fs.readFileSync(file, 'utf8'), names, {
      filename: file,
      parsingContext,
    });
    const native = createRequire(file);
    const inner = (id) => (id.startsWith('.') ? load(native.resolve(id)) : native(id));
    compiled(module, module.exports, inner, path.dirname(file), file);
    return module.exports;
  };
  return load(path.join(root, 'index.js'));
}

const copies = { 'a cleared require cache': loadAgain(), 'another context': loadInContext() };

after(() => first.freeAll({ deadline: 0 }));

test('FAULTS 33: ESM and CJS are one copy', async () => {
  const { default: _, ...esm } = await import('../index.mjs');
  assert.deepEqual({ ...esm }, { ...first });
});

for (const [how, second] of Object.entries(copies)) {
  testAlone(`FAULTS 33: ${how}: two copies, told apart by nothing but instanceof`, async () => {
    assert.notEqual(second.Guard, first.Guard);
    const file = await first.MappedFile.open(makeFile('shared'));
    const other = second.MappedFile.attach(file.token);
    assert.ok(other instanceof second.MappedFile && !(other instanceof first.MappedFile));
    assert.equal(other.read().toString(), 'shared');
    assert.equal(await other.count('s'), 1);
    assert.equal(await other.free(), 'drained');
    assert.equal(file.freed, true);
    for (const [call, Class] of [
      [() => file.read(), first.HandleFreedError],
      [() => other.read(), second.HandleFreedError],
    ]) {
      assert.throws(call, (error) => error instanceof Class && error.code === 'ERR_HANDLE_FREED');
    }
  });

  test(`FAULTS 33: ${how}: handles(), stats() and freeAll() count each handle once`, async () => {
    const [a, b] = [new first.Guard(), new second.Guard()];
    for (const copy of [first, second]) {
      const tokens = Array.from(copy.handles(), ({ token }) => token); // an array of our context
      assert.deepEqual(tokens.sort(), [a.token, b.token].sort());
      assert.equal(copy.stats().live, 2);
    }
    const { drained, alreadyFreeing } = await second.freeAll();
    assert.deepEqual([drained, alreadyFreeing], [2, 0]);
    assert.ok(a.freed && b.freed);
  });

  test(`FAULTS 33: ${how}: freeSync sees the enters of the other copy in its thread`, () => {
    const guard = new first.Guard();
    const other = second.Guard.attach(guard.token);
    guard.run(() => {
      assert.throws(() => other.freeSync(), { code: 'ERR_WOULD_DEADLOCK' });
    });
    other.run(() => {
      assert.throws(() => guard.freeSync(), { code: 'ERR_WOULD_DEADLOCK' });
    });
    assert.equal(guard.freed, false);
    assert.equal(other.freeSync(), 'drained');
  });

  testAlone(`FAULTS 33: ${how}: each copy keeps its own ledger of enters`, () => {
    const guard = new first.Guard();
    const other = second.Guard.attach(guard.token);
    guard.tryEnter();
    assert.throws(() => other.leave(), { code: 'ERR_NOT_ENTERED' });
    guard.leave();
    assert.equal(guard.freeSync(), 'drained');
  });
}

test('two addons in one thread are covered by one handles(), stats() and freeAll()', async () => {
  const { Counter, Sleeper, addon } = loadTestAddon();
  const { Counter: Twin } = loadTestAddon(); // the same addon again
  const made = [Counter.open(), Twin.open(), new first.Guard()];
  const listed = first.handles().map((each) => `${each.class} ${each.token}`);
  for (const each of made) assert.ok(listed.includes(`${each.constructor.name} ${each.token}`));
  assert.equal(listed.length, 3);
  assert.equal(first.stats().live, 3);
  Sleeper.open(0, 'error');
  const { errors, ...counts } = await first.freeAll();
  assert.deepEqual(counts, { drained: 4, alreadyFreeing: 0, timedOut: 0 });
  assert.deepEqual([errors.length, errors[0].code], [1, 'ERR_RELEASE_FAILED']);
  assert.deepEqual(JSON.parse(addon.native.handles()), []);
});

test('a wrapper of one copy is no handle argument for another', () => {
  const [{ Counter }, { Counter: Twin }] = [loadTestAddon(), loadTestAddon()];
  const [a, b] = [Counter.open(1), Twin.open(2)];
  assert.throws(() => a.addFrom(b), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.equal(a.addFrom(Counter.attach(b.token)), 3, 'but its token is');
  assert.equal(a.freeSync(), 'drained');
  assert.equal(b.freeSync(), 'drained');
});
