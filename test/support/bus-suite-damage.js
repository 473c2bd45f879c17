'use strict';

// Snapshots that are damaged, cut off or foreign, and restores that do not come to their end: nothing is left of them.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { aborted, allOf, bytesOf, codeOf, range, seqsOf } = require('./bus.js');

module.exports = (context) => {
  let bytes;

  async function snapshot() {
    if (bytes) return bytes;
    const topic = await context.topic();
    const events = range(1, 300).map((i) => ({
      data: `event ${i}`,
      headers: i % 2 === 0 ? { i: `${i}` } : undefined,
    }));
    await topic.publishBatch(events);
    bytes = await bytesOf(topic.snapshot());
    return bytes;
  }

  /** The topic has nothing. What was removed may have used its numbers up. */
  async function assertUnused(topic) {
    assert.equal((await topic.stats()).events, 0);
    assert.deepEqual(await topic.read(1, 10), []);
  }

  test('damage anywhere is noticed, and nothing stays', async () => {
    const whole = await snapshot();
    const target = await context.topic();
    for (let round = 0; round < 60; round++) {
      const damaged = Buffer.from(whole);
      const at = round < 30 ? round : Math.floor(Math.random() * whole.length);
      damaged[at] ^= 1 << (round % 8);
      assert.equal(
        await codeOf(() => target.restore([damaged])),
        'ERR_SNAPSHOT_INVALID',
        `bit of byte ${at}`,
      );
      await assertUnused(target);
    }
    assert.equal(await target.restore([whole]), 300);
    assert.equal(await target.publish('next'), 301);
  });

  test('what is cut off, goes on after its end, or is no snapshot at all', async () => {
    const whole = await snapshot();
    const target = await context.topic();
    const cuts = [0, 1, 7, 8, 12, 40, 100, Math.floor(whole.length / 2), whole.length - 8, whole.length - 1];
    const sources = cuts.map((end) => [whole.subarray(0, end)]);
    sources.push([], [new Uint8Array(0)], [whole, Buffer.of(0)], [whole, whole]);
    sources.push([Buffer.from('{"topic":"t"}')], [Buffer.alloc(10_000)], [Buffer.alloc(100_000, 0xff)]);
    sources.push([Buffer.concat([whole.subarray(0, 8), Buffer.alloc(8, 0xff), whole])]);
    for (const source of sources) {
      const error = await target.restore(source).catch((reason) => reason);
      assert.equal(error.code, 'ERR_SNAPSHOT_INVALID', `${source[0]?.length}: ${error.message}`);
      await assertUnused(target);
    }
    assert.equal(await target.restore([whole]), 300);
  });

  test('a source that fails, ends early or gives no bytes: its own error, and nothing stays', async () => {
    const whole = await snapshot();
    const target = await context.topic();
    const failure = new Error('of the source');
    let ended = 0;
    async function* parts(last) {
      try {
        yield whole.subarray(0, 5000);
        await delay(1);
        if (last === failure) throw failure;
        yield last;
        yield whole.subarray(5000);
      } finally {
        ended++;
      }
    }
    await assert.rejects(target.restore(parts(failure)), failure);
    await assertUnused(target);
    for (const wrong of ['text', null, 5, [1], {}]) {
      assert.equal(await codeOf(() => target.restore(parts(wrong))), 'ERR_INVALID_ARG_TYPE', `${wrong}`);
      await assertUnused(target);
    }
    assert.equal(ended, 6, 'each was told to end');
    assert.equal(await target.restore([whole]), 300);
  });

  test('a restore that is aborted, or whose topic is freed, leaves nothing', async () => {
    const whole = await snapshot();
    const name = context.newName();
    const target = await context.bus.topic(name);
    const controller = new AbortController();
    async function* slow(then) {
      yield whole.subarray(0, 9000);
      then();
      yield whole.subarray(9000);
    }
    const reason = new Error('the reason');
    const restoring = target.restore(
      slow(() => controller.abort(reason)),
      { signal: controller.signal },
    );
    await assert.rejects(restoring, { ...aborted, cause: reason });
    await assertUnused(target);
    let freeing;
    const free = () => {
      freeing = target.free();
    };
    assert.equal(await codeOf(() => target.restore(slow(free))), 'ERR_HANDLE_FREED');
    assert.equal(await freeing, 'drained');
    const again = await context.bus.topic(name);
    await assertUnused(again);
    assert.equal(await again.restore([whole]), 300);
    assert.equal(await again.free(), 'drained');
  });

  test('two restores at once, and a publish meanwhile: one of them is the topic, whole', async () => {
    const whole = await snapshot();
    for (const rival of ['restore', 'publish']) {
      const target = await context.topic();
      const slow = async function* () {
        yield whole.subarray(0, 9000);
        await delay(10);
        yield whole.subarray(9000);
      };
      const calls = [target.restore(slow())];
      calls.push(rival === 'restore' ? target.restore(slow()) : delay(5).then(() => target.publish('rival')));
      const ends = await Promise.allSettled(calls);
      const events = await allOf(target);
      for (const { status, reason } of ends) {
        if (status === 'rejected') assert.equal(reason.code, 'ERR_TOPIC_NOT_EMPTY', rival);
      }
      const texts = events.map((event) => event.text());
      const restored = range(1, 300).map((i) => `event ${i}`);
      const isRestored =
        ends[0].status === 'fulfilled' || (rival === 'restore' && ends[1].status === 'fulfilled');
      const mine = rival === 'publish' && ends[1].status === 'fulfilled' ? ['rival'] : [];
      assert.deepEqual(texts, [...(isRestored ? restored : []), ...mine], rival);
      const seqs = seqsOf(events);
      assert.ok(seqs.every((seq, i) => i === 0 || seq > seqs[i - 1]));
    }
  });
};
