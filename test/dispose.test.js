'use strict';

// What `using` and `await using` do: an owner frees, a borrower detaches, and neither ever throws for a handle
// that is gone already.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Guard, MappedFile } = require('..');
const { loadTestAddon } = require('./support/addon.js');
const { makeFile } = require('./support/files.js');
const { eventually } = require('./support/wait.js');

const { Counter, Sleeper } = loadTestAddon();
const dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose');
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose');

test('dispose of an owner begins the free and never throws; asyncDispose awaits it', async () => {
  const [a, b] = [Sleeper.open(200), Sleeper.open(200)];
  const closed = Sleeper.closed();
  assert.equal(a[dispose](), undefined);
  assert.ok(a.freed);
  assert.equal(Sleeper.closed(), closed, 'it does not wait');
  await b[asyncDispose]();
  await eventually(() => Sleeper.closed() === closed + 2);
  const guard = new Guard();
  guard.run(() => guard[dispose]());
  assert.ok(guard.freed);
  Sleeper.open(0, 'error')[dispose](); // an unhandled rejection would fail this file
  await assert.rejects(Sleeper.open(0, 'error')[asyncDispose](), { code: 'ERR_RELEASE_FAILED' });
});

test('dispose of a borrower detaches and frees nothing', async () => {
  const owner = Counter.open(7);
  for (const symbol of [dispose, asyncDispose]) {
    const borrower = Counter.attach(owner.token);
    await borrower[symbol]();
    assert.throws(() => borrower.value(), { code: 'ERR_HANDLE_FREED' });
    assert.equal(owner.value(), 7);
  }
  assert.equal(await owner.free(), 'drained');
});

test('nothing is thrown by disposing of a handle that is freed or detached, any number of times', async () => {
  const owner = await MappedFile.open(makeFile('x'));
  const borrower = MappedFile.attach(owner.token);
  const gone = MappedFile.attach(owner.token);
  gone.detach();
  await owner.free();
  for (const each of [owner, borrower, gone]) {
    for (let i = 0; i < 2; i++) {
      each[dispose]();
      await each[asyncDispose]();
      each.detach();
    }
    assert.equal(each.freed, true);
  }
});
