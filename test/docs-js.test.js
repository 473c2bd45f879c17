'use strict';

// Every JavaScript and JSON block of README.md and docs/ is run, as a program of its own, and prints what the page says.
// Those about packages of one's own are in docs-toolkit.test.js, those of the examples in `npm run examples`.

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { writeFiles } = require('./support/cli.js');
const { newPath } = require('./support/files.js');
const { blocksWhere, parsePage } = require('./support/docs/pages.js');
const { fileNameOf, linkPackages, runBlock, writeBlocks } = require('./support/docs/run-js.js');
const { isElsewhere } = require('./support/docs/rules.js');

const languages = ['js', 'ts', 'json'];
const here = blocksWhere((block) => languages.includes(block.lang) && !isElsewhere(block));

/** The folder of a page, with all of its blocks. */
function folderOf(blocks) {
  const folder = newPath();
  writeBlocks(folder, blocks);
  return linkPackages(folder, { typescript: path.join(root, 'node_modules', 'typescript') });
}

/** Runs the blocks of one page, two at a time: { where: error } of those that fail. */
async function runPage(blocks) {
  const programs = blocks.filter(({ lang }) => lang === 'js');
  const folder = folderOf(programs);
  const parts = programs.filter(({ marks }) => marks.part);
  const waiting = programs.filter(({ marks }) => !marks.part);
  const failures = {};
  const next = async () => {
    for (let block = waiting.shift(); block; block = waiting.shift()) {
      await runBlock(block, { folder, parts: partsOf(block, parts) }).catch((error) => {
        failures[block.where] = error.message;
      });
    }
  };
  await Promise.all([next(), next()]);
  return failures;
}

/** The parts that a block names. */
function partsOf(block, parts) {
  return parts.filter((part) => block.code.includes(fileNameOf(part)));
}

for (const page of new Set(here.map((block) => block.page))) {
  const blocks = here.filter((block) => block.page === page);
  test(`the programs in ${page}`, async () => assert.deepStrictEqual(await runPage(blocks), {}));
  for (const { where, code } of blocks.filter(({ lang }) => lang === 'json'))
    test(`the JSON at ${where}`, () => JSON.parse(code));
}

test('the TypeScript of all pages: tsc takes it, and what it makes of it runs', async () => {
  const blocks = here.filter(({ lang }) => lang === 'ts');
  const folder = linkPackages(newPath(), { '@types': path.join(root, 'node_modules', '@types') });
  writeBlocks(folder, blocks);
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    module: 'node16',
    types: ['node'],
    strict: true,
  };
  writeFiles({ 'tsconfig.json': JSON.stringify({ compilerOptions }) }, folder);
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' });
  assert.deepStrictEqual({ status, stdout }, { status: 0, stdout: '' });
  for (const block of blocks) await runBlock(block, { folder, file: fileNameOf(block).replace(/ts$/, 'js') });
});

/** What goes wrong with a page of this text. */
async function failuresOf(text) {
  return Object.values(await runPage(parsePage('page.md', text).blocks)).join('\n');
}

const block = (code, mark = '') => `${mark}\n\`\`\`js\n${code}\n\`\`\`\n`;

test('the control: blocks that are wrong fail', async () => {
  const wrong = {
    "import { Guard } from 'quiesce';\nnew Guard().tryLeave();": /tryLeave is not a function/,
    "import { Gard } from 'quiesce';": /does not provide an export named 'Gard'/,
    'console.log(1 + 1); // 3': /the page says that it prints '3'/,
    "await (await import('quiesce')).MappedFile.open('none');": /ENOENT/,
    'process.exit(3);': /It ended with 3/,
    'process.emitWarning("of a leak");': /of a leak/,
    'await topic.publish("no topic");': /topic is not defined/,
  };
  for (const [code, message] of Object.entries(wrong)) assert.match(await failuresOf(block(code)), message);
  assert.match(await failuresOf(block('console.log("c");', '<!-- run: prints="^[ab]$" -->')), /printed\nc$/m);
  assert.strictEqual(await failuresOf(block('console.log(1 + 1); // 2')), '');
  const forever = '<!-- run: forever -->';
  assert.strictEqual(await failuresOf(block('setInterval(() => {}, 1000);', forever)), '');
  assert.match(await failuresOf(block('0;', forever)), /It ended with 0/);
  await assert.rejects(failuresOf(block('0;', '<!-- run: setup=none -->')), /there is no setup 'none'/);
});
