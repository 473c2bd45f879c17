'use strict';

// The conformance suite of quiesce/bus: what is the same whatever the backend is. Each file bus-suite-*.js has the tests
// of a subject.

const assert = require('node:assert/strict');
const { after, before } = require('node:test');
const { handles } = require('./bus.js');
const { collectGarbage } = require('./wait.js');

const subjects = ['publish', 'events', 'subscribe', 'lost', 'groups', 'leases', 'limits', 'snapshot'];
subjects.push('damage', 'arguments', 'signals', 'handles', 'threads');

let made = 0;

/**
 * Defines the tests, for a backend { open, isKept, largest }: `open` opens a bus, `isKept` tells that groups and events
 * outlive it.
 */
function defineSuite(backend, only = process.env.QUIESCE_BUS_SUBJECTS?.split(',') ?? subjects) {
  let bus;
  const topics = []; // held: to forget one is warned of
  const warnings = [];
  process.on('warning', (warning) => warnings.push(`${warning}`));
  const context = {
    ...backend,
    get bus() {
      return bus;
    },
    newName: () => `topic-${process.pid}.${++made}`,
    /** A topic that nobody else uses. */
    async topic(options) {
      const topic = await bus.topic(context.newName(), options);
      topics.push(topic);
      return topic;
    },
  };

  before(async () => {
    bus = await backend.open();
  });

  after(async () => {
    assert.equal(await bus.free(), 'drained');
    assert.deepEqual(handles(), []);
    await collectGarbage();
    assert.deepEqual(warnings, []);
  });

  for (const subject of only) require(`./bus-suite-${subject}.js`)(context);
}

module.exports = { defineSuite };
