'use strict';

// Metrics as text, in the exposition format of Prometheus, version 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

const { mergeSurveys } = require('./survey.js');

const seconds = (ms) => ms / 1000;

/** Each metric: its name, type and help, and of what there is its samples, [labels, value]. */
const families = [
  [
    'quiesce_handles',
    'gauge',
    'Live handles, by class and state.',
    ({ states }) => states.map(({ count, ...labels }) => [labels, count]),
  ],
  [
    'quiesce_ops_in_flight',
    'gauge',
    'Ops in flight, by class and method; enter stands for the raw enters of a Guard.',
    ({ methods }) => methods.map(({ class: name, method, count }) => [{ class: name, method }, count]),
  ],
  [
    'quiesce_op_oldest_age_seconds',
    'gauge',
    'Age of the oldest op in flight, by class and method.',
    ({ methods }) =>
      methods.map(({ class: name, method, oldest }) => [{ class: name, method }, seconds(oldest)]),
  ],
  ['quiesce_handles_opened_total', 'counter', 'Handles opened.', 'opened'],
  ['quiesce_handles_released_total', 'counter', 'Handles released.', 'released'],
  [
    'quiesce_frees_total',
    'counter',
    'Frees that are over, by outcome; children count with their parents.',
    ({ stats }) => [
      [{ outcome: 'drained' }, stats.drained],
      [{ outcome: 'timed-out' }, stats.timedOut],
      [{ outcome: 'already-freeing' }, stats.alreadyFreeing],
    ],
  ],
  ['quiesce_release_failures_total', 'counter', 'Releases whose Close failed or panicked.', 'failed'],
  ['quiesce_leaks_total', 'counter', 'Handles that were collected though nobody had freed them.', 'leaked'],
  ['quiesce_slots', 'gauge', 'Slots ever used, the retired ones included.', 'slots'],
  ['quiesce_slots_retired', 'gauge', 'Slots whose generations ran out.', 'retired'],
  ['quiesce_mapped_bytes', 'gauge', 'Memory mapped for slots and their stripes.', 'mapped'],
];

const escapes = { '\\': '\\\\', '\n': '\\n', '"': '\\"' };

function sampleLine(name, labels, value) {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${text.replace(/[\\\n"]/g, (each) => escapes[each])}"`,
  );
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function familyText([name, type, help, samplesOf], all) {
  const samples = typeof samplesOf === 'string' ? [[{}, all.stats[samplesOf]]] : samplesOf(all);
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  return head + samples.map(([labels, value]) => sampleLine(name, labels, value)).join('');
}

/** Makes the text of the surveys of all addons and the sum of their stats. */
function metricsText(surveys, stats) {
  const all = { ...mergeSurveys(surveys), stats };
  return families.map((family) => familyText(family, all)).join('');
}

module.exports = { metricsText };
