'use strict';

// The errors. Each has a stable `code`, which is the contract; the classes are for people, and two copies of
// the package have two sets of them.

const { inspect } = require('node:util');

/** What every error of Quiesce's own is an instance of, but for TypeErrors and RangeErrors. */
class QuiesceError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
}

class HandleFreedError extends QuiesceError {}
class HandleInvalidError extends QuiesceError {}
class WouldDeadlockError extends QuiesceError {}
class NotEnteredError extends QuiesceError {}
class HandleLimitError extends QuiesceError {}
class ReleaseFailedError extends QuiesceError {}

/** A Go panic, or a goroutine that ended itself. `goStack` is the stack on Go's side. */
class GoPanicError extends QuiesceError {}

/** A token of another class. */
class HandleTypeError extends TypeError {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }
}

/** An op that its signal has aborted; `cause` is the signal's reason. */
class AbortError extends Error {
  constructor(code = 'ABORT_ERR', message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.code = code;
  }
}

const classes = new Map([
  ['ERR_HANDLE_FREED', HandleFreedError],
  ['ERR_HANDLE_INVALID', HandleInvalidError],
  ['ERR_HANDLE_TYPE', HandleTypeError],
  ['ERR_WOULD_DEADLOCK', WouldDeadlockError],
  ['ERR_NOT_ENTERED', NotEnteredError],
  ['ERR_HANDLE_LIMIT', HandleLimitError],
  ['ERR_RELEASE_FAILED', ReleaseFailedError],
  ['ERR_GO_PANIC', GoPanicError],
  ['ABORT_ERR', AbortError],
]);

for (const Class of [QuiesceError, ...classes.values()]) {
  Object.defineProperty(Class.prototype, 'name', { value: Class.name, writable: true, configurable: true });
}

const builtins = { TypeError, RangeError };

/** Makes an error of the description that the native side sends as JSON, or of one already parsed. */
function fromDescription(description) {
  const parsed = typeof description === 'string' ? JSON.parse(description) : description;
  return build(parsed, fromDescription);
}

function build({ code, name, message, cause, errors, ...rest }, caller) {
  const options = cause && { cause: build(cause, caller) };
  const Known = classes.get(code);
  const error = Known ? new Known(code, message, options) : plain(code, name, message, options);
  for (const [key, value] of Object.entries(rest)) error[key] = value;
  if (errors) error.errors = errors.map((each) => build(each, caller));
  Error.captureStackTrace(error, caller);
  return error;
}

function plain(code, name, message, options) {
  const Class = builtins[name] ?? Error;
  const error = new Class(message, options);
  if (code) error.code = code;
  if (name && Class === Error) Object.defineProperty(error, 'name', { value: name, configurable: true });
  return error;
}

let outermost; // what the stacks of errors made now should not show

/** Runs a function that may make errors deep inside: their stacks begin with whoever called `above`. */
function hideBelow(above, fn) {
  const before = outermost;
  outermost = above;
  try {
    return fn();
  } finally {
    outermost = before;
  }
}

function coded(Class, code, message, caller) {
  const error = new Class(message);
  error.code = code;
  Error.captureStackTrace(error, outermost ?? caller);
  return error;
}

/** What Node calls an ERR_INVALID_ARG_TYPE. `expected` reads "of type number" or "an instance of X". */
function invalidType(name, expected, given, { secret = false } = {}) {
  const message = `The "${name}" argument must be ${expected}. Received ${received(given, secret)}`;
  return coded(TypeError, 'ERR_INVALID_ARG_TYPE', message, invalidType);
}

function invalidValue(name, requirement, given) {
  const message = `The "${name}" argument ${requirement}. Received ${show(given)}`;
  return coded(TypeError, 'ERR_INVALID_ARG_VALUE', message, invalidValue);
}

function outOfRange(name, requirement, given) {
  const message = `The value of "${name}" is out of range. It must be ${requirement}. Received ${show(given)}`;
  return coded(RangeError, 'ERR_OUT_OF_RANGE', message, outOfRange);
}

function nilResult(label) {
  const message = `${label}() made no object: its Go function returned nil`;
  return coded(Error, 'ERR_NIL_RESULT', message, nilResult);
}

function invalidThis(className) {
  const message = `The value of "this" must be a ${className} that was opened or attached`;
  return coded(TypeError, 'ERR_INVALID_THIS', message, invalidThis);
}

function received(value, secret) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object') return `type ${typeof value}${secret ? '' : ` (${show(value)})`}`;
  const name = value.constructor?.name;
  return typeof name === 'string' && name ? `an instance of ${name}` : inspect(value, { depth: -1 });
}

function show(value) {
  const text = inspect(value, { depth: 0 });
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const kinds = {
  any: 'undefined, null, or of type boolean, number, bigint, string, ArrayBuffer or a view of one',
  boolean: 'of type boolean',
  number: 'of type number',
  integer: 'of type number',
  bigint: 'of type bigint, or a safe integer',
  string: 'of type string',
  bytes: 'an instance of ArrayBuffer, SharedArrayBuffer, Buffer, TypedArray or DataView',
  data: 'of type string or an instance of ArrayBuffer, SharedArrayBuffer, Buffer, TypedArray or DataView',
  handle: 'a handle',
  uint64: 'of type bigint, or a safe integer',
  date: 'an instance of Date',
  encoded: 'encoded', // not by way of a class: only a caller of the native functions sees it
  callback: 'of type function',
};

const ranges = {
  integer: '>= -(2 ** 53 - 1) and <= 2 ** 53 - 1',
  bigint: 'a bigint >= -(2n ** 63n) and < 2n ** 63n, or a safe integer',
  float32: 'within what 32 bits can hold',
  int8: '>= -128 and <= 127',
  int16: '>= -32768 and <= 32767',
  int32: '>= -2147483648 and <= 2147483647',
  uint8: '>= 0 and <= 255',
  uint16: '>= 0 and <= 65535',
  uint32: '>= 0 and <= 4294967295',
  uint: '>= 0 and <= 2 ** 53 - 1',
  uint64: 'a bigint >= 0 and < 2n ** 64n, or a safe integer',
  date: 'a valid date',
  duration: 'a number of ms within 292 years',
};

// What the shim finds wrong with an argument, in the order of its numbers; see shim.h.
const problems = [missing, tooMany, wrongType, notInteger, beyond, noMemory];

/** Makes the error for argument `index` of a member; `problem` is one of the shim's numbers. */
function argumentError(label, { params, ...member }, index, problem, given) {
  const error = problems[problem](params[index], given, label, params, index, member);
  Error.captureStackTrace(error, argumentError);
  return error;
}

function missing(param, _given, label) {
  return coded(
    TypeError,
    'ERR_MISSING_ARGS',
    `${label}(): the "${param.name}" argument must be specified`,
    missing,
  );
}

function tooMany(_param, _given, label, params, count, { async: isAsync, yields }) {
  const names = params.map((each) => each.name).join(', ');
  const most = params.length === 0 ? 'no arguments' : `at most ${params.length} (${names})`;
  const joined = params.length === 0 ? 'but' : 'and';
  const takes = isAsync || yields !== undefined ? `${most} ${joined} an object with a signal` : most;
  return coded(TypeError, 'ERR_TOO_MANY_ARGS', `${label}() takes ${takes}, not ${count}`, tooMany);
}

function wrongType(param, given) {
  return invalidType(param.name, kinds[param.kind] ?? 'of type number', given);
}

function notInteger(param, given) {
  return outOfRange(param.name, 'an integer', given);
}

function beyond(param, given) {
  return outOfRange(param.name, ranges[param.kind] ?? ranges.bigint, given);
}

function noMemory(param) {
  const message = `No memory for the "${param.name}" argument`;
  return coded(Error, 'ERR_MEMORY_ALLOCATION_FAILED', message, noMemory);
}

module.exports = {
  AbortError,
  GoPanicError,
  HandleFreedError,
  HandleInvalidError,
  HandleLimitError,
  HandleTypeError,
  NotEnteredError,
  QuiesceError,
  ReleaseFailedError,
  WouldDeadlockError,
  argumentError,
  coded,
  fromDescription,
  hideBelow,
  invalidThis,
  invalidType,
  invalidValue,
  nilResult,
  outOfRange,
};
