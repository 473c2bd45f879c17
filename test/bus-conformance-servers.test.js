'use strict';

// The conformance suite of quiesce/bus on a NATS server.

const { after } = require('node:test');
const { Bus } = require('./support/bus.js');
const { startServers } = require('./support/bus-servers.js');
const { defineSuite } = require('./support/bus-suites.js');

let servers;

defineSuite({
  isKept: true,
  async open() {
    servers ??= await startServers();
    return Bus.open({ servers: servers.urls });
  },
});

after(() => servers?.end());
