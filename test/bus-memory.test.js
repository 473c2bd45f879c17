'use strict';

// The conformance suite of the bus, in memory.

const { test } = require('node:test');
const { backends } = require('./support/bus-backends.js');

for (const { cases } of [require('./support/bus-cases-log.js'), require('./support/bus-cases-groups.js')]) {
  for (const [name, body] of Object.entries(cases)) {
    test(`memory: ${name}`, async (t) => body(t, await backends.memory(t)));
  }
}
