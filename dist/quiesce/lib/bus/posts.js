'use strict';

// Posting. The first post of a turn goes to Go at once; those that follow in the same turn are gathered, and go there
// together: when there are enough, before anything else is done with a bus, and at the end of the turn at the latest.

const { Batch, bytesOf } = require('./records.js');

const ENOUGH = 16 << 10; // bytes

const gathering = new Set(); // the Posts of this thread that may have something
let isScheduled = false;
let isAtExit = false;
let latest; // the Posts that took the last event: another wrapper of the same topic is not to overtake it
const { queueMicrotask } = globalThis; // as it is now

/** Sends what this thread has gathered. */
function sendPosts() {
  for (const posts of gathering) posts.send();
}

/** The same before a handle is freed or detached: the next post is to notice. */
function endTurn() {
  isScheduled = false;
  for (const posts of gathering) {
    if (posts.endTurn()) gathering.delete(posts);
  }
}

/** Waits until what was gathered and refused for lack of room is sent too. Throws what went wrong with posts. */
async function flushPosts() {
  sendPosts();
  for (const posts of gathering) {
    await posts.sent();
    posts.throwFailure();
  }
}

class Posts {
  #topic;
  #own;
  #limits;
  #batch;
  #isGathering = false;
  #hasRoom = true;
  #sending; // a promise, while what was refused waits for room
  #failure; // of what was gathered: for whoever asks next
  #later; // posts may not be stored yet when they have gone to Go
  #isUnsettled = false; // there may be such ones that nobody waits for
  #isSettling = false;

  constructor(topic, own, limits, later) {
    this.#topic = topic;
    this.#own = own;
    this.#limits = limits;
    this.#later = later;
    this.#batch = new Batch(limits, 4096);
  }

  /** Takes an event; whether there is room for more. */
  post(data) {
    const bytes = bytesOf(data);
    if (latest !== this) sendPosts();
    latest = this;
    if (!this.#isGathering) {
      this.#hasRoom = this.#pass('post', bytes);
      this.#gather();
      return this.#hasRoom;
    }
    if (this.#batch.length >= ENOUGH) this.send();
    this.throwFailure();
    this.#batch.addData(bytes);
    return this.#hasRoom;
  }

  /** Takes an event that has headers or an id. */
  postWith(data, options) {
    const batch = new Batch(this.#limits, 4096);
    batch.add(data, options, 'options', 'data');
    sendPosts();
    this.throwFailure();
    return this.#pass('postBatch', batch.bytes);
  }

  /** Sends what was gathered. What is refused for lack of room stays, to be sent again. */
  send() {
    if (this.#batch.length === 0) return;
    try {
      this.#hasRoom = this.#pass('postBatch', this.#batch.bytes);
    } catch (error) {
      this.#hasRoom = false;
      this.#failure = error;
      if (error.code === 'ERR_BUS_OVERLOADED') {
        this.#sending ??= this.#sendLater();
        return;
      }
    }
    this.#batch.begin(this.#limits);
  }

  /** Throws what went wrong with posts that have returned, once. */
  throwFailure() {
    const error = this.#failure;
    this.#failure = undefined;
    if (error) throw error;
  }

  /** Waits for room, and sends what was refused. Nobody has to wait for it. */
  async #sendLater() {
    try {
      await this.#own.drain.call(this.#topic);
    } catch {} // freed: then sending fails, and says why
    this.#sending = undefined;
    this.#failure = undefined; // it was told, or comes again
    this.send();
  }

  /** Waits until nothing that was refused is left. */
  async sent() {
    while (this.#sending) await this.#sending;
  }

  /** Sends; whether nothing is left to be sent or told. */
  endTurn() {
    this.send();
    this.#isGathering = this.#batch.length > 0;
    return !this.#isGathering && this.#failure === undefined;
  }

  /** Gives bytes to Go; whether there is room for more. */
  #pass(method, bytes) {
    const hasRoom = this.#own[method].call(this.#topic, bytes);
    if (this.#later) this.#settle();
    return hasRoom;
  }

  /** Keeps the process alive until what was posted is stored, or has failed. */
  async #settle() {
    this.#isUnsettled = true;
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      while (this.#isUnsettled) {
        this.#isUnsettled = false;
        await this.#own.settle.call(this.#topic);
      }
    } catch {} // freed or detached
    this.#isSettling = false;
  }

  #gather() {
    this.#isGathering = true;
    gathering.add(this);
    if (!isScheduled) queueMicrotask(endTurn);
    isScheduled = true;
    if (!isAtExit) process.on('exit', sendPosts);
    isAtExit = true;
  }
}

module.exports = { Posts, endTurn, flushPosts, sendPosts };
