'use strict';

// Makes the JS class of a native one, from the description of its members. A method cannot forget the guard:
// all that it does is to pass its token through the door.

const { callAsync } = require('./calls.js');
const { argumentsOf, resultOf, takeCallbacks } = require('./convert.js');
const { Handle, makeOwn, tokenOf } = require('./handle.js');
const { isPlain, signalIn, signalOf } = require('./options.js');
const { siteOf, tracing } = require('./trace.js');

/** The class `name` of an addon, with all of its members as methods. */
function defineClass(addon, name) {
  const members = addon.membersOf(name);
  const construct = members.find((each) => each.construct);
  const Class = construct ? constructible(addon, name, construct) : { [name]: class extends Handle {} }[name];
  for (const member of members) {
    if (member !== construct)
      define(member.static ? Class : Class.prototype, member.name, methodOf(addon, Class, member));
  }
  define(Class, 'attach', (token) => addon.attach(token, name));
  addon.constructors.set(name, Class);
  return Class;
}

/** A class whose constructor is a member. */
function constructible(addon, name, member) {
  const call = takeCallbacks(addon, member);
  const convert = argumentsOf(addon, member)?.all ?? ((args) => args);
  return {
    [name]: class extends Handle {
      constructor(...args) {
        makeOwn(addon, () => {
          const converted = convert(args); // may run the caller's getters
          return addon.open(() => call(...converted), name);
        });
        super();
      }
    },
  }[name];
}

/** The functions of an addon that belong to no class. */
function defineFunctions(addon, target) {
  for (const member of addon.functions()) define(target, member.name, methodOf(addon, Handle, member), true);
}

function define(target, name, value, enumerable = false) {
  Object.defineProperty(value, 'name', { value: name });
  Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true });
}

function methodOf(addon, Class, member) {
  const native = { ...member, call: takeCallbacks(addon, member) };
  const convert = argumentsOf(addon, member);
  const finish = resultOf(addon, member);
  if (member.async) return asyncMethod(addon, Class, native, convert, finish);
  if (member.yields !== undefined) return streamMethod(Class, native, convert, finish);
  const method = syncMethod(Class, native, convert, finish);
  return tracing ? tracedMethod(addon, method) : method;
}

function syncMethod(Class, { call, static: isStatic }, convert, finish) {
  const method = convert
    ? convertingMethod(Class, call, isStatic, convert)
    : plainMethod(Class, call, isStatic);
  if (!finish) return method;
  return function (...args) {
    return finish(method.apply(this, args));
  };
}

/** Few arguments are passed on one by one: to spread a list takes V8 a third of the time of a whole call. */
function plainMethod(Class, call, isStatic) {
  if (isStatic) return (...args) => (args.length === 1 ? call(args[0]) : call(...args));
  return function (...args) {
    const token = tokenOf(this, Class);
    switch (args.length) {
      case 0:
        return call(token);
      case 1:
        return call(token, args[0]);
      case 2:
        return call(token, args[0], args[1]);
      case 3:
        return call(token, args[0], args[1], args[2]);
      default:
        return call(token, ...args);
    }
  };
}

function convertingMethod(Class, call, isStatic, { all, each }) {
  if (isStatic) return (...args) => call(...all(args));
  if (!each || each.length > 3) {
    return function (...args) {
      return call(tokenOf(this, Class), ...all(args));
    };
  }
  const [first, second, third] = each;
  return function (...args) {
    const token = tokenOf(this, Class);
    if (args.length !== each.length) return call(token, ...all(args));
    const a = first(args[0]);
    if (!second) return call(token, a);
    const b = second(args[1]);
    return third ? call(token, a, b, third(args[2])) : call(token, a, b);
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

/** A method that returns a promise: whatever goes wrong, it is that which is rejected. */
function asyncMethod(addon, Class, member, convert, finish) {
  const takeSignal = signalTaker(member);
  const start = syncMethod(Class, member, convert);
  async function startAndFinish(handle, args, signal, site) {
    const token = member.static ? [] : [tokenOf(handle, Class)];
    const converted = convert ? convert.all(args) : args;
    const result = await callAsync(addon.native, member.call, [...token, ...converted], signal);
    if (site && result instanceof Handle) addon.native.setSite(result.token, site);
    return finish ? finish(result) : result;
  }
  return function method(...args) {
    try {
      const signal = takeSignal(args);
      if (signal || finish || tracing) {
        return startAndFinish(this, args, signal, tracing && siteOf(method));
      }
      return start.apply(this, args);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** A method that returns an async iterator. Wrong arguments are thrown at once. */
function streamMethod(Class, member, convert, finish) {
  const takeSignal = signalTaker(member);
  const open = syncMethod(Class, member, convert);
  return function (...args) {
    const signal = takeSignal(args);
    return finish(open.apply(this, args), signal);
  };
}

/** Makes the function that finds the signal: among the member's own options, or in an object after its arguments. */
function signalTaker({ params }) {
  const last = params.length - 1;
  if (params[last]?.options) return (args) => (isOptions(args[last]) ? signalIn(args[last]) : undefined);
  const required = params.filter((each) => !each.optional && !each.rest).length;
  const most = params[last]?.rest ? Infinity : params.length;
  return (args) => takeSignal(args, required, most);
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
  return 'signal' in value || isPlain(value);
}

module.exports = { defineClass, defineFunctions };
