'use strict';

// The conformance suite of quiesce/bus: what is the same whatever the backend is. Each file bus-suite-*.js has the tests
// of a subject.

const assert = require('node:assert/strict');
const { after, before } = require('node:test');
const { handles } = require('./bus.js');

const subjects = ['publish', 'events', 'subscribe', 'lost', 'groups', 'leases', 'limits', 'snapshot'];
subjects.push('damage', 'arguments', 'signals', 'handles', 'threads');

let made = 0;

/**
 * Defines the tests, for a backend { open, isKept, largest }: `open` opens a bus, `isKept` tells that groups and events
 * outlive it.
 */
function defineSuite(backend, only = process.env.QUIESCE_BUS_SUBJECTS?.split(',') ?? subjects) {
  let bus;
  const context = {
    ...backend,
    get bus() {
      return bus;
    },
    newName: () => `topic-${process.pid}.${++made}`,
    /** A topic that nobody else uses. */
    topic: (options) => bus.topic(context.newName(), options),
  };

  before(async () => {
    bus = await backend.open();
  });

  after(async () => {
    assert.equal(await bus.free(), 'drained');
    assert.deepEqual(handles(), []);
  });

  for (const subject of only) require(`./bus-suite-${subject}.js`)(context);
}

module.exports = { defineSuite };
