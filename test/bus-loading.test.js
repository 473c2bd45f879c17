'use strict';

// What loads which addon, and quiesce/bus loaded in more than one way.

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { expectChild } = require('./support/bodies.js');
const { expectExit } = require('./support/process.js');

/** The addons of this package that a child has loaded after a script, as the kernel says. */
async function addonsAfter(script) {
  const { stdout } = await expectExit(`${script}
    const maps = require('node:fs').readFileSync('/proc/self/maps', 'utf8');
    console.log(JSON.stringify([...new Set(maps.match(/[a-z]+\\.node$/gm) ?? [])].sort()));`);
  return JSON.parse(stdout);
}

test('quiesce does not load the addon of the bus, nor quiesce/bus that of quiesce', {
  skip: process.platform !== 'linux' && 'there is no /proc/self/maps',
}, async () => {
  assert.deepEqual(await addonsAfter(''), []);
  assert.deepEqual(await addonsAfter("require('quiesce');"), ['quiesce.node']);
  assert.deepEqual(await addonsAfter("await import('quiesce');"), ['quiesce.node']);
  assert.deepEqual(await addonsAfter("require('quiesce/bus');"), ['bus.node']);
  assert.deepEqual(await addonsAfter("await import('quiesce/bus');"), ['bus.node']);
  assert.deepEqual(await addonsAfter("require('quiesce/bus'); require('quiesce');"), [
    'bus.node',
    'quiesce.node',
  ]);
});

test('require and import give the same classes; each name is exported by both', async () => {
  const cjs = require('quiesce/bus');
  const { default: itself, ...named } = await import('quiesce/bus');
  assert.equal(itself, undefined);
  assert.deepEqual({ ...named }, { ...cjs });
  assert.equal(cjs, require('../lib/bus/index.js'));
});

test('what quiesce and quiesce/bus both export is the same', () => {
  const [quiesce, bus] = [require('quiesce'), require('quiesce/bus')];
  const both = Object.keys(bus).filter((name) => name in quiesce);
  assert.ok(both.includes('Handle') && both.includes('handles') && both.includes('HandleFreedError'));
  for (const name of both) assert.equal(bus[name], quiesce[name], name);
});

test('handles(), stats() and freeAll() of quiesce cover a bus, and Handle.attach() takes its tokens', async () => {
  const { result } = await expectChild(async ({ quiesce, bus, assert, print }) => {
    const opened = await bus.Bus.open();
    const topic = await opened.topic('t');
    const guard = new quiesce.Guard();
    const classes = quiesce.handles().map((each) => each.class);
    assert.ok(quiesce.Handle.attach(topic.token) instanceof bus.Topic);
    assert.throws(() => quiesce.Guard.attach(topic.token), { code: /^ERR_HANDLE_(TYPE|INVALID|FREED)$/ });
    assert.throws(() => bus.Topic.attach(guard.token), { code: /^ERR_HANDLE_(TYPE|INVALID|FREED)$/ });
    const { drained, errors } = await bus.freeAll();
    print([classes.sort(), drained, errors.length, guard.freed, opened.freed, bus.stats().live]);
  });
  assert.deepEqual(result, [['Bus', 'Guard', 'Topic'], 2, 0, true, true, 0]);
});

test('loaded twice in one thread, and in workers: one set of handles, classes of each their own', async () => {
  const { result } = await expectChild(
    async ({ bus: first, startWorker, nextMessage, exitOf, assert, print }, folder) => {
      for (const file of Object.keys(require.cache)) if (file.startsWith(folder)) delete require.cache[file];
      const second = require(`${folder}/bus/index.js`);
      assert.notEqual(first.Bus, second.Bus);
      const opened = await first.Bus.open();
      const topic = await opened.topic('t');
      const other = second.Topic.attach(topic.token);
      const subscription = await other.subscribe();
      topic.post('1');
      topic.post('2');
      other.post('3');
      await second.Bus.attach(opened.token).flush();
      await topic.publish('4');
      const seen = [];
      for await (const event of subscription) {
        assert.ok(event instanceof second.BusEvent && !(event instanceof first.BusEvent));
        if (seen.push(event.text()) === 4) break;
      }
      const shared = await topic.subscribe({ from: 'first' });
      const [theirs] = [second.Subscription.attach(shared.token)];
      const { value } = await theirs[Symbol.asyncIterator]().next();
      const worker = startWorker(async ({ bus, parentPort }, token) => {
        for (const file of Object.keys(require.cache)) delete require.cache[file];
        parentPort.postMessage(await bus.Topic.attach(token).publish('5'));
      }, topic.token);
      const five = await nextMessage(worker);
      await exitOf(worker);
      const outcome = await second.Bus.attach(opened.token).free();
      assert.throws(() => topic.post('6'), first.HandleFreedError);
      assert.throws(() => other.post('6'), second.HandleFreedError);
      print([seen.sort(), value.seq, five, outcome, first.handles().length, second.handles().length]);
    },
    { data: path.join(root, 'lib') },
  );
  assert.deepEqual(result, [['1', '2', '3', '4'], 1, 5, 'drained', 0, 0]);
});

test('in another context, whose arrays, buffers and promises are others', async () => {
  const { result } = await expectChild(async ({ bus, print }) => {
    const vm = require('node:vm');
    const opened = await bus.Bus.open();
    const topic = await opened.topic('t');
    const context = vm.createContext({ topic });
    const seqs = await vm.runInContext(
      `(async () => [
        await topic.publish(new Uint8Array([97, 98])),
        await topic.publish(new ArrayBuffer(3), { headers: { a: 'b' } }),
        ...(await topic.publishBatch(['c', new DataView(new ArrayBuffer(1)), { data: 'd', headers: { e: 'f' } }])),
        topic.post(new Uint16Array([1])),
      ])()`,
      context,
    );
    await opened.flush();
    const events = await topic.read(1, 9);
    print([Array.from(seqs), events.map(({ data, headers }) => [data.toString('hex'), headers])]);
    await opened.free();
  });
  assert.deepEqual(result, [
    [1, 2, 3, 4, 5, true],
    [
      ['6162', {}],
      ['000000', { a: 'b' }],
      ['63', {}],
      ['00', {}],
      ['64', { e: 'f' }],
      ['0100', {}],
    ],
  ]);
});
