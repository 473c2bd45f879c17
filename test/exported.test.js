'use strict';

// FAULTS 10: everything that is exported, enumerated: no class and no method gets past the guard.

const assert = require('node:assert');
const { test } = require('node:test');
const { loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { addon, native, ...classes } = loadTestAddon();
const quiesce = require('../index.js');

const { Canary, Counter, Echo, Failer, Panicker, Sleeper } = classes;

// How a handle of each class is opened. A class that is missing here fails the tests below.
const open = {
  Canary: () => Canary.open(1),
  Counter: () => Counter.open(),
  Sleeper: () => Sleeper.open(),
  Panicker: () => Panicker.open(),
  MappedFile: () => quiesce.MappedFile.open(__filename),
  Guard: () => new quiesce.Guard(),
};

/** An argument that the parameter takes. */
function valid({ kind, class: of }) {
  const values = { any: 1, boolean: true, number: 1, integer: 1, bigint: 1n, string: 's', data: 's' };
  if (kind === 'bytes') return Buffer.from('b');
  return kind === 'handle' ? open[of]() : values[kind];
}

const instanceMembers = addon.members
  .map((member, i) => ({ ...member, className: addon.classes[member.class], call: native.members[i] }))
  .filter((member) => !member.static);

test('FAULTS 10: the native binding exports these functions and no other', () => {
  assert.deepStrictEqual(Object.keys(native).sort(), [
    ...[
      'abort',
      'attach',
      'bindGuard',
      'describe',
      'detach',
      'empty',
      'free',
      'freeAll',
      'freeSync',
      'handles',
    ],
    ...[
      'isFreed',
      'lastCall',
      'listen',
      'members',
      'openGuard',
      'ops',
      'setSite',
      'setThread',
      'setup',
      'share',
      'stats',
      'survey',
      'take',
      'trace',
    ],
  ]);
  assert.strictEqual(native.members.length, addon.members.length);
  for (const member of native.members) assert.strictEqual(typeof member, 'function');
});

test('FAULTS 10: the package exports these names and no other', () => {
  assert.deepStrictEqual(Object.keys(quiesce).sort(), [
    ...['AbortError', 'GoPanicError', 'Guard', 'Handle', 'HandleFreedError', 'HandleInvalidError'],
    ...['HandleLimitError', 'HandleTypeError', 'MappedFile', 'NotEnteredError', 'QuiesceError'],
    ...['ReleaseFailedError', 'WouldDeadlockError', 'freeAll', 'handles', 'metrics', 'stats'],
  ]);
});

test('FAULTS 10: a class has nothing but what it describes: each member goes through the door', () => {
  for (const [name, Class] of Object.entries(classes)) {
    const described = addon.membersOf(name);
    const names = (wanted) => described.filter((each) => each.static === wanted).map((each) => each.name);
    const own = (object, ...besides) => Reflect.ownKeys(object).filter((key) => !besides.includes(key));
    assert.deepStrictEqual(own(Class, 'attach', 'length', 'name', 'prototype').sort(), names(true).sort());
    assert.deepStrictEqual(own(Class.prototype, 'constructor').sort(), names(false).sort());
  }
});

for (const { className, name, async, params } of instanceMembers) {
  const args = () => params.filter((each) => !each.optional).map(valid);

  test(`FAULTS 10: ${className}.${name}() refuses a freed handle, and a detached wrapper`, async () => {
    const [freed, detached] = [await open[className](), await open[className]()];
    await freed.free();
    detached.detach();
    for (const handle of [freed, detached]) {
      const call = () => handle[name](...args());
      if (async) await assert.rejects(call(), { code: 'ERR_HANDLE_FREED' });
      else assert.throws(call, { code: 'ERR_HANDLE_FREED' });
    }
  });
}

test('FAULTS 10, 13: every native member refuses freed, forged, stale and foreign tokens, and none', async () => {
  const gone = Counter.open();
  await gone.free();
  const strange = [0, -1, 1, 0.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53, 1e300];
  const wrong = [undefined, null, '1', {}, [], Symbol('s'), 1n, true, () => {}, gone.token + 0.5];
  const tokens = [gone.token, gone.token + 2 ** 40, gone.token - 1, ...strange, ...wrong];
  for (const { call, className, name, params } of instanceMembers) {
    const args = params
      .filter((each) => !each.optional)
      .map((each) => (each.kind === 'handle' ? 1 : valid(each)));
    for (const token of tokens) {
      assert.throws(
        () => call(token, ...args),
        { code: /^ERR_HANDLE_(FREED|INVALID)$/ },
        `${className}.${name}`,
      );
    }
    assert.throws(() => call(), { code: /^ERR_(HANDLE_INVALID|MISSING_ARGS)$/ });
    const other = className === 'Counter' ? Sleeper.open() : Counter.open();
    assert.throws(() => call(other.token, ...args), { code: 'ERR_HANDLE_TYPE' }, `${className}.${name}`);
    other.freeSync();
  }
});

testAlone('FAULTS 13: every function of the native binding takes nonsense without a crash', async () => {
  const nonsense = [undefined, null, 0, -1, NaN, Infinity, 2 ** 53, 's', {}, [], Symbol('s'), 5n, () => {}];
  // setup() stores its functions; freeAll() would free what other tests use.
  const names = Object.keys(native).filter((name) => !['members', 'setup', 'freeAll'].includes(name));
  for (const name of names) {
    for (const a of nonsense) {
      for (const b of nonsense) {
        try {
          await Promise.resolve(native[name](a, b)).catch((error) => assert.ok(error instanceof Error));
        } catch (error) {
          assert.ok(error instanceof Error, name);
        }
      }
    }
  }
  for (const member of native.members) {
    for (const a of nonsense) {
      try {
        await Promise.resolve(member(a, a, a)).catch((error) => assert.ok(error instanceof Error));
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
  }
  for (const a of nonsense) assert.throws(() => native.setup(a), { name: /Error$/ });
  assert.strictEqual(Counter.open(3).value(), 3);
});

test('FAULTS 10, 14: every method of every class refuses a wrong this', async () => {
  const counter = Counter.open();
  const spoofed = Object.create(Counter.prototype, { token: { value: counter.token } });
  const wrong = [
    undefined,
    null,
    1,
    counter.token,
    {},
    Counter.prototype,
    spoofed,
    new Proxy(counter, {}),
    Echo,
    Failer,
  ];
  const error = { name: 'TypeError', code: 'ERR_INVALID_THIS' };
  for (const { className, name, async, params } of instanceMembers) {
    const method = classes[className].prototype[name];
    const args = params.filter((each) => !each.optional).map(valid);
    for (const self of wrong) {
      const call = () => method.apply(self, args);
      if (async) await assert.rejects(call(), error);
      else assert.throws(call, error);
    }
  }
  counter.freeSync();
});
