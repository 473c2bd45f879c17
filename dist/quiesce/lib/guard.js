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
      const bound = native.bindGuard(this.#attachment);
      this.#enter = bound[0];
      this.#leave = bound[1];
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
      if (!this.tryEnter()) throw refused();
      let inside = true;
      try {
        const result = fn();
        if (typeof result?.then !== 'function') return result;
        const settled = leaveAfter(result, this.#leave);
        inside = false;
        return settled;
      } finally {
        if (inside) this.#leave();
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

/** Whatever a thenable does, it is left once; nothing of it is called before leaving is certain. */
async function leaveAfter(thenable, leave) {
  try {
    return await thenable;
  } finally {
    leave();
  }
}

function refused() {
  return new HandleFreedError('ERR_HANDLE_FREED', 'Guard: the handle is freed');
}

function refuseDetached() {
  throw detached({ name: 'Guard' });
}

module.exports = { GuardOp, defineGuard };
