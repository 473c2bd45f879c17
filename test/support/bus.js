'use strict';

// What the tests of quiesce/bus share.

const assert = require('node:assert/strict');
const bus = require('../../lib/bus/index.js');

const freed = { name: 'HandleFreedError', code: 'ERR_HANDLE_FREED' };
const aborted = { name: 'AbortError', code: 'ABORT_ERR' };

/** The next `count` items of a subscription, which stays; fewer if it ends. */
async function take(subscription, count) {
  const iterator = subscription[Symbol.asyncIterator]();
  const items = [];
  while (items.length < count) {
    const { done, value } = await iterator.next();
    if (done) break;
    items.push(value);
  }
  return items;
}

const seqsOf = (events) => events.map(({ seq }) => seq);
const textsOf = (events) => events.map((event) => event.text());

/** The numbers from `first` to `last`. */
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** All that is in a topic, from the first event on. */
async function allOf(topic) {
  const { first, last } = await topic.stats();
  return last < first ? [] : topic.read(first, last - first + 1);
}

/** The same by reading in steps, without a gap: number -> text. */
async function contents(topic) {
  const { first, last } = await topic.stats();
  const found = new Map();
  for (let next = first; next <= last; ) {
    const events = await topic.read(next, 10_000);
    assert.ok(events.length > 0, `nothing from ${next} on, of ${last}`);
    for (const event of events) {
      assert.equal(event.seq, next++, 'no gap');
      found.set(event.seq, event.text());
    }
  }
  return found;
}

/** The event as plain values, for comparisons. */
const plain = ({ seq, time, data, headers }) => ({
  seq,
  time: +time,
  data: data.toString('latin1'),
  headers,
});

/** Asserts that nothing but `count` events with these texts from 1 on is in the topic. */
async function assertTexts(topic, texts) {
  const events = await allOf(topic);
  assert.deepEqual(textsOf(events), texts);
  assert.deepEqual(seqsOf(events), texts.length > 0 ? range(1, texts.length) : []);
}

/** The bytes of an iteration, as one Buffer. */
async function bytesOf(iteration) {
  const parts = [];
  for await (const part of iteration) parts.push(part);
  return Buffer.concat(parts);
}

/** The code of the error that a call throws, or rejects with. */
async function codeOf(call) {
  try {
    await call();
  } catch (error) {
    return error.code ?? error.stack;
  }
  return 'no error';
}

module.exports = {
  ...bus,
  aborted,
  allOf,
  assertTexts,
  bytesOf,
  codeOf,
  contents,
  freed,
  plain,
  range,
  seqsOf,
  take,
  textsOf,
};
