'use strict';

// Checks of the options that several methods take.

const { invalidType, invalidValue } = require('./errors.js');

const DEFAULT_DEADLINE = 5000;
const DEFAULT_TTL = 30000;

/** An object of options, none of them unknown: a slip of the pen is not to leave the default in its place. */
function checkOptions(options, known) {
  if (options === null || typeof options !== 'object')
    throw invalidType('options', 'of type object', options);
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const text = known.length > 1 ? `known are ${known.join(', ')}` : `known is ${known[0]}`;
  throw invalidValue('options', `has an unknown property "${unknown}"; ${text}`, options);
}

/** A number of ms: not NaN, not negative. Infinity is for the caller to judge. */
function milliseconds(name, value) {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!(value >= 0)) throw invalidValue(name, 'must be a number of ms that is not negative', value);
  return value;
}

/** The deadline in ms: default 5000, 0 = look once, Infinity = no limit. */
function deadlineOf(options = {}) {
  checkOptions(options, ['deadline']);
  const { deadline = DEFAULT_DEADLINE } = options;
  return milliseconds('options.deadline', deadline);
}

/** The same for a thread that blocks meanwhile: it must end by itself. */
function finiteDeadlineOf(options) {
  const deadline = deadlineOf(options);
  if (deadline === Infinity) {
    throw invalidValue(
      'options.deadline',
      'must be finite: a thread blocked for ever cannot be terminated',
      deadline,
    );
  }
  return deadline;
}

/** How long a share is kept, in ms: default 30 000. */
function ttlOf(options = {}) {
  checkOptions(options, ['ttl']);
  const { ttl = DEFAULT_TTL } = options;
  if (milliseconds('options.ttl', ttl) === Infinity) {
    throw invalidValue('options.ttl', 'must be finite: nobody could give it back', ttl);
  }
  return ttl;
}

/** Whether it is an object as braces make it, in any realm. */
function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether it can be used as one: also an AbortSignal of another realm, or a polyfill's. */
function isSignal(value) {
  return (
    value !== null &&
    typeof value === 'object' &&
    'aborted' in value &&
    typeof value.addEventListener === 'function' &&
    typeof value.removeEventListener === 'function'
  );
}

/** The AbortSignal in options that were checked already, or undefined. */
function signalIn({ signal }) {
  if (signal !== undefined && !isSignal(signal)) {
    throw invalidType('options.signal', 'an instance of AbortSignal', signal);
  }
  return signal;
}

/** The AbortSignal in options that may have nothing else. */
function signalOf(options = {}) {
  checkOptions(options, ['signal']);
  return signalIn(options);
}

module.exports = { checkOptions, deadlineOf, finiteDeadlineOf, isPlain, signalIn, signalOf, ttlOf };
