'use strict';

// What covers every addon built on Quiesce that this thread has loaded.

const { deadlineOf } = require('./options.js');
const { addons } = require('./registry.js');

function handles() {
  return addons().flatMap((addon) => addon.handles());
}

function stats() {
  return addons()
    .map((addon) => addon.stats())
    .reduce(add);
}

async function freeAll(options) {
  const ms = deadlineOf(options);
  const results = await Promise.all(addons().map((addon) => addon.freeAll(ms)));
  return results.reduce(add);
}

/** The counts as text in Prometheus's exposition format. */
function metrics() {
  const { metricsText } = require('./metrics.js');
  return metricsText(
    addons().map((addon) => addon.survey(0)),
    stats(),
  );
}

/** Adds up two records of numbers and lists. */
function add(a, b) {
  return Object.fromEntries(
    Object.entries(a).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.concat(b[key]) : value + b[key],
    ]),
  );
}

module.exports = { freeAll, handles, metrics, stats };
