'use strict';

// `quiesce build` where it cannot build: one sentence that names what is wrong, exit code 1, no stack, nothing left.

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const {
  makePrograms,
  quiesce,
  startProgram,
  startQuiesce,
  withoutSteps,
  writeFiles,
} = require('./support/cli.js');
const { newPath } = require('./support/files.js');
const { eventually } = require('./support/wait.js');

const noScripts = process.platform === 'win32' && 'a script is no program there';
const goMod = 'module example.com/words\n\ngo 1.24.0\n';

/** Builds in that folder and demands that it fails with this message, and leaves no output. */
async function expectFailure(folder, pattern, { args = [], env } = {}) {
  const { code, signal, stdout, stderr } = await quiesce(['build', ...args], { cwd: folder, env });
  assert.deepStrictEqual({ code, signal, stdout }, { code: 1, signal: null, stdout: '' }, stderr);
  assert.match(withoutSteps(stderr), pattern);
  assert.doesNotMatch(stderr, /\n\s+at |\.mjs:\d/, 'no stack');
  assert.ok(!fs.existsSync(path.join(folder, 'dist')));
}

/** A package with a generator of its own, in the place of the real one: the text of a script. */
async function withGenerator(script) {
  const folder = writeFiles({ 'go.mod': goMod, 'words.go': 'package words\n', 'package.json': '{}' });
  const [{ goEnvironment }, { generatorIn }] = [
    await import('../cli/go.mjs'),
    await import('../cli/generator.mjs'),
  ];
  const cache = path.join(folder, 'node_modules', '.cache', 'quiesce');
  const file = generatorIn(cache, goEnvironment().settings);
  const parse = `const { parseArgs } = require('node:util');
    const { values } = parseArgs({ strict: false });
    const value = (name) => values[name] === true ? process.argv[process.argv.indexOf('--' + name) + 1] : values[name];
    const write = (name, text) => require('node:fs').writeFileSync(value('out') + '/' + name, text);`;
  fs.mkdirSync(cache, { recursive: true });
  fs.writeFileSync(file, `#!${process.execPath}\n${parse}\n${script}\n`, { mode: 0o755 });
  return { folder, cache, file };
}

test('no Go, an old Go, no C compiler: which is missing, and what is needed', {
  skip: noScripts,
}, async () => {
  const folder = writeFiles({ 'go.mod': goMod, 'words.go': 'package words\n' });
  const settings = (version) => ({ GOVERSION: version, CC: 'no-such-compiler', CGO_CFLAGS: '', GOFLAGS: '' });
  const go = (version) =>
    makePrograms({ go: `console.log(${JSON.stringify(JSON.stringify(settings(version)))})` });
  const refuses = makePrograms({ go: `console.error('go: go.mod requires go >= 1.26.0'); process.exit(1)` });
  const ended = makePrograms({ go: `process.kill(process.pid, 'SIGINT')` });
  const cases = [
    [ended, /^quiesce: go was ended by SIGINT\.\n$/],
    [
      makePrograms({}),
      /^quiesce: 'go' is not on the PATH\. Install Go 1\.\d+\.\d+ or later, and try again\.\n$/,
    ],
    [go('go1.25.9'), /^quiesce: Quiesce needs Go 1\.\d+\.\d+ or later, and this is go1\.25\.9\./],
    [refuses, /^quiesce: Quiesce needs Go 1\.\d+\.\d+ or later, and this is older\./],
    [go('go1.99.0'), /^quiesce: The C compiler 'no-such-compiler' is not on the PATH\. Install gcc or clang/],
  ];
  for (const [PATH, pattern] of cases) await expectFailure(folder, pattern, { env: { PATH } });
});

test('where the author needs a newer Go than Quiesce, the generator is made by that one', {
  skip: noScripts,
}, async () => {
  const folder = writeFiles({ 'go.mod': goMod, 'words.go': 'package words\n' });
  const script = `
    const isAuthor = require('node:fs').existsSync('words.go');
    const answers = {
      env: { GOVERSION: isAuthor ? 'go1.999.1' : 'go1.998.0', CC: ${JSON.stringify(process.execPath)}, GOMOD: 'go.mod' },
      list: { Dir: process.cwd(), Name: 'words', Module: { Main: true, Dir: process.cwd() } },
    };
    const answer = answers[process.argv[2]];
    if (answer) console.log(JSON.stringify(answer));
    else {
      console.error('made by ' + process.env.GOTOOLCHAIN);
      process.exitCode = 1;
    }`;
  await expectFailure(
    folder,
    /^made by go1\.999\.1\nquiesce: Quiesce's generator was not compiled: .* needs the network/,
    { env: { PATH: makePrograms({ go: script }) } },
  );
});

test('an argument that names no package of the author', async () => {
  const folder = writeFiles({
    'go.mod': `${goMod}\nrequire example.com/other v1.0.0\nreplace example.com/other => ./other\n`,
    'words.go': 'package words\n',
    'empty/README.md': '',
    'program/main.go': 'package main\n',
    'two/a.go': 'package a\n',
    'two/b.go': 'package b\n',
    'several/a/a.go': 'package a\n',
    'several/b/b.go': 'package b\n',
    'other/go.mod': 'module example.com/other\n',
    'other/other.go': 'package other\n',
    'next/go.mod': 'module example.com/next\n\ngo 1.999\n',
    'next/next.go': 'package next\n',
  });
  const cases = {
    './nothing': /^quiesce: There is no folder \.\/nothing\.\n$/,
    'words.go': /^quiesce: words\.go is a file: name the folder of the Go package\.\n$/,
    empty: /^quiesce: no Go files in .*empty\n$/,
    two: /^quiesce: found packages a \(a\.go\) and b \(b\.go\) in /,
    program: /^quiesce: .*program is a package main, which nothing can import;/,
    './several/...':
      /^quiesce: \.\/several\/\.\.\. names several Go packages, and an addon is made of one\.\n$/,
    strings: /^quiesce: strings is of Go's standard library: write a package that wraps it/,
    'example.com/other':
      /^quiesce: example\.com\/other is of the module example\.com\/other, which is not yours/,
    next: /go >= 1\.999/,
  };
  const env = { GOTOOLCHAIN: 'local' }; // a newer Go is not to be fetched for `next`
  for (const [name, pattern] of Object.entries(cases))
    await expectFailure(folder, pattern, { args: [name], env });
});

test('a folder outside any Go module is told how to make one', async () => {
  const folder = writeFiles({ 'words.go': 'package words\n' });
  await expectFailure(folder, /is in no Go module: .* 'go mod init example\.com\/yours'\.\n$/);
});

test("an author's go.work that leaves the module out: Go's own message", async () => {
  const folder = writeFiles({
    'go.work': 'go 1.24.0\n\nuse ./other\n',
    'other/go.mod': 'module example.com/other\n\ngo 1.24.0\n',
    'words/go.mod': goMod,
    'words/words.go': 'package words\n',
  });
  await expectFailure(path.join(folder, 'words'), /not one of the workspace modules listed in go\.work/);
});

test('--out that is a file is refused before anything is compiled', async () => {
  const folder = writeFiles({ 'go.mod': goMod, 'words.go': 'package words\n' });
  await expectFailure(folder, /^quiesce: .*words\.go is a file, and the output needs a folder\.\n$/, {
    args: ['--out', 'words.go'],
  });
});

test('FAULTS 25: a method that calls runtime.Goexit is refused, and the message says where', async () => {
  const words = `package words

import "runtime"

//quiesce:class
type Words struct{}

func NewWords() *Words       { return &Words{} }
func (w *Words) Close() error { return nil }
func (w *Words) Leave()       { runtime.Goexit() }
`;
  const folder = writeFiles({ 'go.mod': goMod, 'words.go': words, 'package.json': '{}' });
  await expectFailure(folder, /words\.go:10:\d+: Words\.Leave: calls runtime\.Goexit/);
});

test('what the generator finds wrong is printed once, as it says it', { skip: noScripts }, async () => {
  const { folder, cache, file } = await withGenerator(`
    console.error('words.go:1:1: wrong\\n1 error');
    process.exit(1);`);
  await expectFailure(folder, /^words\.go:1:1: wrong\n1 error\n$/);
  assert.deepStrictEqual(fs.readdirSync(cache), [path.basename(file)], 'the scratch folder is gone');
});

test('a generator that breaks off for a reason of its own', { skip: noScripts }, async () => {
  const { folder } = await withGenerator(`
    console.error('quiesce-gen: no disk');
    process.exit(2);`);
  await expectFailure(
    folder,
    /^quiesce-gen: no disk\nquiesce: \/.* was not read: the messages above are the generator's\.\n$/,
  );
});

test("Go's errors stand above a sentence that says whose they are", { skip: noScripts }, async () => {
  const { folder } = await withGenerator(`
    write('main.go', 'package main; nonsense');
    write('build.json', JSON.stringify({ mainDir: value('package') + '/quiesce-addon-main' }));`);
  await expectFailure(
    folder,
    /main\.go:1:15: syntax error[^\n]*\nquiesce: words\.node was not built: the messages above are Go's\.\n$/,
  );
});

test('the cache keeps the generator in use, and loses what was not used for a week', {
  skip: noScripts,
}, async () => {
  const { folder, cache, file } = await withGenerator('process.exit(1)');
  const daysAgo = (days) => new Date(Date.now() - days * 24 * 60 * 60 * 1000);
  const [dead, alive] = ['build-dead', 'quiesce-gen-alive'].map((name) => path.join(cache, name));
  writeFiles({ 'main.go': '' }, dead);
  fs.writeFileSync(alive, '');
  fs.utimesSync(dead, daysAgo(8), daysAgo(8));
  fs.utimesSync(alive, daysAgo(6), daysAgo(6));
  fs.utimesSync(file, daysAgo(6), daysAgo(6));
  await expectFailure(folder, /^$/);
  assert.deepStrictEqual(
    fs.readdirSync(cache).sort(),
    [file, alive].map((each) => path.basename(each)).sort(),
  );
  assert.ok(Date.now() - fs.statSync(file).mtimeMs < 60_000);
});

/** A copy of the command line whose node_modules has no more than these packages. */
function copyOfCommand(folder, packages) {
  for (const name of ['cli', 'go.mod', 'package.json']) {
    fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  writeFiles(packages, path.join(folder, 'node_modules'));
  return path.join(folder, 'cli', 'quiesce.mjs');
}

test("Node-API's headers that are not there, or in a folder that Go cannot be told of", async () => {
  const author = writeFiles({ 'go.mod': goMod, 'words.go': 'package words\n' });
  const headers = {
    'node-api-headers/index.js': `exports.include_dir = require('node:path').join(__dirname, 'include');`,
  };
  const cases = [
    [
      copyOfCommand(newPath('bare'), {}),
      /node-api-headers\) are not installed: run 'npm install' in .*bare\.\n$/,
    ],
    [
      copyOfCommand(newPath(`it's "`), headers),
      /^quiesce: Go cannot be given -I.*: a path with both kinds of quotes/,
    ],
  ];
  for (const [command, pattern] of cases) {
    const { code, stderr } = await startProgram(process.execPath, [command, 'build'], { cwd: author }).ended;
    assert.strictEqual(code, 1);
    assert.match(stderr, pattern);
  }
});

test('a signal ends the build and what it runs, and its scratch folder goes', {
  skip: noScripts,
}, async () => {
  const { folder, cache, file } = await withGenerator(`
    write('pid', String(process.pid));
    setTimeout(() => {}, 10_000);`);
  const { child, ended } = startQuiesce(['build'], { cwd: folder });
  const pidFiles = () =>
    fs.readdirSync(cache, { recursive: true }).filter((name) => path.basename(name) === 'pid');
  await eventually(() => pidFiles().length === 1 && fs.statSync(path.join(cache, pidFiles()[0])).size > 0);
  const pid = Number(fs.readFileSync(path.join(cache, pidFiles()[0]), 'utf8'));
  const begin = performance.now();
  child.kill('SIGTERM');
  const { signal, stderr } = await ended;
  const said = withoutSteps(stderr);
  assert.deepStrictEqual({ signal, said }, { signal: 'SIGTERM', said: 'quiesce: Ended by SIGTERM.\n' });
  assert.ok(performance.now() - begin < 5000, 'it did not wait for the generator');
  assert.deepStrictEqual(fs.readdirSync(cache), [path.basename(file)]);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});
