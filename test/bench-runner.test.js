'use strict';

// The runner of `npm run bench`: what it refuses, what a quick run is held to, and how a missed bar is told.

const assert = require('node:assert');
const { test } = require('node:test');
const { refuses, runner } = require('./support/usage.js');

const bench = runner('bench', 'bench.mjs');

const measure = ['sync', 'empty'];
const figures = {
  fast: {
    what: 'a `call`',
    measure,
    rivals: [
      { against: 'what is near', measure, bar: { atMost: 2 } },
      { against: 'what is far', measure, bar: { atMost: 1, found: 4 } },
      { against: 'another', measure },
    ],
    bar: { limit: 3000 },
    margin: 1.5,
  },
  many: {
    what: 'events',
    measure,
    unit: 'rate',
    pair: true,
    rivals: [{ against: 'the other', bar: { atLeast: 3 } }],
    margin: 1.5,
  },
  whole: { what: 'all', measure, rivals: [{ against: 'nothing', measure, bar: { more: 8 } }] },
};

test('a bad command line is told in one sentence, with exit code 2', () => {
  refuses(bench, [
    [['nonsense'], /^There is no figure 'nonsense'; there are .*no-op.*\.\n$/],
    [['no-op', ''], /^There is no figure '';/],
    [['toString'], /^There is no figure 'toString';/],
    [['--fast'], /^Unknown option '--fast'; --help tells what there is\.\n$/],
  ]);
});

test('a quick run takes what has a margin, and is held to ratios alone', async () => {
  const { chosenOf } = await import('../bench/arguments.mjs');
  const { fast, many, ...others } = chosenOf({ names: [], quick: true }, figures);
  assert.deepStrictEqual(Object.keys(others), []);
  assert.strictEqual(fast.bar, undefined);
  assert.deepStrictEqual(
    fast.rivals.map(({ bar }) => bar),
    [{ atMost: 3 }, { atMost: 6 }],
  );
  assert.deepStrictEqual(many.rivals[0].bar, { atLeast: 2 });
  const { whole } = chosenOf({ names: ['whole'], quick: true }, figures);
  assert.strictEqual(whole.rivals[0].bar, undefined);
  assert.deepStrictEqual(chosenOf({ names: [], quick: false }, figures), figures);
});

test('the report and the document for machines say what each number is, and which bar is missed', async () => {
  const { named, report } = await import('../bench/report.mjs');
  const beside = { value: 1000, ratio: 4, difference: 3000, missed: false };
  const result = {
    value: 4000,
    also: {},
    missed: true,
    rivals: [{ ...beside, missed: true }, beside, beside],
  };
  const environment = { quiesce: '1.2.3', command: 'npm run bench', go: 'go1.26', load: 0, cpus: 2 };
  const text = report({ environment, results: { fast: result } }, figures);
  assert.match(text, /^MISSED: fast: 4\.0 us; the bar is below 3\.0 us\.$/m);
  assert.match(text, /^MISSED: fast, against what is near: 4x; the bar is at most 2x\.$/m);
  assert.doesNotMatch(text, /No bar was missed/);
  const { fast } = named({ results: { fast: result } }, figures).results;
  assert.deepStrictEqual([fast.what, fast.unit, fast.value], ['a `call`', 'ns', 4000]);
  assert.deepStrictEqual(fast.rivals[0], {
    against: 'what is near',
    limit: false,
    bar: { atMost: 2 },
    ...beside,
    missed: true,
  });
});
