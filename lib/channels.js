'use strict';

// What is told by node:diagnostics_channel. It is loaded with a thread's first handle. The channels are kept here: Node
// holds one that nobody refers to weakly, and a look at it would be a search by its name.

const { channel } = require('node:diagnostics_channel');

const open = channel('quiesce:open');
const free = channel('quiesce:free');
const timeout = channel('quiesce:timeout');
const leak = channel('quiesce:leak');

// What an env may listen for; door/listen.go has the same.
const FREES = 1;
const TIMEOUTS = 2;

/**
 * Has the native side tell this thread what somebody here has subscribed to, and nothing else. There is no event for a
 * subscription, so it is looked at with each wrapper that is made and before each free.
 */
function listen(addon) {
  const wanted = (free.hasSubscribers ? FREES : 0) | (timeout.hasSubscribers ? TIMEOUTS : 0);
  if (wanted === addon.listening) return;
  addon.native.listen(wanted);
  addon.listening = wanted;
}

/** The name by which handles() has the class, also of one that a user has derived from it. */
function nameOf(addon, Class) {
  for (let each = Class; typeof each === 'function'; each = Object.getPrototypeOf(each)) {
    if (addon.constructors.get(each.name) === each) return each.name;
  }
  return String(Class?.name); // an object whose constructor somebody has replaced
}

function tellOpen(addon, token, Class) {
  if (open.hasSubscribers) open.publish({ token, class: nameOf(addon, Class) });
}

/** Begins to watch a free; returns what tells of its end, or undefined where nobody listens. */
function watchFree(addon, token, Class, by) {
  listen(addon);
  if (!free.hasSubscribers) return undefined;
  const begun = performance.now();
  return (outcome, error) => {
    if (error && error.code !== 'ERR_RELEASE_FAILED') return; // nothing was freed
    const message = { token, class: nameOf(addon, Class), by, outcome, duration: performance.now() - begun };
    free.publish(error ? { ...message, error } : message);
  };
}

module.exports = { free, leak, listen, tellOpen, timeout, watchFree };
