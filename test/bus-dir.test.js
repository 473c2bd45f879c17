'use strict';

// The conformance suite of the bus, in a directory.

const { test } = require('node:test');
const { backends } = require('./support/bus-backends.js');

for (const { cases } of [require('./support/bus-cases-log.js'), require('./support/bus-cases-groups.js')]) {
  for (const [name, body] of Object.entries(cases)) {
    test(`dir: ${name}`, async (t) => body(t, await backends.dir(t)));
  }
}
