'use strict';

// The functions of this thread that Go may call, by number, until it lets go of them.

const { AsyncResource } = require('node:async_hooks');

class Callbacks {
  #all = new Map();
  #last = 0;

  /** Makes the function that turns what Go sends into arguments, by their schemas. */
  reader(shapes, schemas = []) {
    if (schemas.length === 1 && typeof schemas[0] === 'string') return (value) => [value]; // crossed as it is
    return shapes.tuple(schemas);
  }

  /** Keeps a function, in the async context of now, and returns its number. */
  add(fn, read) {
    this.#last++;
    this.#all.set(this.#last, { fn, read, resource: new AsyncResource('QuiesceCallback') });
    return this.#last;
  }

  remove(number) {
    this.#all.delete(number);
  }

  /** What the shim calls: with a value to call, without one to let go. What it throws is uncaught. */
  deliver = (number, ...values) => {
    if (values.length === 0) {
      this.remove(number);
      return;
    }
    const callback = this.#all.get(number);
    if (callback === undefined) return;
    const { fn, read, resource } = callback;
    resource.runInAsyncScope(fn, undefined, ...read(values[0]));
  };
}

module.exports = { Callbacks };
