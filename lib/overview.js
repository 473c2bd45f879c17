'use strict';

// What covers every addon built on Quiesce that this thread has loaded.

const { deadlineOf } = require('./options.js');
const { addons } = require('./registry.js');

/** Loaded when it is needed: a file takes a third of a millisecond. */
const sumStats = (records) => require('./survey.js').sumStats(records);

function handles() {
  return addons().flatMap((addon) => addon.handles());
}

function stats() {
  return sumStats(addons().map((addon) => addon.stats()));
}

async function freeAll(options) {
  const ms = deadlineOf(options);
  const results = await Promise.all(addons().map((addon) => addon.freeAll(ms)));
  return sumStats(results);
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
