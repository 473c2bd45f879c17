'use strict';

// Listening to signals. Each has one listener of ours, however many ops it may abort: Node warns of more than ten.

const heard = new WeakMap(); // signal -> its Ear

/** Calls `call` when the signal aborts. Returns the function that takes it back. Throws what the signal throws. */
function onAbort(signal, call) {
  const ear = heard.get(signal) ?? new Ear(signal);
  ear.calls.add(call);
  return () => {
    ear.calls.delete(call);
    if (ear.calls.size === 0) ear.close();
  };
}

class Ear {
  calls = new Set();
  #signal;
  #abort = () => {
    this.close();
    for (const call of this.calls) {
      try {
        call();
      } catch {} // a reason that throws: the others are to hear of the abort all the same
    }
  };

  constructor(signal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort, { once: true });
    heard.set(signal, this);
  }

  close() {
    if (heard.get(this.#signal) === this) heard.delete(this.#signal);
    this.#signal.removeEventListener('abort', this.#abort);
  }
}

module.exports = { onAbort };
