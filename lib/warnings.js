'use strict';

// What a user should hear of though no call failed: warnings, and messages for those who subscribe.

const { fromDescription } = require('./errors.js');
const { tracing } = require('./trace.js');

const texts = {
  leak: ({ class: name }) =>
    `A ${name} was collected that nobody had freed; its resource is released now. Call free(), or dispose of it; share() keeps it for another thread${tracing ? '' : '. QUIESCE_TRACE=1 tells where it was opened'}`,
  share: ({ class: name, token }) => `A share of the ${name} ${token} expired before anybody attached to it`,
  timeout: ({ class: name, token, ops = [] }) =>
    `Freeing the ${name} ${token} timed out; it is released when these leave: ${ops.map(describeOp).join(', ') || 'unknown'}`,
  overflow: ({ class: name, limit }) =>
    `A callback of ${name}() was called while ${limit} calls of it, or 16 MiB, waited for this thread; that call was dropped, and others may be`,
};

const codes = {
  leak: 'QUIESCE_LEAK',
  share: 'QUIESCE_SHARE_EXPIRED',
  timeout: 'QUIESCE_TIMEOUT',
  overflow: 'QUIESCE_CALLBACK_OVERFLOW',
};

function describeOp({ method, count, age }) {
  return `${count > 1 ? `${count} x ` : ''}${method} (${Math.round(age)} ms)`;
}

/** Publishes what there is a channel for: each leak, and each time-out, though not all of them are warned of. */
function publish({ kind, token, class: name, site, ops = [], by, outcome, duration, error }) {
  const channel = require('./channels.js')[kind];
  if (!channel?.hasSubscribers) return;
  const message = { token, class: name };
  if (kind === 'timeout') message.ops = ops;
  if (kind === 'free') Object.assign(message, { by, outcome, duration });
  if (error) message.error = fromDescription(error);
  if (site) message.site = site;
  channel.publish(message);
}

/** Makes the function that the shim calls with a warning as JSON. A leak is warned of once for each class, a time-out only when tracing. */
function makeWarner() {
  const leaked = new Set();
  return (json) => {
    const warning = JSON.parse(json);
    const { kind, class: name, site } = warning;
    publish(warning);
    if (kind === 'free') return;
    if (kind === 'timeout' && !tracing) return;
    if (kind === 'leak') {
      if (leaked.has(name)) return;
      leaked.add(name);
    }
    process.emitWarning(texts[kind](warning), {
      type: 'QuiesceWarning',
      code: codes[kind],
      detail: site ? `Opened:\n${site}` : undefined,
    });
  };
}

module.exports = { makeWarner };
