'use strict';

// FAULTS 34: tokens mean nothing in another process, not even in a fork that looks the same from within.

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const cluster = require('node:cluster');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { Guard, MappedFile } = require('..');
const { makeFile } = require('./support/files.js');

const script = path.join(__dirname, 'support', 'attach-in-child.js');

/** What a child says of the tokens that it is sent. */
async function ask(child, tokens) {
  const exited = once(child, 'exit');
  const answered = once(child, 'message');
  child.send(tokens);
  const [answer] = await answered;
  assert.deepEqual(await exited, [0, null]);
  return answer;
}

async function check(child) {
  const guard = new Guard();
  const file = await MappedFile.open(makeFile('of the parent'));
  guard.share();
  const { codes, own } = await ask(child, [guard.token, file.token, guard.token]);
  assert.deepEqual(new Set(codes), new Set(['ERR_HANDLE_INVALID']));
  assert.throws(() => Guard.attach(own), { code: 'ERR_HANDLE_INVALID' }, 'nor the other way round');
  assert.equal(file.read().toString(), 'of the parent');
  assert.equal(await guard.free(), 'drained');
  assert.equal(await file.free(), 'drained');
}

test("FAULTS 34: a forked child that uses its parent's token gets ERR_HANDLE_INVALID", () =>
  check(fork(script)));

test("FAULTS 34: so does a cluster's worker", () => {
  cluster.setupPrimary({ exec: script });
  return check(cluster.fork().process);
});
