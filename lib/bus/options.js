'use strict';

// Checks of what the methods of the bus are given.

const { types } = require('node:util');
const { invalidType, invalidValue, outOfRange } = require('../errors.js');
const { checkOptions, pathOf, signalIn } = require('../options.js');

/** A copy of an object of options that has been checked, with its signal. */
function optionsOf(options, known) {
  if (options === undefined) return {};
  checkOptions(options, known);
  return { ...options, signal: signalIn(options) };
}

function text(name, value) {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value);
  if (value === '') throw invalidValue(name, 'must not be empty', value);
  return value;
}

/** An optional string of an object of options. */
function textOf(options, name, path = `options.${name}`) {
  return options[name] === undefined ? undefined : text(path, options[name]);
}

/** An optional integer from 1 to 2^53 - 1, or to `most`. */
function countOf(options, name, most = Number.MAX_SAFE_INTEGER) {
  return options[name] === undefined ? undefined : count(`options.${name}`, options[name], most);
}

function count(name, value, most = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < 1 || value > most) throw outOfRange(name, `>= 1 and <= ${most}`, value);
  return value;
}

const MAX_MS = 2 ** 42; // more than a hundred years

/** An optional number of ms above 0; what is below a millisecond counts as one. */
function millisecondsOf(options, name) {
  const value = options[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw invalidType(`options.${name}`, 'of type number', value);
  if (!(value > 0 && value <= MAX_MS)) {
    throw outOfRange(`options.${name}`, `> 0 and <= ${MAX_MS} ms`, value);
  }
  return Math.max(1, value);
}

/** An optional path of an object of options. */
function fileOf(options, name, path = `options.${name}`) {
  return options[name] === undefined ? undefined : text(path, pathOf(path, options[name]));
}

const places = ['first', 'last', 'new'];

/** Where a subscription starts: { from, seq, time } as the addon has it. */
function startOf(from) {
  if (from === undefined || places.includes(from)) return { from };
  if (typeof from === 'number') return { from: 'seq', seq: count('options.from', from) };
  if (types.isDate(from)) {
    const time = Date.prototype.getTime.call(from);
    if (!Number.isNaN(time)) return { from: 'time', time };
  }
  throw invalidValue(
    'options.from',
    "must be 'first', 'last', 'new', a sequence number or a valid Date",
    from,
  );
}

/** Leaves out what is undefined, for the addon. */
function given(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

module.exports = { count, countOf, fileOf, given, millisecondsOf, optionsOf, startOf, text, textOf };
