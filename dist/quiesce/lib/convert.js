'use strict';

// What must be done to the arguments of a member before Node-API can read them, and to its result afterwards.

const { viewOfShared } = require('./calls.js');
const { invalidType, nilResult } = require('./errors.js');
const { iterate } = require('./iterator.js');
const { isHandle, tokenOf } = require('./handle.js');

const identity = (value) => value;

/**
 * What is done to a member's arguments: { all, each }, functions for the list and, where no parameter takes the rest of
 * it, for each of them. Undefined where nothing is.
 */
function argumentsOf(addon, { params }) {
  const each = params.map((param) => argumentOf(addon, param));
  if (each.every((one) => one === identity)) return undefined;
  const last = params.length - 1;
  const all = (args) => args.map((value, i) => (each[i] ?? identity)(value));
  if (!params[last].rest) return { all, each };
  return { all: (args) => all(args.length < last ? args : [...args.slice(0, last), args.slice(last)]) };
}

function argumentOf(addon, param) {
  const convert = converters[param.kind]?.(addon, param) ?? identity;
  if (!param.optional || convert === identity) return convert;
  return (value) => (value === undefined ? value : convert(value));
}

const converters = {
  any: () => viewOfShared,
  bytes: () => viewOfShared,
  data: () => viewOfShared,
  handle: (addon, param) => (value) => {
    const Class = addon.constructors.get(param.class);
    if (!(value instanceof Class) || !isHandle(value)) {
      throw invalidType(param.name, `an instance of ${param.class}`, value);
    }
    return tokenOf(value, Class);
  },
  encoded(addon, param) {
    const codec = addon.shapes.codec(param.schema);
    return (value) => codec.encode(value, param.name);
  },
  // Checked here; takeCallbacks() gives it a number when all arguments have been found good.
  callback: (_addon, param) => (value) => {
    if (typeof value !== 'function') throw invalidType(param.name, 'of type function', value);
    return value;
  },
};

/** Makes the native call of a member that takes functions: they are kept until Go has let go of them. */
function takeCallbacks(addon, { params, call, static: isStatic }) {
  const taken = params.flatMap(({ kind, args }, i) =>
    kind === 'callback'
      ? [{ i: isStatic ? i : i + 1, read: addon.callbacks.reader(addon.shapes, args) }]
      : [],
  );
  if (taken.length === 0) return call;
  return (...args) => {
    const given = taken.filter(({ i }) => i < args.length);
    for (const { i, read } of given) args[i] = addon.callbacks.add(args[i], read);
    addon.refused = false;
    try {
      return call(...args);
    } catch (error) {
      if (addon.refused) for (const { i } of given) addon.callbacks.remove(args[i]); // Go has not seen them
      throw error;
    }
  };
}

/** Makes the function for a member's result; none, for most members. */
function resultOf(addon, { class: number, name, makes, returns, yields }) {
  if (makes) return (handle) => notNull(handle, `${addon.classes[number]}.${name}`);
  if (yields !== undefined) {
    const { decode } = addon.shapes.codec({ list: yields });
    return (handle, signal) => iterate(addon, handle, decode, signal);
  }
  if (returns === undefined) return undefined;
  const { decode } = addon.shapes.codec(returns);
  return (bytes) => decode(bytes);
}

function notNull(handle, label) {
  if (handle === null) throw nilResult(label);
  return handle;
}

module.exports = { argumentsOf, resultOf, takeCallbacks };
