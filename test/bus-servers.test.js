'use strict';

// The conformance suite of the bus, on a NATS server.

const { before, test } = require('node:test');
const { backends } = require('./support/bus-backends.js');

before(backends.startServer);
for (const { cases } of [require('./support/bus-cases-log.js'), require('./support/bus-cases-groups.js')]) {
  for (const [name, body] of Object.entries(cases)) {
    test(`servers: ${name}`, async (t) => body(t, await backends.servers(t)));
  }
}
