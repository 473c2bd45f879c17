'use strict';

// What is told by node:diagnostics_channel: which event, on which thread, with what.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { expectChild } = require('./support/bodies.js');
const { watch } = require('./support/channels.js');

const withoutDuration = ({ duration, ...rest }) => {
  assert.ok(duration >= 0 && duration < 60_000, `duration ${duration}`);
  return rest;
};

test('quiesce:open tells of each handle that a thread opens, not of what it attaches to', async () => {
  const { result } = await watch(async ({ addon, events, listen, quiesce }) => {
    listen('open');
    const { Guard, MappedFile } = quiesce;
    class Lock extends Guard {} // goes by the name that handles() has
    const opened = [new Lock(), await MappedFile.open(process.execPath), addon.Counter.open()];
    const child = opened[2].child('c');
    Guard.attach(opened[0].token);
    MappedFile.attach(opened[1].token);
    const classes = quiesce.handles().map((each) => [each.token, each.class]);
    await quiesce.freeAll();
    return { events, classes, tokens: [...opened, child].map((each) => each.token) };
  });
  assert.deepEqual(
    result.events.map(([name, message]) => [name, message.token]),
    result.tokens.map((token) => ['open', token]),
  );
  const classOf = new Map(result.classes);
  for (const [, message] of result.events) {
    assert.deepEqual(message, { token: message.token, class: classOf.get(message.token) });
  }
});

test('quiesce:open tells of classes from `quiesce build`, of their constructors and of iterations', async () => {
  const { result } = await watch(async ({ events, listen, bus }) => {
    listen('open', 'free');
    const { Bus } = bus;
    const opened = await Bus.open();
    await opened.topic('t');
    await opened.free();
    return events.map(([name, message]) => [name, message.class]);
  });
  assert.deepEqual(result, [
    ['open', 'Bus'],
    ['open', 'Topic'],
    ['free', 'Bus'],
  ]);
});

test('quiesce:free tells of each call that frees: how it ended, and after how long', async () => {
  const { result } = await watch(async ({ addon, delay, listen, named, quiesce }) => {
    listen('free');
    const { Guard } = quiesce;
    const drained = new Guard();
    await drained.free();
    await drained.free();
    new Guard().freeSync();
    new Guard()[Symbol.dispose ?? Symbol.for('nodejs.dispose')]();
    const stuck = new Guard();
    stuck.run(() => {
      try {
        stuck.freeSync();
      } catch {} // would deadlock: nothing was freed, so nothing is told
    });
    stuck.tryEnter();
    await stuck.free({ deadline: 20 });
    stuck.leave();
    await addon.Sleeper.open(0, 'error')
      .free()
      .catch(() => {});
    await delay(20);
    return named('free');
  });
  const [first, , , , late, failed] = result;
  assert.ok(late.duration >= 19, `${late.duration} ms`);
  assert.deepEqual(failed.error.code, 'ERR_RELEASE_FAILED');
  assert.ok(failed.error.cause);
  assert.deepEqual(Object.keys(first), ['token', 'class', 'by', 'outcome', 'duration']);
  assert.deepEqual(
    result.map(({ class: name, by, outcome }) => [name, by, outcome]),
    [
      ['Guard', 'free', 'drained'],
      ['Guard', 'free', 'already-freeing'],
      ['Guard', 'freeSync', 'drained'],
      ['Guard', 'free', 'drained'],
      ['Guard', 'free', 'timed-out'],
      ['Sleeper', 'free', 'drained'],
    ],
  );
});

test('quiesce:free tells of the frees that no call waits for: by detach, collection and freeAll()', async () => {
  const { result } = await watch(async ({ addon, collectGarbage, eventually, listen, named, quiesce }) => {
    listen('free');
    const { Guard } = quiesce;
    const expected = [];
    const note = (handle, by) => {
      expected.push([handle.token, by]);
      return handle;
    };
    const shared = note(new Guard(), 'detach');
    const second = Guard.attach(shared.token);
    shared.detach();
    second.detach();
    await eventually(() => named('free').length === 1);
    (() => note(new Guard(), 'collect'))();
    await eventually(() => {
      collectGarbage();
      return named('free').length === 2;
    });
    note(new Guard(), 'freeAll');
    const failing = note(addon.Sleeper.open(0, 'error'), 'freeAll');
    await quiesce.freeAll();
    await eventually(() => named('free').length === 4);
    const failed = named('free').find(
      ({ token, class: name }) => token === failing.token && name === 'Sleeper',
    );
    return { told: named('free').map((each) => [each.token, each.by]), expected, failed };
  });
  assert.deepEqual(result.told.slice(0, 2), result.expected.slice(0, 2));
  assert.deepEqual(result.told.slice(2).sort(), result.expected.slice(2).sort());
  assert.equal(withoutDuration(result.failed).error.code, 'ERR_RELEASE_FAILED');
});

test('quiesce:timeout tells which ops hold the handle, without QUIESCE_TRACE and without a warning', async () => {
  const body = async ({ eventually, listen, named, quiesce }) => {
    listen('timeout');
    const { Guard } = quiesce;
    const guards = [new Guard(), new Guard(), new Guard(), new Guard()];
    for (const guard of guards) guard.tryEnter();
    await guards[0].free({ deadline: 10 });
    const { Worker } = require('node:worker_threads');
    await new Promise((resolve) => {
      // freeSync() would deadlock where the enter was made
      new Worker(
        `const { Guard } = require(${JSON.stringify(process.cwd())});
         Guard.attach(${guards[1].token}).freeSync({ deadline: 10 });`,
        { eval: true },
      ).once('exit', resolve);
    });
    guards[2].detach(); // times out after 5 s, and is not waited for
    await quiesce.freeAll({ deadline: 10 });
    await eventually(() => named('timeout').length >= 2);
    return { told: named('timeout'), tokens: guards.map(({ token }) => token) };
  };
  const { result, stderr } = await watch(body);
  const { told, tokens } = result;
  assert.deepEqual(told.map(({ token }) => token).sort(), [tokens[0], tokens[3]].sort());
  for (const { class: name, ops, ...rest } of told) {
    assert.equal(name, 'Guard');
    assert.deepEqual(Object.keys(rest), ['token']);
    assert.deepEqual(
      ops.map(({ method, count }) => [method, count]),
      [['enter', 1]],
    );
    assert.ok(ops[0].age >= 9, `in for ${ops[0].age} ms`);
  }
  assert.doesNotMatch(stderr, /QUIESCE_TIMEOUT/);
});

test('quiesce:leak tells of each leak, though one of a class is warned of', async () => {
  const body = async ({ collectGarbage, eventually, listen, named, quiesce }) => {
    listen('leak');
    const tokens = Array.from({ length: 3 }, function leaked() {
      return new quiesce.Guard().token;
    });
    await eventually(() => {
      collectGarbage();
      return named('leak').length === 3;
    });
    return { told: named('leak'), tokens };
  };
  for (const QUIESCE_TRACE of ['0', '1']) {
    const { result, stderr } = await watch(body, { env: { QUIESCE_TRACE } });
    assert.deepEqual(result.told.map(({ token }) => token).sort(), result.tokens.sort());
    for (const { site } of result.told) {
      if (QUIESCE_TRACE === '1') assert.match(site, /leaked/);
      else assert.equal(site, undefined);
    }
    assert.equal(stderr.match(/\[QUIESCE_LEAK\]/g).length, 1);
  }
});

test('the thread that opened or freed is told, and no other', async () => {
  const { result } = await watch(async ({ events, listen, nextMessage, quiesce, startWorker }) => {
    listen('open', 'free', 'timeout', 'leak');
    const worker = startWorker(async ({ parentPort, quiesce: own }) => {
      const { channel } = require('node:diagnostics_channel');
      const told = [];
      const channels = ['quiesce:open', 'quiesce:free'].map(channel);
      for (const each of channels) each.subscribe((_, from) => told.push(from));
      await new own.Guard().free();
      parentPort.postMessage(told);
    });
    const inWorker = await nextMessage(worker);
    await new Promise((resolve) => worker.once('exit', resolve));
    await new quiesce.Guard().free();
    return { inWorker, here: events.map(([name]) => name) };
  });
  assert.deepEqual(result, { inWorker: ['quiesce:open', 'quiesce:free'], here: ['open', 'free'] });
});

test('a subscriber that throws is uncaught on its own, and the op goes on', async () => {
  const { result } = await watch(async ({ channel, delay, quiesce }) => {
    const uncaught = [];
    process.on('uncaughtException', (error) => uncaught.push(error.message));
    for (const name of ['open', 'free', 'leak', 'timeout']) {
      channel(`quiesce:${name}`).subscribe(() => {
        throw new Error(name);
      });
    }
    const guard = new quiesce.Guard();
    const entered = guard.tryEnter();
    guard.leave();
    const file = await quiesce.MappedFile.open(process.execPath);
    const outcomes = [await guard.free(), file.freeSync()];
    const busy = new quiesce.Guard();
    busy.tryEnter();
    outcomes.push(await busy.free({ deadline: 1 }));
    await delay(50);
    return { entered, outcomes, uncaught: uncaught.sort() };
  });
  assert.deepEqual(result, {
    entered: true,
    outcomes: ['drained', 'drained', 'timed-out'],
    uncaught: ['free', 'free', 'free', 'open', 'open', 'open', 'timeout'],
  });
});

test('a subscriber may open, free and attach to handles itself', async () => {
  const { result } = await watch(async ({ channel, quiesce }) => {
    const { Guard, MappedFile } = quiesce;
    let depth = 0;
    const seen = [];
    channel('quiesce:open').subscribe(({ token, class: name }) => {
      if (depth > 2) return;
      depth++;
      seen.push(quiesce.Handle.attach(token).constructor.name === name);
      new Guard().freeSync();
    });
    const file = await MappedFile.open(process.execPath);
    const size = file.size > 0;
    await quiesce.freeAll();
    return { seen, size, live: quiesce.stats().live };
  });
  assert.deepEqual(result, { seen: [true, true, true], size: true, live: 0 });
});

test('who has unsubscribed is told nothing more', async () => {
  const { result } = await watch(async ({ channel, delay, quiesce }) => {
    const told = [];
    const listener = (message) => told.push(message.by);
    channel('quiesce:free').subscribe(listener);
    await new quiesce.Guard().free();
    channel('quiesce:free').unsubscribe(listener);
    await new quiesce.Guard().free();
    new quiesce.Guard().detach();
    await delay(50);
    return told;
  });
  assert.deepEqual(result, ['free']);
});

test('nothing is loaded for the channels before the first handle', async () => {
  const { result } = await expectChild(({ print }) => {
    const loaded = () => Object.keys(require.cache).some((file) => /[\\/]lib[\\/]channels\.js$/.test(file));
    const { Guard } = require(process.cwd());
    const required = loaded();
    new Guard().freeSync();
    print([required, loaded()]);
  });
  assert.deepEqual(result, [false, true]);
});
