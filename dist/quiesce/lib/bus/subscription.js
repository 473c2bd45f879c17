'use strict';

// The class Subscription: an async iterable of events, or of lists of them.

const { Handle, isHandle } = require('../handle.js');
const { add, takeOff } = require('./complete.js');
const { invalidType, invalidValue } = require('../errors.js');
const { BusEvent, memberOf } = require('./event.js');
const { optionsOf } = require('./options.js');
const { sendPosts } = require('./posts.js');
const { Reader, findInHand } = require('./reader.js');

// Each with the method that stands behind it for the caller.
const natives = {
  take: '[Symbol.asyncIterator]()',
  wait: '[Symbol.asyncIterator]()',
  drain: 'drain',
  ack: 'ack',
  nak: 'nak',
  settings: '[Symbol.asyncIterator]()',
};

/** Adds to the class what the addon's lacks. Returns what Topic needs of it. */
function completeSubscription(Subscription, native) {
  const own = takeOff(Subscription.prototype, natives);
  const readers = new WeakMap();
  const ended = new WeakSet(); // wrappers that have freed or detached themselves

  function readerOf(subscription) {
    let reader = readers.get(subscription);
    if (!reader) {
      const settings = ended.has(subscription) ? {} : own.settings.call(subscription);
      reader = new Reader(native, subscription, own, settings);
      if (ended.has(subscription)) reader.willEnd();
      readers.set(subscription, reader);
    }
    return reader;
  }

  function endsItself(subscription) {
    ended.add(subscription);
    readers.get(subscription)?.willEnd();
  }

  add(Subscription.prototype, {
    [Symbol.asyncIterator]() {
      return readerOf(this);
    },

    end() {
      readerOf(this).end();
    },

    // What was posted before goes out first: the ack may stand for it.
    ack(event) {
      sendPosts();
      return own.ack.call(this, seqOf(event, this));
    },

    nak(event, options) {
      const delay = delayOf(options);
      sendPosts();
      return own.nak.call(this, seqOf(event, this), delay);
    },

    // Where this wrapper ends the subscription, its iteration ends plainly.
    async free(options) {
      const outcome = Handle.prototype.free.call(this, options);
      if (this instanceof Subscription && isHandle(this) && this.freed) endsItself(this); // a proxy of one is none
      return outcome; // it rejects where that is none
    },

    freeSync(options) {
      const outcome = Handle.prototype.freeSync.call(this, options);
      endsItself(this);
      return outcome;
    },

    detach() {
      Handle.prototype.detach.call(this);
      endsItself(this);
    },
  });

  return {
    endBy: (subscription, signal) => readerOf(subscription).endBy(signal),
    findInHand,
    drain: (subscription, options) => own.drain.apply(subscription, options),
  };
}

/** The number of an event; 0, which is nobody's, of one that another subscription has had. Of a number nobody knows. */
function seqOf(event, subscription) {
  if (typeof event === 'number') return event;
  if (!(event instanceof BusEvent)) throw invalidType('event', 'an event or its number', event);
  return memberOf(event)?.token === subscription.token ? event.seq : 0;
}

function delayOf(options) {
  const { delay = 0 } = optionsOf(options, ['delay']);
  if (typeof delay !== 'number') throw invalidType('options.delay', 'of type number', delay);
  if (!(delay >= 0 && delay <= 2 ** 42)) {
    throw invalidValue('options.delay', 'must be a number of ms that is not negative', delay);
  }
  return delay;
}

module.exports = { completeSubscription };
