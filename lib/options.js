'use strict';

// Checks of the arguments and options that several methods take.

const { fileURLToPath } = require('node:url');
const { invalidType, invalidValue } = require('./errors.js');

const DEFAULT_DEADLINE = 5000;
const DEFAULT_TTL = 30000;

/**
 * Refuses what is no object of options, and one that is unknown: a slip of the pen is not to leave the default in its
 * place. Values are not told, for they may be secret.
 */
function checkOptions(options, known, name = 'options') {
  if (options === null || typeof options !== 'object') {
    throw invalidType(name, 'of type object', options, { secret: true });
  }
  if (isSignal(options)) throw invalidType(name, 'an object that has the signal, as { signal }', options);
  const keys = Object.keys(options);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const text = `${known.length > 1 ? 'are' : 'is'} ${known.join(', ')}`;
  throw invalidValue(name, `has an unknown property "${unknown}"; known ${text}`, keys);
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

/** A path, or the path of a URL. What the system would take for its end is no part of one. */
function pathOf(name, value) {
  const path = value instanceof URL ? fileURLToPath(value) : value;
  if (typeof path !== 'string') throw invalidType(name, 'of type string or an instance of URL', value);
  if (path.includes('\0')) throw invalidValue(name, 'must not have a null byte', value);
  return path;
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

module.exports = { checkOptions, deadlineOf, finiteDeadlineOf, isPlain, pathOf, signalIn, signalOf, ttlOf };
