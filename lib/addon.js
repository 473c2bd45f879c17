'use strict';

// One native addon as this thread has it: its members by name, its classes by number, and the functions that
// the shim calls.

const errors = require('./errors.js');
const { setImmediate } = require('node:timers'); // as it is now: a test's fake timers would hold results up
const { make } = require('./handle.js');
const { register } = require('./registry.js');
const { tracing } = require('./trace.js');
const { makeWarner } = require('./warnings.js');

class Addon {
  constructor(native) {
    this.native = native;
    this.constructors = new Map(); // class name -> JS class
    this.borrowing = false; // while attach() wraps
    native.setup({
      error: errors.fromDescription,
      argumentError: (member, index, problem, given) => {
        const { params } = this.members[member];
        return errors.argumentError(this.#label(member), params, index, problem, given);
      },
      wrap: (number, token, attachment) => this.#wrap(number, token, attachment),
      warn: makeWarner(),
      later: () => setImmediate(native.take), // more has completed than one turn of the event loop should take
    });
    if (tracing) native.trace();
    const { id, classes, members } = JSON.parse(native.describe());
    this.classes = classes;
    this.members = members;
    register(id, {
      handles: () => JSON.parse(native.handles()),
      stats: () => JSON.parse(native.stats()),
      freeAll: async (ms) => {
        const { errors: described, ...counts } = JSON.parse(await native.freeAll(ms));
        return { ...counts, errors: described.map(errors.fromDescription) };
      },
    });
  }

  #label(member) {
    const { class: number, name } = this.members[member];
    return `${this.classes[number]}.${name}`;
  }

  /** Makes the wrapper for an attachment; a value of a constructor or method owns its handle, unless borrowing. */
  #wrap(number, token, attachment) {
    const Class = this.constructors.get(this.classes[number]);
    if (!Class) throw new TypeError(`No JS class is defined for ${this.classes[number]}`);
    return make(Class, this, token, attachment, !this.borrowing);
  }

  /** Attaches to a token and returns a wrapper that borrows the handle. A class of undefined takes any. */
  attach(token, className) {
    if (typeof token !== 'number') throw errors.invalidType('token', 'of type number', token);
    this.borrowing = true;
    try {
      return this.native.attach(token, className === undefined ? -1 : this.classes.indexOf(className));
    } finally {
      this.borrowing = false;
    }
  }

  /** The members of a class: [{ name, static, async, params, call }]. */
  membersOf(className) {
    const number = this.classes.indexOf(className);
    return this.members
      .map((member, i) => ({ ...member, call: this.native.members[i] }))
      .filter((member) => member.class === number);
  }
}

module.exports = { Addon };
