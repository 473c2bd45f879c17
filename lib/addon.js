'use strict';

// One native addon as this thread has it: its members by name, its classes by number, and the functions that
// the shim calls. What only some addons need is loaded when one does: a file takes a third of a millisecond.

const errors = require('./errors.js');
const { setImmediate } = require('node:timers'); // as it is now: a test's fake timers would hold results up
const { Handle, make } = require('./handle.js');
const { register } = require('./registry.js');
const { tracing } = require('./trace.js');
const { makeWarner } = require('./warnings.js');

const CONTRACT = 1; // what the native half has to agree on; describe.go has the same

const loaded = []; // by this copy of the package

class Addon {
  #callbacks;
  #shapes;

  constructor(native) {
    this.native = native;
    this.constructors = new Map(); // class name -> JS class
    this.borrowing = false; // while attach() wraps
    this.opening = false; // while a constructor's member runs
    this.beforeFree = () => {}; // what this thread still has to do with handles before one is freed or detached
    this.listening = 0; // what the native side has been asked to tell; see channels.js
    this.refused = false; // set when the shim refuses an argument
    const { id, contract, version, classes, members, types } = JSON.parse(native.describe());
    if (contract !== CONTRACT) throw mismatch(version);
    native.setup({
      error: errors.fromDescription,
      argumentError: (...found) => this.#refuse(...found),
      wrap: (number, token, attachment, borrowed) => this.#wrap(number, token, attachment, borrowed),
      warn: makeWarner(),
      callback: (number, ...values) => this.callbacks.deliver(number, ...values),
      later: () => setImmediate(native.take), // more has completed than one turn of the event loop should take
    });
    if (tracing) native.trace();
    this.classes = classes;
    this.members = members;
    this.types = types;
    loaded.push(this);
    register(id, {
      handles: () => JSON.parse(native.handles()),
      stats: () => JSON.parse(native.stats()),
      survey: (limit) => JSON.parse(native.survey(limit)),
      freeAll: async (ms) => {
        this.beforeFree();
        require('./channels.js').listen(this);
        const { errors: described, ...counts } = JSON.parse(await native.freeAll(ms));
        return { ...counts, errors: described.map(errors.fromDescription) };
      },
    });
  }

  /** The functions of this thread that Go may call. */
  get callbacks() {
    if (!this.#callbacks) {
      const { Callbacks } = require('./callbacks.js');
      this.#callbacks = new Callbacks();
    }
    return this.#callbacks;
  }

  /** The shapes of values that cross encoded. */
  get shapes() {
    if (!this.#shapes) {
      const { Shapes } = require('./schema.js');
      this.#shapes = new Shapes(this.types);
    }
    return this.#shapes;
  }

  #label(member) {
    const { class: number, name, construct } = this.members[member];
    if (construct) return `new ${this.classes[number]}`;
    return number < 0 ? name : `${this.classes[number]}.${name}`;
  }

  /** Makes the error for an argument that the shim refuses; Go has not been called then. */
  #refuse(member, index, problem, given) {
    const { opening, borrowing } = this;
    this.opening = this.borrowing = false; // to describe what was given may run a getter
    try {
      return errors.argumentError(this.#label(member), this.members[member], index, problem, given);
    } finally {
      Object.assign(this, { opening, borrowing, refused: true });
    }
  }

  /** Makes the wrapper for an attachment; a value of a constructor or method owns its handle, unless borrowing. */
  #wrap(number, token, attachment, borrowed) {
    if (this.opening) return [token, attachment, !borrowed];
    const Class = this.constructors.get(this.classes[number]);
    if (!Class) throw new TypeError(`No JS class is defined for ${this.classes[number]}`);
    return make(Class, this, token, attachment, !this.borrowing && !borrowed);
  }

  /** Has a member open a handle, for a constructor: returns what its wrapper needs. */
  open(call, className) {
    this.opening = true;
    try {
      const opened = call();
      if (opened !== null) return opened;
    } finally {
      this.opening = false;
    }
    throw errors.nilResult(`new ${className}`);
  }

  /** Attaches to a token and returns a wrapper that borrows the handle. A class of undefined takes any. */
  attach(token, className) {
    if (typeof token !== 'number')
      throw errors.invalidType('token', 'of type number, what handle.token gives', token);
    this.borrowing = true;
    try {
      return this.native.attach(token, className === undefined ? -1 : this.classes.indexOf(className));
    } finally {
      this.borrowing = false;
    }
  }

  /** The members of a class: [{ name, static, async, params, call }]. */
  membersOf(className) {
    return this.#membersOfNumber(this.classes.indexOf(className));
  }

  /** The functions that belong to no class, likewise. */
  functions() {
    return this.#membersOfNumber(-1);
  }

  #membersOfNumber(number) {
    return this.members
      .map((member, i) => ({ ...member, call: this.native.members[i] }))
      .filter((member) => member.class === number);
  }
}

function mismatch(version = 'of another version') {
  const { version: ours } = require('../package.json');
  const message =
    `This addon was built by Quiesce ${version} and does not go with the Quiesce ${ours} that is installed. ` +
    'Build it again with this one, or install the one that has built it.';
  const error = new Error(message);
  error.code = 'ERR_ADDON_VERSION';
  return error;
}

/** Attaches to a handle of any class of any addon that this thread has loaded. */
function attachAny(token) {
  let unknown;
  for (const addon of loaded) {
    try {
      return addon.attach(token);
    } catch (error) {
      if (error.code !== 'ERR_HANDLE_INVALID') throw error;
      unknown = error;
    }
  }
  throw unknown ?? errors.invalidType('token', 'of type number, what handle.token gives', token);
}

Object.defineProperty(Handle, 'attach', { value: attachAny, writable: true, configurable: true });

module.exports = { Addon };
