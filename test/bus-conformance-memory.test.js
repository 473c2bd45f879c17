'use strict';

// The conformance suite of quiesce/bus on the backend in memory.

const { Bus } = require('./support/bus.js');
const { defineSuite } = require('./support/bus-suites.js');

defineSuite({ isKept: false, open: () => Bus.open() });
