'use strict';

// The base of every handle: the wrapper that JS holds of something native. It keeps an attachment, whose
// finalizer gives it back when the wrapper is collected.

const { inspect } = require('node:util');
const { HandleFreedError, coded, invalidThis } = require('./errors.js');
const { deadlineOf, finiteDeadlineOf, ttlOf } = require('./options.js');
const { siteOf, tracing } = require('./trace.js');

const outcomes = ['drained', 'already-freeing', 'timed-out'];

const dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose');
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose');

let channels; // loaded with the first handle

let making; // what the next constructor call is given; handles are made only here

/** Makes a wrapper of the class around an attachment. */
function make(Class, addon, token, attachment, owner) {
  making = { addon, token, attachment, owner };
  try {
    return new Class();
  } finally {
    making = undefined;
  }
}

/** Has the constructor call that follows open a handle of its own, unless make() is under way. */
function makeOwn(addon, open) {
  if (making) return;
  const [token, attachment, owner = true] = open();
  making = { addon, token, attachment, owner };
}

let tokenOf;
let isHandle;
let attachmentOf;
let nativeOf;

class Handle {
  #addon;
  #token;
  #attachment; // undefined once detached
  #owner;

  static {
    tokenOf = (handle, Class) => {
      if (typeof handle !== 'object' || handle === null || !(#attachment in handle))
        throw invalidThis(Class.name);
      if (handle.#attachment === undefined) throw detached(handle.constructor);
      return handle.#token;
    };
    isHandle = (value) => #token in value;
    attachmentOf = (handle) => handle.#attachment;
    nativeOf = (handle) => {
      tokenOf(handle, Handle);
      return handle.#addon.native;
    };
  }

  constructor() {
    if (!making) {
      throw coded(
        TypeError,
        'ERR_ILLEGAL_CONSTRUCTOR',
        `Illegal constructor: a ${new.target.name} comes from a static method, attach() or another object`,
      );
    }
    const { addon, token, attachment, owner } = making;
    making = undefined;
    this.#addon = addon;
    this.#token = token;
    this.#attachment = attachment;
    this.#owner = owner;
    if (tracing && owner) addon.native.setSite(token, siteOf(new.target));
    channels ??= require('./channels.js');
    channels.listen(addon);
    if (owner) channels.tellOpen(addon, token, new.target); // the last step: a subscriber may do anything
  }

  get token() {
    if (!(#token in this)) throw invalidThis('Handle');
    return this.#token;
  }

  get freed() {
    if (!(#token in this)) throw invalidThis('Handle');
    return this.#addon.native.isFreed(this.#token);
  }

  async free(options) {
    const native = nativeOf(this);
    const ms = deadlineOf(options);
    this.#addon.beforeFree();
    const tell = channels.watchFree(this.#addon, this.#token, this.constructor, 'free');
    try {
      const outcome = outcomes[await native.free(this.#token, ms)];
      tell?.(outcome);
      return outcome;
    } catch (error) {
      tell?.('drained', error);
      throw error;
    }
  }

  freeSync(options) {
    const native = nativeOf(this);
    const ms = finiteDeadlineOf(options);
    this.#addon.beforeFree();
    const tell = channels.watchFree(this.#addon, this.#token, this.constructor, 'freeSync');
    try {
      const outcome = outcomes[native.freeSync(this.#token, ms)];
      tell?.(outcome);
      return outcome;
    } catch (error) {
      tell?.('drained', error);
      throw error;
    }
  }

  detach() {
    if (!(#token in this)) throw invalidThis('Handle');
    if (this.#attachment === undefined) return;
    this.#addon.beforeFree(); // it may be the last attachment
    channels.listen(this.#addon);
    this.#addon.native.detach(this.#attachment);
    this.#attachment = undefined;
  }

  share(options) {
    const native = nativeOf(this);
    native.share(this.#token, ttlOf(options));
    return this.#token;
  }

  [dispose]() {
    if (!(#token in this)) throw invalidThis('Handle');
    if (this.#attachment === undefined) return;
    if (this.#owner && !this.freed) {
      this.free().catch(() => {}); // the release failed: the handle is gone all the same
    } else if (!this.#owner) {
      this.detach();
    }
  }

  async [asyncDispose]() {
    if (!(#token in this)) throw invalidThis('Handle');
    if (this.#attachment === undefined) return;
    if (!this.#owner) this.detach();
    else if (!this.freed) await this.free();
  }

  [inspect.custom](depth, options) {
    if (!(#token in this)) return `[${this.constructor?.name ?? 'Handle'} prototype]`;
    const name = this.constructor.name;
    if (depth < 0) return options.stylize(`[${name}]`, 'special');
    const state = this.#attachment === undefined ? 'detached' : this.freed ? 'freed' : 'open';
    const shown = { token: this.#token, state, owner: this.#owner };
    return `${name} ${inspect(shown, options)}`;
  }
}

function detached({ name }) {
  return new HandleFreedError('ERR_HANDLE_FREED', `This wrapper of a ${name} was detached`);
}

module.exports = { Handle, asyncDispose, attachmentOf, detached, dispose, isHandle, make, makeOwn, tokenOf };
