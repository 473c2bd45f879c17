'use strict';

// What covers every addon built on Quiesce that this thread has loaded.

const { deadlineOf } = require('./options.js');
const { addons } = require('./registry.js');

/** Loaded when it is needed: a file takes a third of a millisecond. */
const sumStats = (records, none) => require('./survey.js').sumStats([none, ...records]);

// What there is before this thread has loaded any addon.
const noStats = {
  ...{ live: 0, freeing: 0, abandoned: 0, opened: 0, released: 0, ops: 0, slots: 0, retired: 0, mapped: 0 },
  ...{ drained: 0, timedOut: 0, alreadyFreeing: 0, failed: 0, leaked: 0 },
};
const nothingFreed = { drained: 0, alreadyFreeing: 0, timedOut: 0, errors: [] };

function handles() {
  return addons().flatMap((addon) => addon.handles());
}

function stats() {
  return sumStats(
    addons().map((addon) => addon.stats()),
    noStats,
  );
}

async function freeAll(options) {
  const ms = deadlineOf(options);
  const results = await Promise.all(addons().map((addon) => addon.freeAll(ms)));
  return sumStats(results, nothingFreed);
}

/** The counts as text in Prometheus's exposition format. */
function metrics() {
  const { metricsText } = require('./metrics.js');
  return metricsText(
    addons().map((addon) => addon.survey(0)),
    stats(),
  );
}

module.exports = { freeAll, handles, metrics, stats };
