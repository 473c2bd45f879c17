'use strict';

// What is told by the channels of node:diagnostics_channel, in a child process.

const { expectChild } = require('./bodies.js');

/** Runs a body in a child whose events are collected: it gets the kit with `events` and `listen(name)`. */
function watch(body, options) {
  return expectChild(
    `async (kit) => {
      const diagnostics = require('node:diagnostics_channel');
      const kept = []; // Bun forgets the subscribers of a channel that nobody refers to
      const channel = (name) => {
        kept.push(diagnostics.channel(name));
        return kept.at(-1);
      };
      const events = [];
      const listen = (...names) => {
        for (const name of names) {
          channel('quiesce:' + name).subscribe((message, from) => {
            const error = message.error && { code: message.error.code, cause: message.error.cause?.message };
            events.push([from.slice(8), { ...message, ...(error && { error }) }]);
          });
        }
      };
      const named = (name) => events.filter(([each]) => each === name).map(([, message]) => message);
      kit.print(await (${body})(Object.assign(kit, { channel, events, listen, named })));
    }`,
    options,
  );
}

module.exports = { watch };
