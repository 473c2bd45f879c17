'use strict';

// How the classes of the addon become those of the API.

/**
 * Takes methods off a class that only this folder is to call, and returns them. `names` are theirs, each with that of
 * the method that its caller has called, if that is another one: for errors.
 */
function takeOff(target, names) {
  const taken = {};
  for (const [name, called] of Object.entries(names)) {
    taken[name] = called === name ? target[name] : renamed(target[name], `.${name}()`, called);
    delete target[name];
  }
  return taken;
}

/** The same method, but for its name in messages. */
function renamed(method, name, called) {
  const rename = (error) => {
    const message = String(error?.message);
    if (!message.includes(name)) return error;
    error.message = message.replace(name, called);
    error.stack = error.stack.replace(message, error.message);
    return error;
  };
  return function (...args) {
    try {
      const result = method.apply(this, args);
      if (!(result instanceof Promise)) return result;
      return result.catch((error) => {
        throw rename(error);
      });
    } catch (error) {
      throw rename(error);
    }
  };
}

/** Adds methods, and whatever else an object literal may have, as a class would define them. */
function add(target, members) {
  for (const key of Reflect.ownKeys(members)) {
    const found = Object.getOwnPropertyDescriptor(members, key);
    Object.defineProperty(target, key, { ...found, enumerable: false });
  }
}

module.exports = { add, takeOff };
