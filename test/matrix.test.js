'use strict';

// FAULTS 10: every member of every class in every state of its handle, each told allowed or refused. A member
// that is not in the table fails the test.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { inspect } = require('node:util');
const quiesce = require('..');
const { loadTestAddon } = require('./support/addon.js');
const { startWorker } = require('./support/bodies.js');
const { makeFile } = require('./support/files.js');
const { nextMessage } = require('./support/process.js');
const { eventually } = require('./support/wait.js');

const { Guard, Handle, MappedFile, stats } = quiesce;
const { Counter, Sleeper } = loadTestAddon();
const dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose');
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose');

const big = makeFile('');
fs.truncateSync(big, 1 << 28); // to search it takes a while

/** How each class is opened, and put to work: `use` returns the promise of an op, or nothing. */
const classes = {
  Guard: { Class: Guard, open: () => new Guard(), use: (guard) => void guard.tryEnter() },
  MappedFile: { Class: MappedFile, open: () => MappedFile.open(big), use: (file) => file.count('x') },
  Counter: {
    Class: Counter,
    open: () => Counter.open(),
    use: (counter) => counter.addFromAsync(counter, 2 ** 40),
  },
  Sleeper: { Class: Sleeper, open: () => Sleeper.open(), use: (sleeper) => sleeper.sleep(2 ** 40) },
};

const states = ['open', 'in use', 'freeing', 'freed', 'borrowed', 'detached', 'orphaned'];

const FREED = 'ERR_HANDLE_FREED';
const OUT = 'ERR_NOT_ENTERED';
const DEADLOCK = 'ERR_WOULD_DEADLOCK';

// What a call comes to in each state: a code, the result as text, or 'ok' for any result.
const always = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'];
const guarded = ['ok', 'ok', FREED, FREED, 'ok', FREED, 'ok'];

const ofHandle = {
  token: { get: true, cells: always },
  freed: { get: true, cells: ['false', 'false', 'true', 'true', 'false', 'false', 'false'] },
  free: {
    args: [{ deadline: 1000 }],
    cells: ['drained', 'drained', 'already-freeing', 'already-freeing', 'drained', FREED, 'drained'],
  },
  freeSync: {
    args: [{ deadline: 1000 }],
    cells: ['drained', 'drained', 'already-freeing', 'already-freeing', 'drained', FREED, 'drained'],
  },
  share: { cells: guarded },
  detach: { cells: always },
  [dispose]: { cells: always },
  [asyncDispose]: { cells: always },
  [inspect.custom]: { args: [0, {}, inspect], cells: always },
  'static attach': { cells: ['ok', 'ok', FREED, FREED, 'ok', 'ok', 'ok'] },
};

const table = {
  Guard: {
    ...ofHandle,
    // This thread is in the guard: nobody else could leave for it.
    free: { ...ofHandle.free, args: [{ deadline: 0 }], cells: with1(ofHandle.free.cells, 'timed-out') },
    freeSync: { ...ofHandle.freeSync, cells: with1(ofHandle.freeSync.cells, DEADLOCK) },
    [asyncDispose]: { cells: always, leaves: true },
    tryEnter: { cells: ['true', 'true', 'false', 'false', 'true', FREED, 'true'] },
    leave: { cells: [OUT, 'ok', 'ok', OUT, OUT, OUT, OUT] },
    enter: { cells: guarded },
    run: { args: [() => 'ran'], cells: guarded },
  },
  MappedFile: {
    ...ofHandle,
    'static open': { args: [big], cells: always },
    size: { get: true, cells: guarded },
    read: { args: [0, 1], cells: guarded },
    count: { args: ['x'], cells: guarded },
    indexOf: { args: ['\0'], cells: guarded },
    lines: { args: [0, 0], cells: guarded },
  },
  Counter: {
    ...ofHandle,
    add: { args: [1], cells: guarded },
    addAsync: { args: [1], cells: guarded },
    value: { cells: guarded },
    name: { cells: guarded },
    addFrom: { self: true, cells: guarded },
    addFromAsync: { self: true, cells: guarded },
    child: { args: ['below'], cells: guarded },
    childAsync: { args: ['below'], cells: guarded },
  },
  Sleeper: {
    ...ofHandle,
    sleep: { args: [0], cells: guarded },
    stubborn: { args: [0], cells: guarded },
    look: { args: [0], cells: guarded },
    block: { args: [0], cells: guarded },
    spin: { args: [0], cells: guarded },
    spinAsync: { args: [0], cells: guarded },
    child: { cells: guarded },
  },
};

/** The cells with another one for a handle in use. */
function with1(cells, cell) {
  return cells.with ? cells.with(1, cell) : [cells[0], cell, ...cells.slice(2)];
}

/** Everything public that a class has, as the table names it. */
function membersOf(Class) {
  const own = Reflect.ownKeys(Class.prototype).filter((key) => key !== 'constructor');
  const inherited = Reflect.ownKeys(Handle.prototype).filter((key) => key !== 'constructor');
  const statics = Reflect.ownKeys(Class).filter((key) => !['length', 'name', 'prototype'].includes(key));
  // What the test addon's other statics do is no matter of a handle.
  const counted = Class === Guard || Class === MappedFile ? statics : ['attach'];
  return new Set([...own, ...inherited, ...counted.map((key) => `static ${key}`)]);
}

test('FAULTS 10: the table has a row for every member, and none for what is not there', () => {
  for (const [name, { Class }] of Object.entries(classes)) {
    assert.equal(Object.getPrototypeOf(Class.prototype), Handle.prototype, `${name} extends Handle directly`);
    assert.deepEqual(new Set(Reflect.ownKeys(table[name])), membersOf(Class), name);
    for (const [member, { cells }] of Object.entries(table[name])) {
      assert.equal(cells.length, states.length, `${name}.${member}`);
    }
  }
});

test('FAULTS 10: the package exports what the tests know of, and nothing else', () => {
  const handles = ['Guard', 'Handle', 'MappedFile'];
  const functions = ['freeAll', 'handles', 'metrics', 'stats'];
  const errors = Object.keys(quiesce).filter((name) => name.endsWith('Error'));
  assert.deepEqual(Object.keys(quiesce).sort(), [...handles, ...functions, ...errors].sort());
  for (const name of errors) assert.ok(quiesce[name].prototype instanceof Error, name);
});

/** Brings a handle into a state: { subject, pending, keeper }; a keeper holds it besides. */
async function enterState(state, { Class, open, use }, orphan) {
  if (state === 'orphaned') return { subject: orphan };
  const owner = await open();
  const working = state === 'in use' || state === 'freeing';
  const pending = working ? [use(owner)] : [];
  for (const each of pending) each?.catch(() => {}); // it is cancelled by whoever frees
  if (state === 'freeing') pending.push(owner.free({ deadline: 0 }));
  if (state === 'freed') await owner.free();
  if (state !== 'borrowed' && state !== 'detached') return { subject: owner, pending };
  const subject = Class.attach(owner.token);
  if (state === 'detached') subject.detach();
  return { subject, pending, keeper: owner };
}

/** What a call comes to: the code of its error, or its result as text. */
async function outcomeOf(subject, Class, member, { get, args = [], self }) {
  const given = self ? [subject] : args;
  try {
    if (get) return String(subject[member]);
    if (!String(member).startsWith?.('static ') || typeof member === 'symbol') {
      return String(await subject[member](...given));
    }
    const name = member.slice('static '.length);
    return String(await Class[name](...(name === 'attach' ? [subject.token] : given)));
  } catch (error) {
    return error.code ?? error.stack;
  }
}

/** Frees what a cell left, by whichever wrapper can. */
async function cleanUp(Class, { subject, pending = [] }) {
  for (let left = false; !left && subject instanceof Guard; ) {
    try {
      subject.leave();
    } catch {
      left = true;
    }
  }
  try {
    await Class.attach(subject.token).free();
  } catch (error) {
    assert.equal(error.code, FREED);
  }
  await Promise.allSettled(pending);
}

/** Opens so many handles of a class in a worker that is then terminated; returns borrowers of them. */
async function adoptOrphans(name, count) {
  const worker = startWorker(
    async ({ addon, quiesce, parentPort }, { name, count, path }) => {
      globalThis.kept = [];
      for (let i = 0; i < count; i++) {
        if (name === 'Guard') globalThis.kept.push(new quiesce.Guard());
        else if (name === 'MappedFile') globalThis.kept.push(await quiesce.MappedFile.open(path));
        else globalThis.kept.push(addon[name].open());
      }
      parentPort.postMessage(globalThis.kept.map(({ token }) => token));
      parentPort.on('message', () => {});
    },
    { name, count, path: big },
  );
  const orphans = (await nextMessage(worker)).map((token) => classes[name].Class.attach(token));
  await worker.terminate();
  return orphans;
}

for (const [name, entry] of Object.entries(classes)) {
  const members = Reflect.ownKeys(table[name]);
  for (const [column, state] of states.entries()) {
    test(`FAULTS 10: ${name}, ${state}: what its ${members.length} members do`, async () => {
      const orphans = state === 'orphaned' ? await adoptOrphans(name, members.length) : [];
      for (const [i, member] of members.entries()) {
        const row = table[name][member];
        const cell = await enterState(state, entry, orphans[i]);
        const expected = row.cells[column];
        // An asyncDispose of a guard waits for the leave, and this thread is inside.
        if (row.leaves && state === 'in use') setTimeout(() => cell.subject.leave(), 10);
        const outcome = await outcomeOf(cell.subject, entry.Class, member, row);
        const label = `${name}: ${String(member)} on a handle that is ${state}: ${outcome}`;
        if (expected === 'ok') assert.doesNotMatch(outcome, /^ERR_|Error/, label);
        else assert.equal(outcome, expected, label);
        await cleanUp(entry.Class, cell);
      }
      await quiesce.freeAll(); // children, and what the static members opened
      await eventually(() => stats().live === 0);
    });
  }
}

test('a handle whose env has gone, and that nobody else was attached to, is freed', async () => {
  for (const name of Object.keys(classes)) {
    const [orphan] = await adoptOrphans(name, 1);
    const { token } = orphan;
    orphan.detach();
    assert.throws(() => classes[name].Class.attach(token), { code: FREED });
    assert.throws(
      () => Handle.attach(token),
      (error) => /^ERR_HANDLE_(FREED|INVALID)$/.test(error.code),
    );
  }
  await eventually(() => stats().live === 0);
});
