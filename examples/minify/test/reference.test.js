'use strict';

// The output equals the Go library's own, on the library's own test files: its samples, the corpora of its fuzz
// tests, and the inputs of its Go tests. A plain Go program, internal/reference, says what the library makes of
// them, with each of these configurations.

const assert = require('node:assert');
const { isUtf8 } = require('node:buffer');
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const { Minifier } = require('minify');

/** @typedef {{ input: string, file?: string, text?: string, mediaType: string, config: number,
 *   size: number, sha256: string, error?: string }} Answer */

/** @type {import('minify').Config[]} */
const configs = [
  {},
  {
    html: {
      keepComments: true,
      keepSpecialComments: true,
      keepDefaultAttrVals: true,
      keepDocumentTags: true,
      keepEndTags: true,
      keepQuotes: true,
      keepWhitespace: true,
    },
    js: { keepVarNames: true },
    json: { keepNumbers: true },
    svg: { keepComments: true, keepNamespaces: ['sodipodi'] },
    xml: { keepWhitespace: true },
  },
  {
    html: { keepSpecialComments: true, templateDelims: ['{{', '}}'] },
    css: { precision: 3, version: 2 },
    js: { precision: 3, version: 2019 },
    json: { precision: 3 },
    svg: { precision: 3 },
    url: 'https://example.com/a/b.html',
  },
];

/** @param {Answer} answer */
function bytesOf(answer) {
  return answer.file ? readFileSync(answer.file) : Buffer.from(answer.text ?? '', 'base64');
}

/**
 * What an attempt made of an input, in the words of the reference.
 * @param {Minifier} minifier @param {Answer} answer
 * @param {(input: Buffer) => string | Uint8Array | Promise<string | Uint8Array>} attempt
 */
async function compare(minifier, answer, attempt) {
  const { input, config, size, sha256, error = '' } = answer;
  const bytes = bytesOf(answer);
  let got = { size: 0, sha256: '', error: '' };
  try {
    const output = Buffer.from(await attempt(bytes));
    got = { size: output.length, sha256: createHash('sha256').update(output).digest('hex'), error: '' };
  } catch (/** @type {any} */ err) {
    const found = err.code === 'ERR_PARSE' && minifier.check(answer.mediaType, bytes.toString());
    got.error = found
      ? `${found.message} on line ${found.line} and column ${found.column}\n${found.context}`
      : String(err);
  }
  assert.deepStrictEqual(got, { size, sha256, error }, `${input}, configuration ${config}`);
}

/** What a worker does: its share of the answers, one by the sync method, one by the async, and so on. */
async function work() {
  /** @type {{ tokens: number[], answers: Answer[] }} */
  const { tokens, answers } = workerData;
  const minifiers = tokens.map((token) => Minifier.attach(token));
  for (const [i, answer] of answers.entries()) {
    const minifier = minifiers[answer.config];
    await compare(minifier, answer, (bytes) =>
      i % 2 === 0
        ? minifier.minifyBytes(answer.mediaType, bytes)
        : minifier.minifyBytesSync(answer.mediaType, bytes),
    );
  }
  parentPort?.postMessage(answers.length);
}

function main() {
  /** @type {Answer[]} */
  let answers;
  /** @type {Minifier[]} */
  let minifiers;

  before(() => {
    const { status, stdout, stderr } = spawnSync('go', ['run', './internal/reference'], {
      cwd: path.join(__dirname, '..'),
      env: { ...process.env, GOWORK: 'off' },
      input: JSON.stringify(configs),
      maxBuffer: 2 ** 30,
    });
    assert.strictEqual(status, 0, String(stderr));
    answers = String(stdout)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    minifiers = configs.map((config) => new Minifier(config));
  });
  after(() => Promise.all(minifiers.map((each) => each.free())));

  test('there is a lot to compare', (t) => {
    const files = answers.filter(({ file, config }) => file && config === 0);
    const types = new Set(answers.map(({ mediaType }) => mediaType));
    t.diagnostic(
      `${files.length} files, ${answers.length / configs.length - files.length} inputs of Go tests`,
    );
    assert.ok(files.length >= 60);
    assert.ok(answers.length / configs.length >= 1500);
    assert.ok(answers.filter(({ error }) => error).length >= 10);
    assert.strictEqual(types.size, 6);
    // The configurations make a difference, or they would prove nothing.
    const made = configs.map(
      (_, i) => new Set(answers.filter(({ config }) => config === i).map((each) => each.sha256)),
    );
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ]) {
      const different = [...made[a]].filter((each) => !made[b].has(each)).length;
      assert.ok(different > 50, `${different} of ${made[a].size} outputs of ${a} are not in ${b}`);
    }
  });

  test('bytes, at once', async () => {
    for (const answer of answers) {
      const minifier = minifiers[answer.config];
      await compare(minifier, answer, (bytes) => minifier.minifyBytesSync(answer.mediaType, bytes));
    }
  });

  test('text, in the background', async () => {
    for (const answer of answers.filter((each) => isUtf8(bytesOf(each)))) {
      const minifier = minifiers[answer.config];
      await compare(minifier, answer, (bytes) => minifier.minify(answer.mediaType, bytes.toString()));
    }
  });

  test('files', async () => {
    for (const answer of answers.filter(({ file, error }) => file && !error)) {
      const minifier = minifiers[answer.config];
      const { file = '', mediaType } = answer;
      await compare(minifier, answer, async () => (await minifier.minifyFile(file, { mediaType })).content);
    }
  });

  test('three workers share the minifiers', async () => {
    const tokens = minifiers.map((each) => each.token);
    const workers = [0, 1, 2].map((i) => {
      const share = answers.filter((_, j) => j % 3 === i);
      return new Worker(__filename, { workerData: { tokens, answers: share } });
    });
    const done = await Promise.all(workers.map((worker) => once(worker, 'message')));
    assert.strictEqual(
      done.flat().reduce((sum, n) => sum + n, 0),
      answers.length,
    );
  });
}

if (isMainThread) main();
else work();
