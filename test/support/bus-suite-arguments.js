'use strict';

// Arguments that are wrong: errors with a type and a code, at once, and nothing is stored, made or changed.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { inspect } = require('node:util');
const { Bus, Subscription, Topic, codeOf } = require('./bus.js');

const type = 'ERR_INVALID_ARG_TYPE';
const value = 'ERR_INVALID_ARG_VALUE';
const range = 'ERR_OUT_OF_RANGE';

const noOptions = [null, 5, 'x', true, () => {}];
const noData = [undefined, null, 5, 5n, true, {}, [1, 2], new Date(), Symbol('s'), () => {}];
const noCounts = [
  [0, range],
  [-1, range],
  [1.5, range],
  [Number.NaN, range],
  [2 ** 53, range],
  ['1', type],
  [1n, type],
  [null, type],
];
const noTimes = [
  [0, range],
  [-1, range],
  [Number.NaN, range],
  [Number.POSITIVE_INFINITY, range],
  ['1', type],
  [null, type],
];
const noNames = ['', '.', 'a.', '.a', 'a..b', 'a b', 'a*', '>', 'a/b', '../a', 'ä', 'a\0', 'x'.repeat(201)];
const noHeaders = [
  [null, type],
  ['a: b', type],
  [new Map(), type],
  [[], type],
  [{ a: 1 }, type],
  [{ a: undefined }, type],
  [{ a: Buffer.from('x') }, type],
  [{ '': 'x' }, value],
  [{ 'a b': 'x' }, value],
  [{ 'a:': 'x' }, value],
  [{ ä: 'x' }, value],
  [{ 'a\r\nb': 'x' }, value],
  [{ 'a\0': 'x' }, value],
  [{ a: 'x\0y' }, value],
  [{ a: 'x\r\nb: y' }, value],
  [{ a: ' x' }, value],
  [{ a: 'x\t' }, value],
  [{ 'Nats-Msg-Id': 'x' }, value],
  [{ 'nats-expected-stream': 'x' }, value],
  [{ 'QUIESCE-Time': 'x' }, value],
];

module.exports = (context) => {
  const badName = (name) => (name === '' ? value : 'ERR_BUS_NAME');

  /** Each call is refused with its code, and the topic is as before. */
  async function refuse(topic, calls) {
    for (const [call, code, given] of calls) {
      const found = await codeOf(call);
      assert.equal(found, code, `${call} with ${inspect(given)}`);
    }
    await context.bus.flush();
    const { last, groups, subscriptions, failed } = await topic.stats();
    assert.deepEqual(
      { last, groups, subscriptions, failed },
      { last: 0, groups: [], subscriptions: 0, failed: 0 },
    );
    assert.equal(await topic.publish('good'), 1, 'all goes on');
  }

  test('what is no data is refused, and nothing of its batch is stored', async () => {
    const topic = await context.topic();
    const calls = [];
    for (const data of noData) {
      calls.push(
        [() => topic.publish(data), type, data],
        [() => topic.publish(data, { id: 'x' }), type, data],
        [() => topic.post(data), type, data],
        [() => topic.post(data, { id: 'y' }), type, data],
        [() => topic.publishBatch(['good', data]), type, data],
        [() => topic.publishBatch(['good', { data }]), type, data],
      );
    }
    for (const list of [undefined, null, 'ab', new Set(['a']), { length: 1, 0: 'a' }, Buffer.from('ab')]) {
      calls.push([() => topic.publishBatch(list), type, list]);
    }
    const sparse = ['good'];
    sparse[2] = 'also';
    calls.push([() => topic.publishBatch(sparse), type, sparse]);
    for (const slip of [
      { data: 'x', header: {} },
      { data: 'x', ids: '1' },
      { data: 'x', signal: undefined },
    ]) {
      calls.push([() => topic.publishBatch(['good', slip]), value, slip]);
    }
    await refuse(topic, calls);
  });

  test('headers and ids that a backend would read otherwise', async () => {
    const topic = await context.topic();
    const calls = [];
    for (const [headers, code] of noHeaders) {
      calls.push(
        [() => topic.publish('x', { headers }), code, headers],
        [() => topic.publishBatch(['good', { data: 'x', headers }]), code, headers],
        [() => topic.post('x', { headers }), code, headers],
      );
    }
    for (const [id, code] of [
      [5, type],
      ['\ud800', value],
      [null, type],
      ['', value],
      ['a\0', value],
      ['a\nb', value],
      ['\x7f', value],
    ]) {
      calls.push(
        [() => topic.publish('x', { id }), code, id],
        [() => topic.publishBatch(['good', { data: 'x', id }]), code, id],
        [() => topic.post('x', { id }), code, id],
      );
    }
    await refuse(topic, calls);
  });

  test('options: no object, unknown names, wrong values', async () => {
    const topic = await context.topic();
    const { bus } = context;
    const calls = [];
    const methods = {
      'bus.topic': (options) => bus.topic('never-made', options),
      'topic.publish': (options) => topic.publish('x', options),
      'topic.publishBatch': (options) => topic.publishBatch(['x'], options),
      'topic.post': (options) => topic.post('x', options),
      'topic.read': (options) => topic.read(1, 1, options),
      'topic.subscribe': (options) => topic.subscribe(options),
    };
    for (const [name, method] of Object.entries(methods)) {
      for (const options of noOptions.slice(0, 4))
        calls.push([() => method(options), type, `${name} ${options}`]);
      calls.push([() => method({ unknown: 1 }), value, name], [() => method({ Signal: null }), value, name]);
      if (name === 'topic.post')
        calls.push([() => method({ signal: new AbortController().signal }), value, name]);
      else
        calls.push([() => method({ signal: {} }), type, name], [() => method({ signal: null }), type, name]);
    }
    await refuse(topic, calls);
    assert.equal((await bus.topics()).includes('never-made'), false);
  });

  test('names and limits of topics', async () => {
    const { bus } = context;
    const topic = await context.topic();
    const calls = noNames.flatMap((name) => [
      [() => bus.topic(name), badName(name), name],
      [() => bus.deleteTopic(name), 'ERR_BUS_NAME', name],
    ]);
    for (const name of [undefined, null, 5, {}]) {
      calls.push([() => bus.topic(name), type, name]);
      calls.push([() => bus.deleteTopic(name), type, name]);
    }
    for (const name of ['maxEvents', 'maxBytes', 'replicas']) {
      for (const [limit, code] of noCounts)
        calls.push([() => bus.topic('never-made', { [name]: limit }), code, limit]);
    }
    for (const [maxAge, code] of noTimes)
      calls.push([() => bus.topic('never-made', { maxAge }), code, maxAge]);
    calls.push([() => bus.topic('never-made', { replicas: 6 }), range]);
    await refuse(topic, calls);
    const names = await bus.topics();
    assert.deepEqual(
      names.filter((name) => !name.startsWith('topic-')),
      [],
    );
  });

  test('subscriptions: where from, which group, how many', async () => {
    const topic = await context.topic();
    const subscribe = (options, code) => [() => topic.subscribe(options), code, options];
    const calls = [];
    for (const from of ['begin', '', null, {}, '5', new Date(Number.NaN), 1n, true])
      calls.push(subscribe({ from }, value));
    for (const from of [0, -1, 1.5, Number.NaN, 2 ** 60]) calls.push(subscribe({ from }, range));
    for (const group of noNames) calls.push(subscribe({ group }, badName(group)));
    calls.push(subscribe({ group: 'x'.repeat(101) }, 'ERR_BUS_NAME'), subscribe({ group: 5 }, type));
    for (const name of ['batch', 'maxInFlight']) {
      for (const [count, code] of noCounts) calls.push(subscribe({ [name]: count }, code));
      calls.push(subscribe({ [name]: 65_537 }, range));
    }
    for (const [ackWait, code] of noTimes) calls.push(subscribe({ group: 'g', ackWait }, code));
    calls.push(subscribe({ ackWait: 5 }, value));
    for (const lost of ['ignore', true, null]) calls.push(subscribe({ lost }, value));
    for (const group of noNames) calls.push([() => topic.deleteGroup(group), 'ERR_BUS_NAME', group]);
    calls.push([() => topic.deleteGroup(), 'ERR_MISSING_ARGS'], [() => topic.deleteGroup(5), type]);
    await refuse(topic, calls);
  });

  test('lost is for plain subscriptions, ackWait for groups', async () => {
    const topic = await context.topic();
    await refuse(topic, [
      [() => topic.subscribe({ group: 'g', lost: 'skip' }), value],
      [() => topic.subscribe({ group: 'g', lost: 'error' }), value],
      [() => topic.subscribe({ ackWait: 5 }), value],
    ]);
  });

  test('read(), restore(), ack(), nak()', async () => {
    const topic = await context.topic();
    const calls = [];
    for (const [count, code] of noCounts) {
      calls.push([() => topic.read(count), code, count], [() => topic.read(1, count), code, count]);
    }
    calls.push([() => topic.read(), type]);
    for (const source of [undefined, null, 5, {}]) calls.push([() => topic.restore(source), type, source]);
    for (const source of ['bytes', Buffer.from('bytes'), new ArrayBuffer(8)]) {
      calls.push([() => topic.restore(source), type, source]);
    }
    for (const options of noOptions.slice(0, 4))
      calls.push([() => topic.restore([], options), type, options]);
    const member = await topic.subscribe({ group: 'g' });
    for (const event of [undefined, null, '1', {}, { seq: '1' }]) {
      calls.push([() => member.ack(event), type, event], [() => member.nak(event), type, event]);
    }
    for (const [delay, code] of [
      ['1', type],
      [-1, value],
      [Number.NaN, value],
      [null, type],
      [2 ** 60, value],
    ]) {
      calls.push([() => member.nak(1, { delay }), code, delay]);
    }
    calls.push(
      [() => member.nak(1, { dely: 1 }), value],
      [() => member.nak(1, { signal: undefined }), value],
    );
    for (const seq of [1.5, Number.NaN, 2 ** 60]) calls.push([() => member.ack(seq), range, seq]);
    for (const [call, code, given] of calls) assert.equal(await codeOf(call), code, `${call} with ${given}`);
    await member.free();
  });

  test('a wrong this, a constructor, a token that is none', async () => {
    const topic = await context.topic();
    const wrong = [{}, null, undefined, Bus.prototype];
    const { prototype } = Topic;
    const calls = wrong.flatMap((that) => [
      () => prototype.publish.call(that, 'x'),
      () => prototype.publish.call(that, 'x', { id: 'x' }),
      () => prototype.publishBatch.call(that, ['x']),
      () => prototype.publishBatch.call(that, []),
      () => prototype.post.call(that, 'x'),
      () => prototype.drain.call(that),
      () => prototype.read.call(that, 1),
      () => prototype.subscribe.call(that),
      () => prototype.stats.call(that),
      () => prototype.snapshot.call(that),
      () => prototype.restore.call(that, []),
      () => Bus.prototype.topic.call(that, 'x'),
      () => Subscription.prototype.ack.call(that, 1),
      () => Subscription.prototype[Symbol.asyncIterator].call(that),
    ]);
    for (const call of calls) assert.equal(await codeOf(call), 'ERR_INVALID_THIS', `${call}`);
    assert.equal(await codeOf(() => prototype.publish.call(context.bus, 'x')), 'ERR_HANDLE_TYPE');
    for (const Class of [Bus, Topic, Subscription]) {
      assert.throws(() => new Class(), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
      assert.equal(await codeOf(() => Class.attach('5')), type);
      assert.equal(await codeOf(() => Class.attach(5)), 'ERR_HANDLE_INVALID');
    }
    assert.equal(await codeOf(() => Bus.attach(topic.token)), 'ERR_HANDLE_TYPE');
    assert.equal(await codeOf(() => Subscription.attach(context.bus.token)), 'ERR_HANDLE_TYPE');
    assert.equal((await topic.stats()).last, 0);
  });
};
