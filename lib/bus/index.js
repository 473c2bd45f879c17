'use strict';

// The entry `quiesce/bus`. It loads an addon of its own, which `quiesce` does not. index.d.ts documents it.

const { Addon } = require('../addon.js');
const errors = require('../errors.js');
const { exportsOf } = require('../exports.js');
const { Handle } = require('../handle.js');
const { loadOwn } = require('../load.js');
const { freeAll, handles, metrics, stats } = require('../overview.js');
const { completeBus } = require('./bus.js');
const { BusEvent } = require('./event.js');
const { endTurn } = require('./posts.js');
const { completeSubscription } = require('./subscription.js');
const { completeTopic } = require('./topic.js');

const addon = new Addon(loadOwn('bus/bus.node'));
addon.beforeFree = endTurn;

// The classes as `quiesce build bus` has made them. What they lack is added here, in place: so that attach() and the
// methods that open one of them give the same classes.
const { Bus, Restore, Subscription, Topic } = exportsOf(addon);
const subscriptions = completeSubscription(Subscription, addon.native);
completeTopic(Topic, Restore, subscriptions);
completeBus(Bus);

module.exports = {
  AbortError: errors.AbortError,
  Bus,
  BusEvent,
  GoPanicError: errors.GoPanicError,
  Handle,
  HandleFreedError: errors.HandleFreedError,
  HandleInvalidError: errors.HandleInvalidError,
  HandleLimitError: errors.HandleLimitError,
  HandleTypeError: errors.HandleTypeError,
  QuiesceError: errors.QuiesceError,
  ReleaseFailedError: errors.ReleaseFailedError,
  Subscription,
  Topic,
  WouldDeadlockError: errors.WouldDeadlockError,
  freeAll,
  handles,
  metrics,
  stats,
};
