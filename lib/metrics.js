'use strict';

// Metrics as text, in the exposition format of Prometheus, version 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

const seconds = (ms) => ms / 1000;

/** Each metric: its name, type and help, and of what there is its samples, [labels, value]. */
const families = [
  ['quiesce_handles', 'gauge', 'Live handles, by class and state.', ({ states }) => states],
  [
    'quiesce_ops_in_flight',
    'gauge',
    'Ops in flight, by class and method; enter stands for the raw enters of a Guard.',
    ({ methods }) => methods.map(({ labels, count }) => [labels, count]),
  ],
  [
    'quiesce_op_oldest_age_seconds',
    'gauge',
    'Age of the oldest op in flight, by class and method.',
    ({ methods }) => methods.map(({ labels, oldest }) => [labels, seconds(oldest)]),
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

/** Adds up what several addons tell under the same labels. */
function merged(lists, nameLabels, add) {
  const all = new Map();
  for (const each of lists.flat()) {
    const labels = nameLabels(each);
    const key = JSON.stringify(labels);
    all.set(key, add(all.get(key), each, labels));
  }
  return [...all.values()];
}

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
  const states = merged(
    surveys.map((each) => each.states),
    ({ class: name, state }) => ({ class: name, state }),
    ([, sum] = [0, 0], { count }, labels) => [labels, sum + count],
  );
  const methods = merged(
    surveys.map((each) => each.methods),
    ({ class: name, method }) => ({ class: name, method }),
    (before = { count: 0, oldest: 0 }, { count, oldest }, labels) => ({
      labels,
      count: before.count + count,
      oldest: Math.max(before.oldest, oldest),
    }),
  );
  return families.map((family) => familyText(family, { states, methods, stats })).join('');
}

module.exports = { metricsText };
