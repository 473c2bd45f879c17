'use strict';

// How the classes of the addon become those of the API.

/** Takes methods off a class that only this folder is to call, and returns them. */
function takeOff(target, names) {
  const taken = {};
  for (const name of names) {
    taken[name] = target[name];
    delete target[name];
  }
  return taken;
}

/** Adds methods, and whatever else an object literal may have, as a class would define them. */
function add(target, members) {
  for (const key of Reflect.ownKeys(members)) {
    const found = Object.getOwnPropertyDescriptor(members, key);
    Object.defineProperty(target, key, { ...found, enumerable: false });
  }
}

module.exports = { add, takeOff };
