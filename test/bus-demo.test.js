'use strict';

// The demo of the bus: its count is exact whoever is killed, and it notices when it is not.

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { delay } = require('./support/process.js');
const { makeFile, newPath } = require('./support/files.js');

const demo = path.join(root, 'demo', 'bus', 'demo.mjs');

/** Lines that differ in length and in words, some of them empty or not ASCII, without a newline at the end. */
function someText() {
  const lines = Array.from({ length: 5000 }, (_, i) =>
    i % 7 === 0 ? '' : `line ${i % 50} über ${'word '.repeat(i % 13)}`,
  );
  return lines.join('\n');
}

/** Runs the demo: { code, stdout, stderr }. `during(child)` runs beside it. */
async function runDemo(args, during = async () => {}) {
  const temporary = newPath();
  fs.mkdirSync(temporary);
  const child = spawn(process.execPath, [demo, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary },
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  const result = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      result[name] += text;
    });
  }
  const ended = once(child, 'close');
  await during(child);
  const [code, signal] = await ended;
  assert.strictEqual(signal, null, result.stderr);
  return { code, ...result };
}

/** The number in a line of the report. */
function numberOf(report, name) {
  const [, digits] =
    new RegExp(`^${name} +([\\d,.]+)`, 'm').exec(report) ?? assert.fail(`no "${name}" in ${report}`);
  return Number(digits.replaceAll(',', ''));
}

function checkReport(text, { code, stdout, stderr }) {
  assert.strictEqual(code, 0, stdout + stderr);
  const passes = Number(/read ([\d,]+) times/.exec(stdout)[1].replaceAll(',', ''));
  const events = text.split('\n').length * passes;
  assert.strictEqual(numberOf(stdout, 'in: published'), events);
  assert.strictEqual(numberOf(stdout, 'out: counted'), events);
  assert.ok(numberOf(stdout, 'workers killed') >= 1, stdout);
  const [, file] = /^Word count: (.*)$/m.exec(stdout);
  const words = new Map(
    fs
      .readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t')),
  );
  assert.strictEqual(Number(words.get('über')), text.match(/über/g).length * passes);
}

test('a count is exact in memory, although workers are killed', { timeout: 120_000 }, async () => {
  const text = someText();
  checkReport(text, await runDemo([makeFile(text), '--seconds', '2', '--publishers', '3']));
});

test('a count is exact in a directory, which has no topics afterwards', { timeout: 120_000 }, async () => {
  const text = someText();
  const dir = newPath();
  checkReport(text, await runDemo([makeFile(text), '--seconds', '2', '--dir', dir]));
  const { Bus } = require('../lib/bus/index.js');
  const bus = await Bus.open({ dir });
  assert.deepStrictEqual(await bus.topics(), []);
  await bus.free();
});

test('Ctrl-C ends the demo in good order', { timeout: 120_000 }, async () => {
  const dir = newPath();
  for (const after of [0, 1000]) {
    const interrupt = async (child) => {
      while (!String(await once(child.stderr, 'data')).includes('Publishing'));
      await delay(after);
      child.kill('SIGINT');
    };
    const { code, stdout, stderr } = await runDemo([makeFile(someText()), '--dir', dir], interrupt);
    assert.deepStrictEqual({ code, stdout }, { code: 130, stdout: '' }, stderr);
    assert.match(stderr, /^Interrupted: .* events were counted; the topics are deleted\.$/m);
  }
});

test('wrong usage is told in one sentence', { timeout: 120_000 }, async () => {
  for (const [args, told] of [
    [['--workers', '0'], /^--workers takes a whole number from 1 to 64, not '0'\.\n$/],
    [['--dir', 'a', '--servers', 'b'], /^There can be --dir or --servers, not both\.\n$/],
    [['--servers', 'nats://a,'], /^--servers takes URLs with commas between them, not 'nats:\/\/a,'\.\n$/],
    [['nowhere.txt'], /^There is no file 'nowhere\.txt'\.\n$/],
    [['--dir', makeFile('no directory')], /\(ERR_BUS_DIR\)\n$/],
  ]) {
    const { code, stdout, stderr } = await runDemo(args);
    assert.deepStrictEqual({ code, stdout }, { code: 2, stdout: '' }, stderr);
    assert.match(stderr, told);
  }
});

/** Events as a group delivers them. */
function eventsOf(seqs) {
  return seqs.map((seq) => {
    const data = Buffer.from(`all line${seq}`);
    return { seq, data, headers: seq % 2 === 0 ? { sent: '1' } : {}, text: () => data.toString() };
  });
}

test('results that overlap in any way count each event once', async () => {
  const { Fold, writeResult } = await import('../demo/bus/results.mjs');
  const read = [];
  const fold = new Fold(async (seq) => {
    read.push(seq);
    return eventsOf([seq])[0];
  });
  const results = [
    [1, 2, 3],
    [5, 6, 9],
    [1, 2, 3],
    [2, 3, 4, 5],
    [6, 4],
    [7, 8, 9, 10],
  ];
  const latencies = [];
  for (const seqs of results) latencies.push((await fold.add(writeResult(eventsOf(seqs)).data)).length);
  const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seq) => [`line${seq}`, 1]);
  assert.deepStrictEqual(new Map([...fold.words].sort()), new Map([['all', 10], ...expected].sort()));
  assert.strictEqual(fold.events, 10);
  assert.strictEqual(fold.bytes, 9 * 'all line1'.length + 'all line10'.length);
  assert.strictEqual(fold.repeated, 3 + 3 + 2 + 1);
  assert.deepStrictEqual(read, [4, 7, 8, 10], 'only what was missing from a result is read again');
  assert.strictEqual(latencies[2], 0, 'what is left out has no latency');
});

test('a result has the same id for the same events, and another one for others', async () => {
  const { writeResult } = await import('../demo/bus/results.mjs');
  const ids = [
    [1, 2, 3],
    [1, 2, 3],
    [1, 3],
    [1, 2],
    [2, 3],
  ].map((seqs) => writeResult(eventsOf(seqs)).id);
  assert.strictEqual(ids[0], ids[1]);
  assert.strictEqual(new Set(ids).size, 4);
});

test('a count that is off is noticed', async () => {
  const { differences } = await import('../demo/bus/words.mjs');
  const expected = new Map([
    ['a', 2],
    ['b', 1],
  ]);
  const counted = (entries) => new Map(Object.entries(entries));
  assert.deepStrictEqual(differences(counted({ a: 6, b: 3 }), expected, 3), []);
  assert.deepStrictEqual(differences(counted({ a: 7, c: 1 }), expected, 3), [
    "'a' was counted 7 times, not 6",
    "'b' was counted 0 times, not 3",
    "'c' was counted 1 times, but is not in the file",
  ]);
});

test('shares of a file have each of its lines once', async () => {
  const { linesOf, shareOut } = await import('../demo/bus/lines.mjs');
  for (const text of [someText(), 'a', '\n', 'a\nb', '\n\n\n', `${'x'.repeat(600_000)}\nb\n`]) {
    const file = makeFile(text);
    for (const n of [1, 2, 7]) {
      let found = '';
      let length = 0;
      for (const share of shareOut(file, n)) {
        for await (const { at, line } of linesOf(file, share)) {
          assert.strictEqual(at, length);
          found += `${line}\n`;
          length += line.length + 1;
        }
      }
      assert.strictEqual(found, text.endsWith('\n') ? text : `${text}\n`);
    }
  }
});
