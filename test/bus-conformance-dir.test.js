'use strict';

// The conformance suite of quiesce/bus on a directory.

const { Bus } = require('./support/bus.js');
const { defineSuite } = require('./support/bus-suites.js');
const { newPath } = require('./support/files.js');

defineSuite({ isKept: true, open: () => Bus.open({ dir: newPath() }) });
