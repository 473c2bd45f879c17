'use strict';

// AbortSignals of all async methods, and of subscriptions.

const assert = require('node:assert/strict');
const { getEventListeners } = require('node:events');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { aborted, allOf, bytesOf, codeOf, handles, range, seqsOf, take } = require('./bus.js');
const { eventually } = require('./wait.js');

module.exports = (context) => {
  const reason = new Error('the reason');
  const abortion = { ...aborted, cause: reason };

  /** All async methods, with a signal. */
  const methods = (topic, other) => ({
    'bus.topic': (signal) => context.bus.topic('never-made', { signal }),
    'bus.topics': (signal) => context.bus.topics({ signal }),
    'bus.deleteTopic': (signal) => context.bus.deleteTopic(topic.name, { signal }),
    'bus.flush': (signal) => context.bus.flush({ signal }),
    'topic.publish': (signal) => topic.publish('no', { signal }),
    'topic.publishBatch': (signal) => topic.publishBatch(['no', 'no'], { signal }),
    'topic.drain': (signal) => topic.drain({ signal }),
    'topic.read': (signal) => topic.read(1, 1, { signal }),
    'topic.subscribe': (signal) => topic.subscribe({ signal }),
    'topic.deleteGroup': (signal) => topic.deleteGroup('g', { signal }),
    'topic.stats': (signal) => topic.stats({ signal }),
    'topic.snapshot': (signal) => bytesOf(topic.snapshot({ signal })),
    'topic.restore': (signal) => other.restore(topic.snapshot(), { signal }),
  });

  test('a signal that was aborted before the call: nothing is done', async () => {
    const [topic, other] = [await context.topic(), await context.topic()];
    await topic.publish('1');
    const member = await topic.subscribe({ group: 'g' });
    const signal = AbortSignal.abort(reason);
    for (const [name, call] of Object.entries(methods(topic, other))) {
      await assert.rejects(call(signal), abortion, name);
    }
    assert.deepEqual(seqsOf(await allOf(topic)), [1]);
    const { subscriptions, groups } = await topic.stats();
    assert.deepEqual([subscriptions, groups.length], [1, 1]);
    assert.equal((await other.stats()).last, 0);
    assert.equal((await context.bus.topics()).includes('never-made'), false);
    await member.free();
  });

  test('a signal that is aborted during the call: it is done, or rejects with AbortError; all goes on', async () => {
    for (let round = 0; round < 3; round++) {
      const name = context.newName();
      const [topic, other] = [await context.bus.topic(name), await context.topic()];
      await topic.publishBatch(Array(100).fill('x'));
      const member = await topic.subscribe({ group: 'g' });
      const list = Object.entries(methods(topic, other)).filter(([each]) => !/delete/.test(each));
      for (const [name, call] of list) {
        const controller = new AbortController();
        const ends = call(controller.signal).then(
          (done) => done?.free?.(),
          (error) => assert.equal(error.code, 'ABORT_ERR', name),
        );
        if (round === 0) controller.abort(reason);
        else if (round === 1) queueMicrotask(() => controller.abort(reason));
        else setImmediate(() => controller.abort(reason));
        await ends;
        assert.deepEqual(getEventListeners(controller.signal, 'abort'), [], name);
      }
      const { last } = await topic.stats();
      assert.ok(last >= 100 && last <= 103);
      assert.ok(
        [0, 100, 101, 102, 103].includes((await other.stats()).events),
        'all of a restore, or nothing',
      );
      assert.equal(await topic.publish('goes on'), last + 1);
      await member.free();
      await topic.free();
      await context.bus
        .deleteTopic('never-made')
        .catch(({ code }) => assert.equal(code, 'ERR_TOPIC_NOT_FOUND'));
    }
  });

  test('a signal that is never aborted keeps no listener', async () => {
    const [topic, other] = [await context.topic(), await context.topic()];
    await topic.publishBatch(['1', '2']);
    const { signal } = new AbortController();
    for (const [name, call] of Object.entries(methods(topic, other))) {
      if (/delete|never/.test(name)) continue;
      const result = await call(signal);
      if (name === 'topic.subscribe' || name === 'bus.topic') await result.free();
    }
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
    await context.bus.deleteTopic('never-made');
  });

  test('the signal of a subscription ends it, waiting or not, with AbortError once; then it is over', async () => {
    const topic = await context.topic();
    await topic.publishBatch(range(1, 5).map(String));
    for (const isWaiting of [false, true]) {
      const controller = new AbortController();
      const subscription = await topic.subscribe({ from: 'first', signal: controller.signal });
      await take(subscription, isWaiting ? 5 : 2);
      const iterator = subscription[Symbol.asyncIterator]();
      const waits = isWaiting && iterator.next();
      if (isWaiting) await delay(20);
      controller.abort(reason);
      await assert.rejects(waits || iterator.next(), abortion);
      assert.deepEqual(await iterator.next(), { done: true, value: undefined });
      await eventually(() => subscription.freed);
      assert.deepEqual(getEventListeners(controller.signal, 'abort'), []);
    }
  });

  test('a signal that is aborted right after subscribe(), and after the end', async () => {
    const topic = await context.topic();
    await topic.publish('1');
    const controller = new AbortController();
    const subscription = await topic.subscribe({ from: 'first', signal: controller.signal });
    controller.abort(reason);
    const loop = async () => {
      for await (const _ of subscription) assert.fail('an event after the abort');
    };
    await assert.rejects(loop(), abortion);
    const late = new AbortController();
    const other = await topic.subscribe({ from: 'first', signal: late.signal });
    await take(other, 1);
    await other.free();
    late.abort(reason);
    assert.deepEqual(await other[Symbol.asyncIterator]().next(), { done: true, value: undefined });
  });

  test('aborts at random times under load: no event is lost to others, nothing is left', async () => {
    const topic = await context.topic();
    const witness = await topic.subscribe({ from: 'first' });
    const attempts = [];
    for (let i = 0; i < 60; i++) {
      const controller = new AbortController();
      const { signal } = controller;
      setTimeout(() => controller.abort(reason), Math.random() * 10);
      attempts.push(
        topic.publish(`event ${i}`, { signal, headers: { i: `${i}` } }),
        topic.subscribe({ signal, from: 'first' }).then((each) => take(each, 1000)),
      );
      for (const attempt of attempts.slice(-2)) attempt.catch(() => {}); // looked at below
      if (i % 10 === 0) await delay(2);
    }
    const ends = await Promise.allSettled(attempts);
    for (const { reason: error } of ends) if (error) assert.equal(error.code, 'ABORT_ERR');
    const stored = await allOf(topic);
    const seqs = ends.filter((end, i) => i % 2 === 0 && end.status === 'fulfilled').map(({ value }) => value);
    assert.deepEqual(seqsOf(await take(witness, stored.length)), range(1, stored.length));
    for (const seq of seqs) assert.ok(stored.some((event) => event.seq === seq));
    assert.equal(new Set(stored.map((event) => event.headers.i)).size, stored.length, 'each once at most');
    await witness.free();
    await eventually(() => !handles().some((each) => each.parent === topic.token));
    assert.equal(await codeOf(() => topic.stats()), 'no error');
  });

  test('many subscriptions under one signal: one listener; all of them end', async () => {
    const topic = await context.topic();
    const controller = new AbortController();
    const { signal } = controller;
    const list = await Promise.all(Array.from({ length: 15 }, () => topic.subscribe({ signal })));
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    await Promise.all(list.splice(0, 5).map((each) => each.free()));
    const waits = list.map((each) => assert.rejects(take(each, 1), aborted));
    controller.abort();
    await Promise.all(waits);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    await eventually(() => list.every((each) => each.freed));
  });
};
