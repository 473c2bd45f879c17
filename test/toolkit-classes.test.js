'use strict';

// The classes themselves: constructors and static methods, names, directives, aliases, embedding, and what is done
// with them in JavaScript.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { inspect } = require('node:util');
const addon = require('quiesce/addon');
const { entryOf, shapes, toolkit } = require('./support/toolkit.js');

const { Bare, Counter, Failer, Folder, IntSet, Note, Shelf, StringSet, Tally } = shapes;
const dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose');
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose');

after(() => toolkit.freeAll({ deadline: 0 }));

/** The names that a class or its prototype has of its own. */
const own = (object, ...besides) => Reflect.ownKeys(object).filter((key) => !besides.includes(key));

test('a class has what its Go type has, and nothing else', () => {
  const statics = (Class) => own(Class, 'length', 'name', 'prototype').sort();
  const methods = (Class) => own(Class.prototype, 'constructor').sort();
  assert.deepEqual(statics(Shelf), ['attach', 'construct', 'create', 'fromFile', 'loadFrom', 'open']);
  assert.deepEqual(methods(Shelf), [
    ...[
      'a',
      'addURL',
      'andThen',
      'htmlText',
      'id',
      'keyword',
      'kind',
      'label',
      'setWeight',
      'sha256Sum',
      'try',
    ],
    ...['tryLater', 'unnamed', 'url', 'utf8', 'void', 'weighLater', 'weight'],
  ]);
  assert.deepEqual([statics(StringSet), methods(StringSet)], [['attach'], ['add', 'has', 'items']]);
  assert.deepEqual(methods(IntSet), ['add', 'has', 'items', 'name']);
  assert.deepEqual([statics(Counter), methods(Counter)], [['attach'], ['step', 'value']]);
  assert.deepEqual([statics(Note), methods(Note)], [['attach'], ['text']]);
});

test('functions are exported by directive; the rest of the package is not', () => {
  assert.equal(shapes.shoutOut('a'), 'a!');
  for (const name of [
    'helper',
    'Helper',
    'shout',
    'Meter',
    'Set',
    'Probe',
    'hideShelf',
    'newFolder',
    'Entry',
    'New',
  ]) {
    assert.ok(!(name in shapes), name);
  }
  for (const each of Object.values(shapes)) assert.equal(typeof each, 'function');
});

test('names: initials are lowered as words, directives rename, embedded types of the module are promoted', async () => {
  const shelf = Shelf.open('s');
  for (const name of ['url', 'htmlText', 'a', 'utf8', 'sha256Sum', 'kind']) assert.equal(shelf[name](), name);
  assert.deepEqual([shelf.id(), shelf.addURL('x'), shelf.andThen('x')], [1, 'addURL x', 'then x']);
  assert.equal(shelf.label(), 's', "the shelf's own, not that of its part");
  assert.equal(shelf.setWeight(5), undefined);
  assert.deepEqual([shelf.weight(), await shelf.weighLater()], [5, 5]);
  assert.deepEqual(
    [shelf.void(), shelf.try(false), await shelf.tryLater(false)],
    [undefined, undefined, undefined],
  );
  assert.equal(shelf.unnamed('a', 1), 'unnamed');
  assert.throws(() => shelf.unnamed('a', 'b'), { message: /"arg2"/ });
  assert.equal(shelf.keyword('a', 'b', 'c'), 'abc');
  assert.throws(() => shelf.keyword('a', 'b', 5), { message: /"await"|"await_"/ });
  assert.equal(await shelf, shelf, 'no thenable');
  for (const name of ['lock', 'unlock', 'tryLock', 'secret', 'then', 'close', 'Close', 'unexported']) {
    assert.equal(shelf[name], undefined, name);
  }
  await shelf.free();
});

test('constructors: new, create, and static methods by their names', async () => {
  const made = [
    await Shelf.create('c'),
    Shelf.open('o'),
    Shelf.loadFrom('p'),
    Shelf.fromFile('p'),
    Shelf.construct('b'),
  ];
  assert.deepEqual(
    made.map((each) => each.label()),
    ['c', 'o', 'from p', 'file p', 'built b'],
  );
  for (const each of made) {
    assert.ok(each instanceof Shelf && each instanceof addon.Handle);
    assert.equal(entryOf(each).parent, undefined);
    assert.equal(await each.free(), 'drained');
  }
  await assert.rejects(Shelf.create(''), { code: 'ERR_EMPTY', message: 'it is empty' });
  assert.throws(() => Shelf.loadFrom(''), { message: /file does not exist/ });
  assert.throws(() => new Shelf('s'), {
    name: 'TypeError',
    code: 'ERR_ILLEGAL_CONSTRUCTOR',
    message: /a Shelf comes from a static method/,
  });
  assert.throws(() => new Note('s'), { name: 'TypeError', code: 'ERR_ILLEGAL_CONSTRUCTOR' });
});

test('a constructor checks its arguments, and is only called by new', () => {
  const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
  assert.throws(() => new Folder(5), { ...type, message: /^The "name" argument/ });
  assert.throws(() => new Folder(), { code: 'ERR_MISSING_ARGS', message: /^new Folder\(\)/ });
  assert.throws(() => new Folder('a', 'b'), { code: 'ERR_TOO_MANY_ARGS', message: /^new Folder\(\)/ });
  assert.throws(() => new StringSet('a', 5), { ...type, message: /^The "items\[1\]" argument/ });
  assert.throws(() => Folder('a'), { name: 'TypeError', message: /without 'new'/ });
  assert.throws(() => new Failer('sentinel'), { code: 'ERR_EMPTY' });
  assert.throws(() => new Failer('panic'), { name: 'GoPanicError', code: 'ERR_GO_PANIC' });
  const failed = new Failer('none');
  assert.equal(failed.freeSync(), 'drained');
});

test('classes that are no structs, or instances of generic types', () => {
  const counter = new Counter(5);
  assert.deepEqual([counter.step(), counter.step(), counter.value()], [6, 7, 7]);
  assert.equal(entryOf(counter).class, 'Counter');
  const tally = new Tally();
  assert.deepEqual([tally.count('a'), tally.count('a'), tally.count('b')], [1, 2, 1]);
  const words = new StringSet('a', 'b');
  assert.deepEqual(
    [words.add('c'), words.has('b'), words.has('x'), words.items()],
    [3, true, false, ['a', 'b', 'c']],
  );
  const numbers = new IntSet('n');
  assert.deepEqual([numbers.add(1, 2), numbers.items(), numbers.name()], [2, [1, 2], 'n']);
  assert.throws(() => numbers.add('a'), { code: 'ERR_INVALID_ARG_TYPE', message: /"items\[0\]"/ });
  for (const each of [counter, tally, words, numbers]) assert.equal(each.freeSync(), 'drained');
});

test('objects without a size are told apart', async () => {
  const probes = Array.from({ length: 10 }, () => new shapes.IntProbe());
  assert.equal(new Set(probes.map(({ token }) => token)).size, 10);
  assert.equal(await probes[3].free(), 'drained');
  assert.deepEqual(
    probes.map((each) => each.freed),
    probes.map((_, i) => i === 3),
  );
  assert.equal(probes[4].echo(5), 5);
});

test('a wrong this is refused: nothing, another object, a spoofed one, a handle of another class', async () => {
  const [folder, shelf] = [new Folder('f'), Shelf.open('s')];
  const { name, subLater } = Folder.prototype;
  const spoofed = Object.create(Folder.prototype, { token: { value: folder.token } });
  for (const self of [undefined, null, 5, folder.token, {}, spoofed, new Proxy(folder, {}), Folder]) {
    const error = { name: 'TypeError', code: 'ERR_INVALID_THIS' };
    assert.throws(() => name.call(self), error);
    await assert.rejects(subLater.call(self, 'x', 0), error);
    assert.throws(() => shapes.Source.prototype.numbers.call(self, 1), error);
  }
  const error = { name: 'HandleTypeError', code: 'ERR_HANDLE_TYPE' };
  assert.throws(() => name.call(shelf), error);
  await assert.rejects(subLater.call(shelf, 'x', 0), error);
  assert.ok(shelf.label.call(shelf) === 's');
  await Promise.all([folder.free(), shelf.free()]);
});

test('attach: by a token of the class, and of no other', async () => {
  const [folder, shelf] = [new Folder('f'), Shelf.open('s')];
  const again = Folder.attach(folder.token);
  assert.ok(again instanceof Folder && again !== folder);
  assert.equal(again.name(), 'f');
  assert.throws(() => Folder.attach(shelf.token), {
    name: 'HandleTypeError',
    code: 'ERR_HANDLE_TYPE',
    message: /Shelf/,
  });
  for (const token of [0, -1, 1, 0.5, NaN, folder.token + 2 ** 40]) {
    assert.throws(() => Folder.attach(token), { code: 'ERR_HANDLE_INVALID' });
  }
  for (const token of [undefined, null, '1', 5n, folder]) {
    assert.throws(() => Folder.attach(token), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  await Promise.all([folder.free(), shelf.free()]);
  assert.throws(() => Folder.attach(folder.token), { code: 'ERR_HANDLE_FREED' });
});

test('a subclass: its constructor runs, its methods see the object, and attach() still gives the class', async () => {
  class Mine extends Folder {
    extra = 3;
    #secret;
    constructor(name) {
      super(`${name}!`);
      this.#secret = name;
    }
    path() {
      return `${this.#secret}:${super.path()}`;
    }
  }
  const mine = new Mine('m');
  assert.deepEqual([mine.extra, mine.path(), mine.name()], [3, 'm:m!', 'm!']);
  assert.ok(mine instanceof Mine && mine instanceof Folder);
  assert.equal(mine.sub('x').constructor, Folder);
  assert.equal(mine.itself().constructor, Folder);
  assert.equal(Mine.attach(mine.token).constructor, Folder);
  class Failing extends Folder {
    constructor() {
      super('f');
      throw new Error('mine');
    }
  }
  assert.throws(() => new Failing(), { message: 'mine' });
  assert.equal(new Folder('after').name(), 'after');
  await mine.free();
});

test('what every handle has: token, freed, share, disposal, inspection', async () => {
  const folder = new Folder('f');
  assert.equal(typeof folder.token, 'number');
  assert.equal(folder.share(), folder.token);
  assert.match(inspect(folder), /^Folder \{ token: \d+, state: 'open', owner: true \}$/);
  Folder.attach(folder.token)[dispose]();
  assert.equal(folder.freed, false);
  await folder[asyncDispose]();
  assert.equal(folder.freed, true);
  assert.match(inspect(folder), /state: 'freed'/);
  for (const call of [() => folder.name(), () => folder.is(folder)]) {
    assert.throws(call, { name: 'HandleFreedError', code: 'ERR_HANDLE_FREED' });
  }
  assert.equal(await folder.free(), 'already-freeing');
});

test('without a Close the object is left to Go; its handle is freed like any', async () => {
  const bare = new Bare(5);
  assert.equal(bare.value(), 5);
  assert.equal(await bare.free(), 'drained');
  assert.throws(() => bare.value(), { code: 'ERR_HANDLE_FREED' });
});
