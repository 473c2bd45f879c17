'use strict';

// Iteration over what Go produces: an async iterator that fetches in batches. The stream that it fetches from is a
// handle of its own, a child of the one whose method made it.

const { AbortError } = require('./errors.js');
const { Handle, asyncDispose, tokenOf } = require('./handle.js');
const { onAbort } = require('./signals.js');

const CLASS = 'AsyncIterator'; // package typed registers it

/** Defines the class of the streams, for an addon that has some. */
function defineStreams(addon) {
  if (!addon.classes.includes(CLASS)) return;
  addon.constructors.set(CLASS, { [CLASS]: class extends Handle {} }[CLASS]);
  [{ call: addon.nextOfStreams }] = addon.membersOf(CLASS);
}

const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);

const forgetful = new FinalizationRegistry((forget) => forget());

class BatchIterator {
  #handle;
  #fetch;
  #batch = [];
  #at = 0;
  #over = false; // ended, failed or given up
  #abortion; // what next() has still to tell of
  #last = Promise.resolve(); // of the calls of next(), which take turns
  #waiting = 0; // of them
  #forget; // takes the listener off the signal

  constructor(handle, fetch, signal) {
    this.#handle = handle;
    this.#fetch = fetch;
    if (!signal) return;
    const itself = new WeakRef(this); // one that is dropped is collected, also while its signal lives on
    this.#forget = onAbort(signal, () => itself.deref()?.#abort(signal.reason));
    forgetful.register(this, this.#forget);
    if (signal.aborted) this.#abort(signal.reason);
  }

  /** The next item. Calls that overlap are answered in their order. */
  async next() {
    if (this.#waiting === 0 && this.#at < this.#batch.length) return this.#item();
    this.#waiting++;
    const turn = this.#last.then(() => this.#step());
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** Gives the iteration up: cancels what produces it, and waits for its end. */
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

  get [Symbol.toStringTag]() {
    return CLASS;
  }

  async #step() {
    if (this.#at < this.#batch.length) return this.#item();
    let batch = null;
    try {
      if (!this.#over) batch = await this.#fetch();
    } catch (error) {
      if (!this.#over) {
        await this.#end();
        throw error;
      }
    }
    this.#throwAbortion();
    if (batch === null || this.#over) {
      await this.#end();
      return { done: true, value: undefined };
    }
    this.#batch = batch;
    this.#at = 0;
    return this.#item();
  }

  #item() {
    return { done: false, value: this.#batch[this.#at++] };
  }

  #abort(reason) {
    if (this.#over) return;
    this.#abortion = new AbortError(undefined, undefined, { cause: reason });
    this.#end().catch(() => {});
  }

  #throwAbortion() {
    const error = this.#abortion;
    this.#abortion = undefined;
    if (error) throw error;
  }

  async #end() {
    this.#over = true;
    this.#batch = [];
    this.#at = 0;
    this.#forget?.();
    this.#forget = undefined;
    await this.#handle.free();
  }
}

Object.setPrototypeOf(BatchIterator.prototype, AsyncIteratorPrototype);

/** Makes the iterator of a stream. */
function iterate(addon, handle, decode, signal) {
  const member = addon.nextOfStreams;
  const token = tokenOf(handle, Handle);
  const fetch = async () => {
    const bytes = await member(token);
    return bytes === null ? null : decode(bytes);
  };
  return new BatchIterator(handle, fetch, signal);
}

module.exports = { CLASS, defineStreams, iterate };
