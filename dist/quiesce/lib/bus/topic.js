'use strict';

// The class Topic: publishing, reading, subscribing, snapshots.

const { markAsUntransferable } = require('node:worker_threads');
const { AbortError, invalidType, invalidValue } = require('../errors.js');
const { signalOf } = require('../options.js');
const { add, takeOff } = require('./complete.js');
const { Page } = require('./event.js');
const { count, countOf, given, millisecondsOf, optionsOf, startOf, textOf } = require('./options.js');
const { Posts, sendPosts } = require('./posts.js');
const { Batch, bytesOf, isData, numbersFrom, numbersOf, withBatch } = require('./records.js');

const subscribeNames = ['from', 'group', 'batch', 'maxInFlight', 'ackWait', 'lost', 'signal'];
const MOST_IN_FLIGHT = 65536;
const READ_BYTES = 1 << 20; // of one page of read()

// Each with the method that stands behind it for the caller.
const natives = {
  append: '.publish()',
  appendBatch: '.publishBatch()',
  drain: 'drain',
  facts: '',
  feeds: '.drain()',
  post: 'post',
  postBatch: '.post()',
  publish: 'publish',
  read: 'read',
  settle: '.post()',
  snapshot: 'snapshot',
  startRestore: '.restore()',
  stats: 'stats',
  subscribe: 'subscribe',
};

function checkSignal(signal) {
  if (signal?.aborted) throw new AbortError(undefined, undefined, { cause: signal.reason });
}

function needsGroup(name, value) {
  return invalidValue(`options.${name}`, 'needs "group" beside it', value);
}

/** The arguments that options are. */
function argumentsOf(options) {
  return options === undefined ? [] : [options];
}

/** The option `lost`: whether a plain subscription goes on after events that it has not seen. */
function skipsLost(lost, group) {
  if (lost !== undefined && group !== undefined) {
    throw invalidValue('options.lost', 'is for a subscription without "group"', lost);
  }
  if (lost === undefined || lost === 'error') return undefined;
  if (lost === 'skip') return true;
  throw invalidValue('options.lost', "must be 'error' or 'skip'", lost);
}

/** Adds to the class what the addon's lacks. */
function completeTopic(Topic, Restore, subscriptions) {
  const own = takeOff(Topic.prototype, natives);
  const restoring = takeOff(Restore.prototype, { commit: 'commit', wait: 'wait', write: 'write' });

  const known = new WeakMap(); // wrapper -> what never changes, and its posts

  function factsOf(topic) {
    let facts = known.get(topic);
    if (!facts) {
      const { name, maxEvent, later } = own.facts.call(topic);
      const limits = { name, most: maxEvent };
      facts = { limits, posts: new Posts(topic, own, limits, later) };
      known.set(topic, facts);
    }
    return facts;
  }

  /** Stores a batch by the way that every backend has. */
  async function store(topic, batch, signal) {
    const options = signal && [{ signal }];
    return numbersOf(await own.publish.call(topic, batch, ...(options ?? [])));
  }

  function feeds(topic, subscription) {
    try {
      return own.feeds.call(topic, subscription);
    } catch {
      return false; // one of them is freed
    }
  }

  /**
   * Waits for room. Who publishes in the loop over a group of the very topic is not to wait for himself: then it is room
   * beside that one.
   */
  async function drain(topic, options) {
    const mine = subscriptions.findInHand((each) => feeds(topic, each));
    try {
      if (mine) return await subscriptions.drain(mine, options);
    } catch (error) {
      if (error.code !== 'ERR_HANDLE_FREED' || topic.freed) throw error; // the loop is over
    }
    return own.drain.apply(topic, options);
  }

  /** Waits for room, after what was published is stored: whatever ends the wait, that is so. */
  async function waitForRoom(topic, signal) {
    try {
      await drain(topic, signal ? [{ signal }] : []);
    } catch {} // freed, or aborted
  }

  /** Stores a batch at once where that can be, and keeps the publisher back while subscribers are far behind. */
  async function publishAll(topic, batch, count, signal) {
    const stored = own.appendBatch.call(topic, batch);
    if (stored.length === 0) return store(topic, batch, signal);
    const seqs = numbersOf(stored);
    const hasRoom = seqs.pop() === 1; // after the numbers
    if (!hasRoom) await waitForRoom(topic, signal);
    return seqs.length === count ? seqs : numbersFrom(seqs[0], count); // they follow each other
  }

  async function restore(topic, source, signal) {
    const chunks = (source[Symbol.asyncIterator] ?? source[Symbol.iterator]).call(source);
    if (typeof chunks?.next !== 'function') throw invalidType('source', 'iterable', source);
    const target = own.startRestore.call(topic);
    const options = signal ? [{ signal }] : [];
    let fail = () => {};
    restoring.wait.call(target, ...options).catch((error) => fail(error)); // aborted or freed: a source may stall
    const next = () =>
      new Promise((resolve, reject) => {
        fail = reject;
        Promise.resolve(chunks.next()).then(resolve, reject);
      });
    let isDone = false;
    try {
      for (;;) {
        const step = await next();
        if (step === null || typeof step !== 'object') throw invalidType('source', 'iterable', source);
        const { done, value } = step;
        isDone = done;
        if (done) return await restoring.commit.call(target, ...options);
        const bytes = typeof value === 'string' ? undefined : bytesOf(value, 'source');
        if (bytes === undefined) throw invalidType('source', 'a stream of bytes', value);
        await restoring.write.call(target, bytes, ...options);
      }
    } finally {
      fail = () => {};
      if (!isDone) giveUp(chunks);
      await target.free();
    }
  }

  /** Ends an iteration; nobody is to hear how that goes. */
  async function giveUp(chunks) {
    try {
      await chunks.return?.();
    } catch {}
  }

  add(Topic.prototype, {
    get name() {
      return factsOf(this).limits.name;
    },

    get maxEventBytes() {
      return factsOf(this).limits.most;
    },

    async publish(data, options) {
      if (options === undefined) {
        const bytes = bytesOf(data);
        sendPosts();
        const seq = own.append.call(this, bytes);
        if (seq > 0) return seq;
        if (seq < 0) {
          await waitForRoom(this);
          return -seq;
        }
      }
      const { signal, ...rest } = optionsOf(options, ['headers', 'id', 'signal']);
      const batch = new Batch(factsOf(this).limits, 4096);
      batch.add(data, rest, 'options', 'data');
      checkSignal(signal);
      sendPosts();
      const [seq] = await publishAll(this, batch.bytes, 1, signal);
      return seq;
    },

    async publishBatch(events, options) {
      if (!Array.isArray(events)) throw invalidType('events', 'an instance of Array', events);
      const { signal } = optionsOf(options, ['signal']);
      const { limits } = factsOf(this);
      checkSignal(signal);
      sendPosts();
      if (events.length > 0) {
        return withBatch(events, limits, (bytes, count) => publishAll(this, bytes, count, signal));
      }
      own.facts.call(this); // of a topic that is freed it is an error all the same
      return [];
    },

    post(data, options) {
      const { posts } = factsOf(this);
      if (options === undefined) return posts.post(data);
      return posts.postWith(data, optionsOf(options, ['headers', 'id']));
    },

    async drain(options) {
      sendPosts();
      factsOf(this).posts.throwFailure();
      return drain(this, argumentsOf(options));
    },

    async stats(options) {
      sendPosts();
      return own.stats.call(this, ...argumentsOf(options));
    },

    snapshot(options) {
      sendPosts();
      return own.snapshot.call(this, ...argumentsOf(options));
    },

    async read(seq, most = 1, options = undefined) {
      const { signal } = optionsOf(options, ['signal']);
      sendPosts();
      const events = [];
      for (let next = count('seq', seq), left = count('count', most); left > 0; ) {
        const args = [next, left, READ_BYTES, ...(signal ? [{ signal }] : [])];
        const bytes = await own.read.call(this, ...args);
        markAsUntransferable(bytes.buffer); // as the blocks of a subscription
        const page = new Page(bytes);
        if (page.isDone) break;
        const found = page.take(left);
        events.push(...found);
        left -= found.length;
        next = found[found.length - 1].seq + 1;
      }
      return events;
    },

    async subscribe(options) {
      const { signal, ...rest } = optionsOf(options, subscribeNames);
      const group = textOf(rest, 'group');
      const batch = countOf(rest, 'batch', MOST_IN_FLIGHT);
      const maxInFlight = countOf(rest, 'maxInFlight', MOST_IN_FLIGHT);
      const ackWait = millisecondsOf(rest, 'ackWait');
      if (ackWait !== undefined && group === undefined) throw needsGroup('ackWait', ackWait);
      const skipLost = skipsLost(rest.lost, group);
      // A queue of work is not to begin with what is published after its first worker has come.
      const from = rest.from === undefined && group !== undefined ? 'first' : rest.from;
      sendPosts();
      const opened = await own.subscribe.call(
        this,
        given({ ...startOf(from), group, batch, maxInFlight, ackWait, skipLost, signal }),
      );
      try {
        if (signal) subscriptions.endBy(opened, signal);
      } catch (error) {
        await opened.free();
        throw error; // the signal's
      }
      return opened;
    },

    async restore(source, options) {
      const signal = signalOf(options);
      if (isData(source)) {
        throw invalidType(
          'source',
          'a stream of bytes, or a list of them: wrap a single one, as [source]',
          source,
        );
      }
      if (
        typeof source?.[Symbol.asyncIterator] !== 'function' &&
        typeof source?.[Symbol.iterator] !== 'function'
      ) {
        throw invalidType('source', 'an async iterable of bytes, such as a stream', source);
      }
      return restore(this, source, signal);
    },
  });
}

module.exports = { completeTopic };
