'use strict';

// metrics(): text that a strict reader of Prometheus's exposition format takes, and that tells what there is.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { metrics, Guard, MappedFile, freeAll, stats } = require('../index.js');
const { metricsText } = require('../lib/metrics.js');
const { loadTestAddon } = require('./support/addon.js');
const { readExposition } = require('./support/exposition.js');

const { Sleeper } = loadTestAddon();

/** The value of the one sample with exactly these labels. */
function sampleOf(families, name, labels = {}) {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const found = families
    .get(name)
    .samples.filter((each) => JSON.stringify(Object.entries(each.labels).sort()) === wanted);
  assert.ok(found.length <= 1);
  return found[0]?.value;
}

test('handles by class and state, ops by class and method, of all addons', async () => {
  const guard = new Guard();
  guard.tryEnter();
  guard.tryEnter();
  const sleeper = Sleeper.open();
  const ops = [sleeper.stubborn(100), sleeper.stubborn(100)];
  const timedOut = await guard.free({ deadline: 0 });
  const families = readExposition(metrics());
  assert.equal(timedOut, 'timed-out');
  assert.equal(sampleOf(families, 'quiesce_handles', { class: 'Guard', state: 'abandoned' }), 1);
  assert.equal(sampleOf(families, 'quiesce_handles', { class: 'Sleeper', state: 'open' }), 1);
  assert.equal(sampleOf(families, 'quiesce_ops_in_flight', { class: 'Guard', method: 'enter' }), 2);
  const stubborn = { class: 'Sleeper', method: 'stubborn' };
  assert.equal(sampleOf(families, 'quiesce_ops_in_flight', stubborn), 2);
  const age = sampleOf(families, 'quiesce_op_oldest_age_seconds', stubborn);
  assert.ok(age >= 0 && age < 60, `${age} s`);
  guard.leave();
  guard.leave();
  await Promise.all(ops);
  await freeAll();
});

test('counters are those of stats(), and only grow', async () => {
  const counters = {
    quiesce_handles_opened_total: 'opened',
    quiesce_handles_released_total: 'released',
    quiesce_release_failures_total: 'failed',
    quiesce_leaks_total: 'leaked',
  };
  const outcomes = { drained: 'drained', 'timed-out': 'timedOut', 'already-freeing': 'alreadyFreeing' };
  const read = () => {
    const families = readExposition(metrics());
    const byName = Object.keys(counters).map((name) => [name, sampleOf(families, name)]);
    const byOutcome = Object.keys(outcomes).map((outcome) => [
      outcome,
      sampleOf(families, 'quiesce_frees_total', { outcome }),
    ]);
    return Object.fromEntries([...byName, ...byOutcome]);
  };
  const before = read();
  const file = await MappedFile.open(__filename);
  await file.free();
  await file.free();
  assert.equal(file.freeSync(), 'already-freeing');
  await assert.rejects(Sleeper.open(0, 'error').free(), { code: 'ERR_RELEASE_FAILED' });
  const after = read();
  const now = stats();
  for (const [name, key] of Object.entries({ ...counters, ...outcomes })) {
    assert.equal(after[name], now[key], name);
  }
  const grown = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
  assert.deepEqual(grown, {
    quiesce_handles_opened_total: 2,
    quiesce_handles_released_total: 2,
    quiesce_release_failures_total: 1,
    quiesce_leaks_total: 0,
    drained: 2,
    'timed-out': 0,
    'already-freeing': 2,
  });
});

test('the names are those that Prometheus asks for: _total for counters, base units', () => {
  const families = readExposition(metrics());
  assert.ok(families.size > 5);
  for (const [name, { type, help }] of families) {
    assert.match(name, /^quiesce_[a-z_]+$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    assert.doesNotMatch(name, /milli|_ms|kilo|_count$/);
    assert.ok(help.length > 10);
  }
});

test('labels of any text are escaped, and samples of two addons under one label are one', () => {
  const evil = 'a"b\\n\\\nc} 1';
  const survey = {
    states: [{ class: evil, state: 'open', count: 2 }],
    methods: [{ class: evil, method: evil, count: 1, oldest: 500 }],
    handles: [],
    total: 2,
  };
  const text = metricsText([survey, survey], stats());
  const families = readExposition(text);
  assert.equal(sampleOf(families, 'quiesce_handles', { class: evil, state: 'open' }), 4);
  assert.equal(sampleOf(families, 'quiesce_ops_in_flight', { class: evil, method: evil }), 2);
  assert.equal(sampleOf(families, 'quiesce_op_oldest_age_seconds', { class: evil, method: evil }), 0.5);
});

test('the reader is strict: it refuses what Prometheus refuses', () => {
  const head = '# HELP a A.\n# TYPE a gauge\n';
  for (const text of [
    `${head}a 1`, // no end of line
    `${head}a{x="\n"} 1\n`,
    `${head}a{x="\\q"} 1\n`,
    `${head}a{x=1} 1\n`,
    `${head}a one\n`,
    `${head}a 1\na 2\n`,
    `${head}b 1\n`,
    `${head}${head}`,
    '# TYPE a counter\na 1\n',
    '# HELP a A.\n# TYPE a thing\na 1\n',
    `${head}1a 1\n`,
  ]) {
    assert.throws(() => readExposition(text), undefined, JSON.stringify(text));
  }
});
