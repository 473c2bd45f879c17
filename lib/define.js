'use strict';

// Makes the JS class of a native one, from the description of its members. A method cannot forget the guard:
// all that it does is to pass its token through the door.

const { types } = require('node:util');
const { callAsync } = require('./calls.js');
const { invalidType } = require('./errors.js');
const { Handle, tokenOf } = require('./handle.js');
const { signalOf } = require('./options.js');
const { siteOf, tracing } = require('./trace.js');

/** The class `name` of an addon, with all of its members as methods. */
function defineClass(addon, name) {
  const Class = { [name]: class extends Handle {} }[name];
  for (const member of addon.membersOf(name)) {
    define(member.static ? Class : Class.prototype, member.name, methodOf(addon, Class, member));
  }
  define(Class, 'attach', (token) => addon.attach(token, name));
  addon.constructors.set(name, Class);
  return Class;
}

function define(target, name, value) {
  Object.defineProperty(value, 'name', { value: name });
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

function methodOf(addon, Class, member) {
  const convert = converterOf(addon, member);
  if (member.async) return asyncMethod(addon, Class, member, convert);
  const method = syncMethod(Class, member, convert);
  return tracing ? tracedMethod(addon, method) : method;
}

function syncMethod(Class, { call, static: isStatic }, convert) {
  if (isStatic) return (...args) => call(...convert(args));
  return function (...args) {
    return call(tokenOf(this, Class), ...convert(args));
  };
}

/** The same method; a handle that it opens remembers the caller as its place. */
function tracedMethod(addon, method) {
  return function traced(...args) {
    const result = method.apply(this, args);
    if (result instanceof Handle) addon.native.setSite(result.token, siteOf(traced));
    return result;
  };
}

function asyncMethod(addon, Class, member, convert) {
  const { call, params } = member;
  const required = params.filter((each) => !each.optional).length;
  return async function method(...args) {
    const signal = takeSignal(args, required, params.length);
    const token = member.static ? [] : [tokenOf(this, Class)];
    const site = tracing && siteOf(method);
    const result = await callAsync(addon.native, call, [...token, ...convert(args)], signal);
    if (site && result instanceof Handle) addon.native.setSite(result.token, site);
    return result;
  };
}

/** Takes the options off the end of the arguments: after all that are required, a plain object. */
function takeSignal(args, required, most) {
  if (args.length <= required) return undefined;
  const last = args[args.length - 1];
  if (last === undefined && args.length > most) args.pop();
  if (!isOptions(last)) return undefined;
  args.pop();
  return signalOf(last);
}

function isOptions(value) {
  if (value === null || typeof value !== 'object' || value instanceof Handle) return false;
  return !ArrayBuffer.isView(value) && !types.isAnyArrayBuffer(value); // of any realm
}

/** Bytes in a bare SharedArrayBuffer, which Node-API cannot look into, become a view of it. */
function viewOfShared(value) {
  return types.isSharedArrayBuffer(value) ? new Uint8Array(value) : value;
}

const identity = (args) => args;

/** What must be done to the arguments before Node-API can read them; nothing, for most members. */
function converterOf(addon, { params }) {
  if (!params.some(({ kind }) => ['any', 'bytes', 'data', 'handle'].includes(kind))) return identity;
  return (args) => args.map((value, i) => convertOne(addon, params[i], value));
}

function convertOne(addon, param, value) {
  if (param?.kind !== 'handle') return viewOfShared(value);
  if (value === undefined && param.optional) return value;
  const Class = addon.constructors.get(param.class);
  if (!(value instanceof Class)) throw invalidType(param.name, `an instance of ${param.class}`, value);
  return tokenOf(value, Class);
}

module.exports = { defineClass, viewOfShared };
