'use strict';

// Objects of a class as arguments and as results: children of the receiver, of an argument, the same object again.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { entryOf, shapes, toolkit } = require('./support/toolkit.js');
const { eventually } = require('./support/wait.js');

const { Folder, Note, Task, countLives, firstOf, noteOn } = shapes;
const freed = { name: 'HandleFreedError', code: 'ERR_HANDLE_FREED' };
const refused = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };

after(() => toolkit.freeAll({ deadline: 0 })); // a failure must not leave ops that keep the process

test('a method that returns an object makes a child of its receiver, by value and by a promise', async () => {
  const before = countLives();
  const parent = new Folder('p');
  const child = parent.sub('a');
  const later = await child.subLater('b', 1);
  for (const [each, of, path] of [
    [child, parent, 'p/a'],
    [later, child, 'p/a/b'],
  ]) {
    assert.ok(each instanceof Folder && Object.getPrototypeOf(each) === Folder.prototype);
    assert.equal(entryOf(each).parent, of.token);
    assert.equal(each.path(), path);
  }
  const note = later.note('text');
  assert.ok(note instanceof Note);
  assert.deepEqual([entryOf(note).class, entryOf(note).parent], ['Note', later.token]);
  assert.equal(await parent.free(), 'drained');
  assert.deepEqual([child.freed, later.freed, note.freed], [true, true, true]);
  assert.throws(() => note.text(), freed);
  const { opened, closed, misused } = countLives();
  assert.deepEqual([opened - before.opened, closed - before.closed, misused], [4, 4, 0]);
});

test('freeing a child leaves its parent alone; a child keeps its parent open', async () => {
  const parent = new Folder('p');
  const child = parent.sub('c');
  assert.equal(child.freeSync(), 'drained');
  const other = parent.sub('d');
  parent.detach();
  assert.equal(other.path(), 'p/d');
  const { closed } = countLives();
  other.detach();
  await eventually(() => countLives().closed === closed + 2);
});

test('nil is null where a method or a function returns it', async () => {
  const folder = new Folder('f');
  assert.equal(folder.sub(''), null);
  assert.equal(folder.parent(), null);
  assert.equal(await folder.subLater('', 0), null);
  assert.throws(() => folder.note(''), { message: 'a note without a text' });
  assert.equal(entryOf(folder).attachments, 1);
  folder.freeSync();
});

test('nil is an error where a constructor returns it', async () => {
  const folder = new Folder('f');
  const error = (label) => ({
    name: 'Error',
    code: 'ERR_NIL_RESULT',
    message: new RegExp(`^${label}\\(\\) `),
  });
  assert.throws(() => new Folder(''), error('new Folder'));
  assert.throws(() => Folder.openIn(folder, ''), error('Folder\\.openIn'));
  await assert.rejects(Folder.load('', 0), error('Folder\\.load'));
  assert.throws(() => new Folder('!'), { name: 'Error', message: 'no such name' });
  folder.freeSync();
});

test('an object that is behind a handle already is that handle, borrowed', async () => {
  const parent = new Folder('p');
  const child = parent.sub('c');
  const { opened } = countLives();
  const again = [child.itself(), child.sub('x').parent(), Folder.borrow(child), firstOf(child, parent)];
  for (const each of again) {
    assert.ok(each instanceof Folder && each !== child);
    assert.equal(each.token, child.token);
    each[Symbol.dispose ?? Symbol.for('nodejs.dispose')](); // detaches what is borrowed
    assert.throws(() => each.name(), freed);
  }
  assert.equal(child.parent().token, parent.token);
  assert.equal(countLives().opened, opened + 1, 'x');
  assert.equal(child.name(), 'c');
  await parent.free();
});

test('an object that a method returns twice is opened once, by value and by a promise', async () => {
  const parent = new Folder('p');
  const { opened, closed } = countLives();
  const [a, b, c] = [parent.same('x'), parent.same('x'), await parent.sameLater('x')];
  assert.deepEqual([b.token, c.token], [a.token, a.token]);
  assert.equal(entryOf(a).attachments, 3);
  assert.notEqual(parent.same('y').token, a.token);
  assert.equal(await b.free(), 'drained');
  assert.deepEqual([a.freed, c.freed], [true, true]);
  assert.throws(() => parent.same('x'), freed, 'it is gone, and no second guard may stand before it');
  await assert.rejects(parent.sameLater('x'), freed);
  assert.equal(parent.same('y').name(), 'y');
  await parent.free();
  assert.deepEqual([countLives().opened - opened, countLives().closed - closed], [2, 3]);
});

test('many methods at once return one object: one handle', async () => {
  const parent = new Folder('p');
  const all = await Promise.all(Array.from({ length: 50 }, (_, i) => parent.sameLater(`f${i % 5}`)));
  assert.equal(new Set(all.map(({ token }) => token)).size, 5);
  for (const [i, each] of all.entries()) assert.equal(each.token, all[i % 5].token);
  assert.equal(await parent.free(), 'drained');
});

test('a static method and a function that take an object return a child of it', async () => {
  const [a, b] = [new Folder('a'), new Folder('b')];
  const inside = Folder.openIn(a, 'i');
  const note = noteOn(b, 'n');
  assert.deepEqual([entryOf(inside).parent, entryOf(note).parent], [a.token, b.token]);
  assert.equal(inside.path(), 'a/i');
  await Promise.all([a.free(), b.free()]);
  assert.deepEqual([inside.freed, note.freed], [true, true]);
  assert.ok(entryOf(a) === undefined);
});

test('an object as an argument: the class itself, a subclass, its own receiver', async () => {
  class Mine extends Folder {}
  const [a, b] = [new Folder('a'), new Mine('b')];
  assert.deepEqual([a.is(b), b.is(a), a.is(a), a.is(a.itself())], [false, false, true, true]);
  assert.deepEqual([await a.compare(b, 0), await a.compare(a, 0)], [false, true]);
  await Promise.all([a.free(), b.free()]);
});

test('anything else as an argument is refused, and the error names the argument and the class', async () => {
  const folder = new Folder('a');
  const [task, note] = [new Task(), folder.note('n')];
  const spoofed = [Object.create(Folder.prototype), new Proxy(folder, {}), Object.create(folder)];
  for (const value of [undefined, null, 5, folder.token, 'a', {}, [folder], task, note, Folder, ...spoofed]) {
    const error = { ...refused, message: /^The "other" argument must be an instance of Folder\. Received / };
    assert.throws(() => folder.is(value), error);
    await assert.rejects(folder.compare(value, 0), error);
  }
  assert.throws(() => folder.is(), { code: 'ERR_MISSING_ARGS', message: /"other"/ });
  await Promise.all([folder.free(), task.free()]);
});

test('an argument that is freed or detached is refused', async () => {
  const [folder, gone, detached] = [new Folder('a'), new Folder('b'), new Folder('c')];
  await gone.free();
  detached.detach();
  for (const each of [gone, detached]) {
    assert.throws(() => folder.is(each), freed);
    await assert.rejects(folder.compare(each, 0), freed);
    assert.throws(() => Folder.openIn(each, 'x'), freed);
  }
  assert.throws(() => folder.is(gone), { message: /"other"/ });
  await folder.free();
});

test('an argument is entered until an async method is over: a free of it waits', async () => {
  const [a, b] = [new Folder('a'), new Folder('b')];
  const held = a.holds(b, 100);
  const freeing = b.free();
  assert.equal(b.freed, true);
  assert.equal(b.freeSync({ deadline: 0 }), 'already-freeing');
  assert.equal(await held, 'b');
  assert.equal(await freeing, 'drained');
  assert.equal(countLives().misused, 0);
  await a.free();
});

test('freeing the receiver cancels the method; freeing an argument does not', async () => {
  const [a, b] = [new Folder('a'), new Folder('b')];
  const compared = a.compare(b, 30);
  const freeing = b.free();
  assert.equal(await compared, false);
  assert.equal(await freeing, 'drained');
  const c = new Folder('c');
  const refusal = assert.rejects(a.compare(c, 60_000), freed);
  assert.equal(await a.free(), 'drained');
  await refusal;
  await c.free();
});

test('a child that is made while its parent is freed is freed, and its method fails', async () => {
  const parent = new Folder('p');
  const { opened, closed } = countLives();
  const subs = Array.from({ length: 20 }, (_, i) => parent.subLater(`s${i}`, i % 3));
  await new Promise((resolve) => setTimeout(resolve, 1));
  const outcome = parent.free();
  const settled = await Promise.allSettled(subs);
  assert.equal(await outcome, 'drained');
  for (const { status, value, reason } of settled) {
    if (status === 'fulfilled') assert.equal(value.freed, true);
    else assert.equal(reason.code, 'ERR_HANDLE_FREED');
  }
  await eventually(() => countLives().closed - closed === countLives().opened - opened + 1);
  assert.equal(countLives().misused, 0);
});
