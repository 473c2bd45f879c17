'use strict';

// The bare guard: for things that Quiesce does not own, such as a file descriptor's number, a pointer that
// another FFI library uses, or a region of a SharedArrayBuffer.

const { HandleFreedError, invalidThis, invalidType } = require('./errors.js');
const { Handle, attachmentOf, detached, dispose, makeOwn } = require('./handle.js');

/** One enter of a guard; leaving it twice does nothing. */
class GuardOp {
  #guard;

  constructor(guard) {
    this.#guard = guard;
  }

  leave() {
    const guard = this.#guard;
    this.#guard = undefined;
    guard?.leave();
  }

  [dispose]() {
    this.leave();
  }
}

/** Makes the class Guard of an addon. */
function defineGuard(addon) {
  const { native } = addon;

  class Guard extends Handle {
    #attachment; // keeps alive what #enter and #leave are bound to, also once it is detached
    #enter;
    #leave;

    constructor() {
      makeOwn(addon, native.openGuard);
      super();
      this.#attachment = attachmentOf(this);
      [this.#enter, this.#leave] = native.bindGuard(this.#attachment);
    }

    static attach(token) {
      return addon.attach(token, 'Guard');
    }

    tryEnter() {
      if (!(#enter in this)) throw invalidThis('Guard');
      return this.#enter();
    }

    leave() {
      if (!(#enter in this)) throw invalidThis('Guard');
      this.#leave();
    }

    enter() {
      if (!this.tryEnter()) throw refused();
      return new GuardOp(this);
    }

    run(fn) {
      if (typeof fn !== 'function') throw invalidType('fn', 'of type function', fn);
      const op = this.enter();
      let pending = false;
      try {
        const result = fn();
        pending = typeof result?.then === 'function';
        return pending ? Promise.resolve(result).finally(() => op.leave()) : result;
      } finally {
        if (!pending) op.leave();
      }
    }

    detach() {
      super.detach();
      this.#enter = refuseDetached;
    }
  }
  addon.constructors.set('Guard', Guard);
  return Guard;
}

function refused() {
  return new HandleFreedError('ERR_HANDLE_FREED', 'Guard: the handle is freed');
}

function refuseDetached() {
  throw detached({ name: 'Guard' });
}

module.exports = { GuardOp, defineGuard };
