'use strict';

// Iteration over a subscription. Pages are taken at once where there are some; only where there are none does it wait.

const { AbortError } = require('../errors.js');
const { asyncDispose } = require('../handle.js');
const { onAbort } = require('../signals.js');
const { setImmediate } = require('node:timers/promises'); // as it is now: a test's fake timers would hold it up
const { markAsUntransferable } = require('node:worker_threads');
const { Page } = require('./event.js');

// Bytes of the first block of a subscription; each next one is twice as large. Lists are to be as long as they may: with
// `batch` the first block is a large one.
const LEAST_BLOCK = 4 << 10;
const MOST_BLOCK = 128 << 10; // but for events that need more; with half of it, fan-out was 7 % slower
const PLENTY = 65536; // events in a page: what it has room for
const TURN = 10; // ms, more or less, after which the event loop gets its turn
const LOOK = 64; // events from one look at the clock to the next

const { performance } = globalThis;
const now = () => performance.now();

const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);

const empty = new Page(Buffer.alloc(0));

const forgetful = new FinalizationRegistry((forget) => forget());

const readers = new Set(); // WeakRefs of those of this thread that are not over
let handOf; // the member of a group whose reader's last events are still in hand: nobody has asked for more

/** A member for which `is` is true, of those whose reader has events in hand: it takes no more meanwhile. */
function findInHand(is) {
  for (const each of readers) {
    const reader = each.deref();
    const member = reader && handOf(reader);
    if (member && is(member)) return member;
  }
  return undefined;
}

class Reader {
  #native; // functions of the addon
  #subscription;
  #own;
  #member; // what acks and naks the events of a group
  #batch;
  #most; // events to take at once
  #page = empty;
  #block = empty.bytes; // into which pages go, one behind the other
  #used = 0; // of it
  #turn = now(); // when the event loop had its last turn
  #handed = 0; // events since the last look
  #isOver = false;
  #wake; // ends the wait of now
  #endsItself = false; // this wrapper, not somebody else, has freed the subscription
  #abortion; // what next() has still to tell of
  #forget; // takes the listener off the signal
  #last = Promise.resolve(); // of the calls of next(), which take turns
  #waiting = 0; // of them
  #itself = new WeakRef(this);
  #isInHand = false; // what was handed out last

  static {
    handOf = (reader) => (reader.#isInHand ? reader.#member : undefined);
  }

  constructor(native, subscription, own, { batch, group }) {
    this.#native = native;
    this.#subscription = subscription;
    this.#own = own;
    this.#batch = batch;
    // Of a group no more is taken than is handed out: the time to ack it runs from here.
    this.#most = batch > 0 ? batch : group ? 1 : PLENTY;
    if (group) this.#member = subscription;
    const itself = this.#itself;
    readers.add(itself);
    forgetful.register(this, () => readers.delete(itself));
  }

  /** The next event, or list of events. Calls that overlap are answered in their order. */
  next() {
    this.#isInHand = false;
    if (this.#waiting > 0) return this.#queue();
    try {
      if (this.#isReady()) return Promise.resolve({ done: false, value: this.#value() });
    } catch (error) {
      return this.#fail(error);
    }
    return this.#queue();
  }

  /** Ends the subscription: what was not acked goes back to its group. */
  async return(value) {
    this.#abortion = undefined;
    await this.#end();
    return { done: true, value: await value };
  }

  async throw(error) {
    await this.return();
    throw error;
  }

  async [asyncDispose]() {
    await this.return();
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  get [Symbol.toStringTag]() {
    return 'AsyncIterator';
  }

  /** Ends the iteration, and leaves the subscription: what was handed out can still be acked. */
  end() {
    this.#isOver = true;
    this.#page = empty;
    this.#stopListening();
    this.#wake?.();
  }

  /** The wrapper was freed or detached by its own methods. */
  willEnd() {
    this.#endsItself = true;
    this.#page = empty;
    this.#stopListening();
    this.#wake?.(); // a wait that is detached would keep the subscription open
  }

  /** Has a signal end the subscription. It does not keep one that is dropped. */
  endBy(signal) {
    const itself = this.#itself;
    this.#forget = onAbort(signal, () => itself.deref()?.#abort(signal.reason));
    forgetful.register(this, this.#forget);
    if (signal.aborted) this.#abort(signal.reason);
  }

  /** Whether there is something to hand out, in this turn of the event loop. */
  #isReady() {
    if (this.#isOver || this.#isLong()) return false;
    if (this.#page.isDone) this.#take();
    return !this.#page.isDone;
  }

  /** Whether the event loop had no turn for long. */
  #isLong() {
    if (this.#batch === 0 && ++this.#handed < LOOK) return false;
    this.#handed = 0;
    return now() - this.#turn > TURN;
  }

  /** Takes a page, if there is one. Its events keep the block alive. */
  #take() {
    this.#page = empty;
    if (this.#used >= this.#block.length / 2) this.#renew(this.#batch > 0 ? MOST_BLOCK : LEAST_BLOCK);
    for (;;) {
      const size = this.#own.take.call(this.#subscription, this.#block, this.#used, this.#most);
      if (size === 0) return;
      if (size > 0) {
        this.#page = new Page(this.#block, this.#member, this.#used, this.#used + size);
        this.#used += size;
        return;
      }
      this.#renew(-size); // what the next event needs
    }
  }

  #renew(least) {
    this.#block = Buffer.allocUnsafeSlow(Math.max(least, Math.min(this.#block.length * 2, MOST_BLOCK)));
    markAsUntransferable(this.#block.buffer); // who transfers an event's buffer would take the other events along
    this.#used = 0;
  }

  /** Waits until there may be something, or for end(). */
  #wait() {
    const native = this.#native;
    const before = native.lastCall();
    const waiting = this.#own.wait.call(this.#subscription);
    const call = native.lastCall();
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        this.#wake = undefined;
        if (call !== before) native.abort(call);
        resolve();
      };
      waiting.then(resolve, reject);
    });
  }

  #value() {
    this.#isInHand = true;
    return this.#batch > 0 ? this.#page.take(this.#batch) : this.#page.next();
  }

  #queue() {
    this.#waiting++;
    const turn = this.#last.then(() => this.#step());
    this.#last = turn.catch(() => {});
    return turn.finally(() => this.#waiting--);
  }

  async #pause() {
    await setImmediate();
    this.#turn = now();
  }

  async #step() {
    try {
      if (now() - this.#turn > TURN) await this.#pause();
      while (!this.#isOver && this.#page.isDone) {
        this.#take();
        if (!this.#page.isDone) break;
        await this.#wait();
        this.#turn = now();
      }
    } catch (error) {
      return this.#fail(error);
    }
    this.#throwAbortion();
    return this.#isOver ? { done: true, value: undefined } : { done: false, value: this.#value() };
  }

  /** What a failure means for the iteration: events that were lost end it, but not the subscription. */
  async #fail(error) {
    this.#throwAbortion();
    const isEnd = this.#isOver || (error.code === 'ERR_HANDLE_FREED' && this.#endsItself);
    if (!isEnd) throw error;
    this.#isOver = true;
    this.#stopListening();
    return { done: true, value: undefined };
  }

  #throwAbortion() {
    const error = this.#abortion;
    this.#abortion = undefined;
    if (error) throw error;
  }

  #abort(reason) {
    if (this.#isOver) return;
    this.#abortion = new AbortError(undefined, undefined, { cause: reason });
    this.#end().catch(() => {});
  }

  async #end() {
    this.#isOver = true;
    this.#page = empty;
    this.#stopListening();
    if (!this.#subscription.freed) await this.#subscription.free();
  }

  #stopListening() {
    readers.delete(this.#itself);
    this.#forget?.();
    this.#forget = undefined;
  }
}

Object.setPrototypeOf(Reader.prototype, AsyncIteratorPrototype);

module.exports = { Reader, findInHand };
