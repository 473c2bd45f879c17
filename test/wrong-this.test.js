'use strict';

// Methods called on what is no handle of their class: an error, never a look at foreign memory.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { inspect } = require('node:util');
const { Guard, Handle, MappedFile } = require('..');
const { loadTestAddon } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { startWorker } = require('./support/bodies.js');
const { makeFile } = require('./support/files.js');
const { nextMessage } = require('./support/process.js');

const { Counter, Sleeper } = loadTestAddon();
const classes = { Handle, Guard, MappedFile, Counter, Sleeper };

/** Every method and getter of a class's prototype as a function, by name; symbols too. */
function membersOf(Class) {
  const members = [];
  for (const key of Reflect.ownKeys(Class.prototype)) {
    const { value, get } = Object.getOwnPropertyDescriptor(Class.prototype, key);
    if (key !== 'constructor' && key !== inspect.custom) members.push([String(key), value ?? get]);
  }
  return members;
}

/** What a call throws or rejects with; undefined if it does neither. */
async function errorOf(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
}

async function openOneOfEach() {
  return { Guard: new Guard(), MappedFile: await MappedFile.open(makeFile('abc')), Counter: Counter.open() };
}

test('FAULTS 14: a method on a wrong this is a TypeError, for every member of every class', async () => {
  const open = await openOneOfEach();
  for (const [name, Class] of Object.entries(classes)) {
    const impostors = {
      undefined: undefined,
      null: null,
      number: 7,
      string: 'x',
      function: () => {},
      object: {},
      prototype: Class.prototype,
      'object with the prototype': Object.create(Class.prototype),
      'object with a spoofed prototype': Object.setPrototypeOf({ token: open.Guard.token }, Class.prototype),
      'object with a token': { token: open.Guard.token },
      'proxy of a handle': new Proxy(open[name] ?? open.Guard, {}),
      'heir of a handle': Object.create(open[name] ?? open.Guard),
    };
    for (const [member, call] of membersOf(Class)) {
      for (const [what, impostor] of Object.entries(impostors)) {
        const error = await errorOf(() => call.call(impostor, assert.fail));
        assert.ok(error instanceof TypeError, `${name}.${member} on ${what}: ${inspect(error)}`);
        if (impostor && typeof impostor === 'object' && typeof impostor.detach === 'function') {
          assert.equal(error.code, 'ERR_INVALID_THIS', `${name}.${member} on ${what}`);
        }
      }
    }
  }
  for (const each of Object.values(open)) assert.equal(await each.free(), 'drained');
});

test('FAULTS 14: a method on a handle of another class is a TypeError, and the handle is as it was', async () => {
  const open = await openOneOfEach();
  for (const [name, Class] of Object.entries({ Guard, MappedFile, Counter })) {
    for (const [member, call] of membersOf(Class)) {
      for (const [other, handle] of Object.entries(open)) {
        if (other === name || member === 'detach') continue; // Guard's detach is Handle's, and a little more
        const given = call.length === 0 ? ['x'] : Array(call.length).fill(1);
        const error = await errorOf(() => call.call(handle, ...given));
        // A Counter is another addon's: its token is none of the two others.
        const refused = error instanceof TypeError || error?.code === 'ERR_HANDLE_INVALID';
        assert.ok(refused, `${name}.${member} on a ${other}: ${inspect(error)}`);
      }
    }
  }
  assert.equal(open.MappedFile.read().toString(), 'abc');
  assert.equal(open.Counter.value(), 0);
  for (const each of Object.values(open)) assert.equal(await each.free(), 'drained');
});

testAlone(
  'FAULTS 14: a prototype that was swapped under a handle does not fool the native side',
  async () => {
    const { Guard: guard, Counter: counter, MappedFile: file } = await openOneOfEach();
    Object.setPrototypeOf(guard, MappedFile.prototype);
    assert.throws(() => guard.read(), { code: 'ERR_HANDLE_TYPE' });
    assert.throws(() => guard.size, { code: 'ERR_HANDLE_TYPE' });
    await assert.rejects(guard.count('x'), { code: 'ERR_HANDLE_TYPE' });
    Object.setPrototypeOf(counter, Sleeper.prototype);
    assert.throws(() => counter.block(0), { code: 'ERR_HANDLE_TYPE' });
    await assert.rejects(counter.sleep(0), { code: 'ERR_HANDLE_TYPE' });
    Object.setPrototypeOf(file, Guard.prototype);
    assert.throws(() => file.tryEnter(), { code: 'ERR_INVALID_THIS' });
    for (const each of [guard, counter, file]) assert.equal(await each.free(), 'drained');
  },
);

testAlone('FAULTS 14: a handle argument must be a handle of the class, and no proxy of one', async () => {
  const [a, b] = [Counter.open(1), Counter.open(2)];
  const spoofed = Object.create(Counter.prototype);
  for (const bad of [undefined, null, {}, b.token, new Guard()]) {
    assert.throws(() => a.addFrom(bad), TypeError, inspect(bad));
    await assert.rejects(a.addFromAsync(bad), TypeError);
  }
  for (const bad of [spoofed, new Proxy(b, {})]) {
    assert.throws(() => a.addFrom(bad), { code: 'ERR_INVALID_ARG_TYPE', message: /^The "other" argument/ });
    await assert.rejects(a.addFromAsync(bad), TypeError);
  }
  assert.equal(a.addFrom(b), 3);
  await Promise.all([a.free(), b.free()]);
});

test('FAULTS 14: an op of Guard.enter() cannot be faked', () => {
  const guard = new Guard();
  const { leave } = Object.getPrototypeOf(guard.enter());
  for (const bad of [undefined, {}, guard]) assert.throws(() => leave.call(bad), TypeError);
  const { constructor: GuardOp } = Object.getPrototypeOf(guard.enter());
  new GuardOp(guard).leave(); // as good as guard.leave()
  guard.leave();
  assert.throws(() => new GuardOp(guard).leave(), { code: 'ERR_NOT_ENTERED' });
  assert.equal(guard.freeSync(), 'drained');
});

test('a wrapper that was cloned or posted is an empty object, and harmless', async (t) => {
  const open = await openOneOfEach();
  const worker = startWorker(({ parentPort, quiesce }) => {
    parentPort.on('message', (clone) => {
      const codes = ['freeSync', 'share', 'detach'].map((name) => {
        try {
          quiesce.Handle.prototype[name].call(clone);
          return 'a result';
        } catch (error) {
          return error.code;
        }
      });
      parentPort.postMessage([Object.getPrototypeOf(clone) === Object.prototype, ...codes]);
    });
  });
  t.after(() => worker.terminate());
  for (const [name, handle] of Object.entries(open)) {
    const clone = structuredClone(handle);
    assert.ok(!(clone instanceof Handle));
    assert.deepEqual(Reflect.ownKeys(clone), []);
    await assert.rejects(classes[name].prototype.free.call(clone), { code: 'ERR_INVALID_THIS' });
    worker.postMessage(handle);
    const invalid = 'ERR_INVALID_THIS';
    assert.deepEqual(await nextMessage(worker), [true, invalid, invalid, invalid]);
  }
  assert.equal(open.MappedFile.read().toString(), 'abc');
  for (const each of Object.values(open)) assert.equal(await each.free(), 'drained');
});

test('inspect shows the state of a handle, and survives what is none', async () => {
  const guard = new Guard();
  assert.match(inspect(guard), /^Guard \{ token: \d+, state: 'open', owner: true \}$/);
  const borrowed = Guard.attach(guard.token);
  borrowed.detach();
  assert.match(inspect(borrowed), /state: 'detached', owner: false/);
  assert.equal(inspect({ a: { b: { c: guard } } }), '{ a: { b: { c: [Guard] } } }');
  await guard.free();
  assert.match(inspect(guard), /state: 'freed'/);
  for (const Class of Object.values(classes)) assert.equal(typeof inspect(Class.prototype), 'string');
  assert.equal(typeof inspect(Object.create(Guard.prototype)), 'string');
  assert.equal(typeof inspect(new Proxy(guard, {})), 'string');
});
