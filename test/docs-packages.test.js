'use strict';

// The Go of README.md and docs/, and the JavaScript that uses it: packages are made of the blocks, built, and used.

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { before, test } = require('node:test');
const { blocksWhere } = require('./support/docs/pages.js');
const { fillBodies, makeCounter, makeHello, makeWordcount } = require('./support/docs/packages.js');
const { fileNameOf, runBlock, writeBlocks } = require('./support/docs/run-js.js');

const ofPackage = (name) => blocksWhere(({ marks }) => marks.package === name);
const inLanguage = (blocks, lang) => blocks.filter((block) => block.lang === lang);

/** Runs the JavaScript blocks in the folder of the package, where they find it by its name. */
async function runAll(blocks, folder) {
  const programs = inLanguage(blocks, 'js');
  assert.ok(programs.length > 0);
  writeBlocks(folder, programs);
  const parts = programs.filter(({ marks }) => marks.part);
  for (const block of programs.filter(({ marks }) => !marks.part))
    await runBlock(block, { folder, parts: parts.filter((part) => block.code.includes(fileNameOf(part))) });
}

test('docs/toolkit.md: its Go is a package, its JavaScript uses that', async () => {
  const blocks = ofPackage('wordcount');
  const folder = await makeWordcount(blocks);
  await runAll(blocks, folder);
  assert.deepStrictEqual(fs.readdirSync(path.join(folder, 'dist')).sort(), [
    'index.d.mts',
    'index.d.ts',
    'index.js',
    'index.mjs',
    'wordcount.node',
  ]);
});

test('README.md: what `quiesce new` makes is what it shows; the JavaScript for it runs', async () => {
  const blocks = ofPackage('hello');
  const folder = await makeHello();
  const source = fs.readFileSync(path.join(folder, 'hello.go'), 'utf8');
  for (const signature of inLanguage(blocks, 'go').flatMap(signaturesOf))
    assert.ok(source.includes(`\n${signature} {\n`), `hello.go has no ${signature}`);
  await runAll(blocks, folder);

  const [template] = inLanguage(
    blocksWhere(({ page }) => page === 'cli/template/README.md.tmpl'),
    'js',
  );
  const ofReadme = { ...template, code: template.code.replaceAll('__NPM_NAME__', 'hello') };
  await runAll([ofReadme], folder);
});

/** The functions of a sketch, each in a line, without what a comment says of it. */
function signaturesOf({ code }) {
  return [...code.matchAll(/^(func .*?) *(?:\/\/.*)?$/gm)].map(([, signature]) => signature);
}

let counter;

before(() => {
  counter = makeCounter(ofPackage('counter'));
});

test('docs/go.md: its Go compiles and passes go vet, and the program of the guard prints what it says', () => {
  const vetted = counter.go('vet', './...');
  assert.strictEqual(vetted.status, 0, vetted.stderr);
  const block = ofPackage('counter').find(({ marks }) => marks.prints);
  const { stdout, stderr } = counter.go('run', './store');
  assert.match(stdout, new RegExp(block.marks.prints, 'm'), stderr);
});

test('docs/go.md: its commands build the addon, which its JavaScript uses', async () => {
  const blocks = ofPackage('counter');
  const [{ code }] = inLanguage(blocks, 'sh');
  const build = code.replace(/^npm install node-api-headers\n/, ''); // it is linked, to ask no registry
  assert.notStrictEqual(build, code);
  const env = { ...counter.env, CGO_CFLAGS: undefined };
  const { status, stderr } = spawnSync('sh', ['-ec', build], { cwd: counter.folder, env, encoding: 'utf8' });
  assert.strictEqual(status, 0, stderr);
  await runAll(blocks, counter.folder);
});

test('the control: Go that is wrong fails', () => {
  const file = path.join(counter.folder, 'store', 'main.go');
  const source = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, source.replace('s.guard.TryEnter()', 's.guard.Enter()'));
  const { status, stderr } = counter.go('vet', './store');
  fs.writeFileSync(file, source);
  assert.notStrictEqual(status, 0);
  assert.match(stderr, /guard\.Enter undefined/);
  assert.throws(() => fillBodies('func None() int { ... }', {}), /there is no body for None/);
  assert.deepStrictEqual(signaturesOf({ code: 'func F(a int) int   // f(1)' }), ['func F(a int) int']);
});
