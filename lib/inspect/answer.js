'use strict';

// What the inspector answers: lines of JSON, see docs/diagnostics.md.

const { version } = require('../../package.json');
const { addons } = require('../registry.js');
const { mergeSurveys, sumStats } = require('../survey.js');
const { PROTOCOL } = require('./place.js');

const INTERVAL = 1000; // ms between two samples
const SAMPLES = 600; // that are kept: ten minutes
const MAX_HANDLES = 10_000; // of one answer
const SOME_HANDLES = 1000; // where nobody says how many
const FEW_HANDLES = 10_000; // that are looked at with each sample

const samples = [];

function takeSample() {
  const stats = statsOfAll();
  if (!stats) return;
  const { live, ops, opened, drained, timedOut, leaked } = stats;
  samples.push({ time: Date.now(), live, ops, opened, drained, timedOut, leaked });
  if (samples.length > SAMPLES) samples.shift();
  if (live <= FEW_HANDLES) for (const addon of addons()) addon.survey(0); // a raw enter's age counts from a look
}

setInterval(takeSample, INTERVAL);

function statsOfAll() {
  const all = addons();
  return all.length === 0 ? undefined : sumStats(all.map((addon) => addon.stats()));
}

function snapshot({ limit = SOME_HANDLES }) {
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_HANDLES) {
    throw new RangeError(`limit is an integer from 0 to ${MAX_HANDLES}`);
  }
  const surveys = addons().map((addon) => addon.survey(limit));
  return { time: Date.now(), stats: statsOfAll() ?? {}, ...mergeSurveys(surveys, limit) };
}

function history({ since = 0 }) {
  if (typeof since !== 'number') throw new TypeError('since is a time, in ms since 1970');
  return samples.filter(({ time }) => time > since);
}

const answers = { snapshot, history };

/** What a client is told first. */
function hello({ script, started }) {
  const { pid, version: node } = process;
  return { quiesce: 'inspect', protocol: PROTOCOL, version, pid, node, script, started };
}

/** Answers one line. */
function answer(line) {
  let id;
  try {
    const request = JSON.parse(line);
    if (request === null || typeof request !== 'object') throw new TypeError('a request is an object');
    id = request.id;
    if (!Object.hasOwn(answers, request.get)) {
      throw new TypeError(`get is one of ${Object.keys(answers).join(', ')}`);
    }
    return { id, [request.get]: answers[request.get](request) };
  } catch (error) {
    return { id, error: error.message };
  }
}

module.exports = { answer, hello };
