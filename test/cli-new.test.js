'use strict';

// `quiesce new`: what it writes, and what it refuses. That the result builds is in cli-author.test.js.

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const own = require('../package.json');
const { root } = require('./support/addon.js');
const { makePrograms, quiesce, startProgram, writeFiles } = require('./support/cli.js');
const { newPath } = require('./support/files.js');

/** Makes a package in a new folder and returns a function that reads its files. */
async function makePackage(options) {
  const folder = newPath();
  const { code, stdout, stderr } = await quiesce(['new', folder], options);
  assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: '' });
  const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
  return { folder, stdout, read };
}

test("the names of the packages follow from the folder's", async () => {
  const { namesFor } = await import('../cli/names.mjs');
  const cases = {
    hello: ['hello', 'hello'],
    'my-words': ['my-words', 'mywords'],
    'My.Words_2': ['my.words_2', 'mywords2'],
    '.hidden_': ['hidden', 'hidden'],
    '3d-maps': ['3d-maps', 'dmaps'],
    'Ein Café': ['ein-cafe', 'eincafe'],
    func: ['func', 'funcaddon'],
    main: ['main', 'mainaddon'],
    fs: ['fs-addon', 'fsaddon'],
    quiesce: ['quiesce-addon', 'quiesceaddon'],
  };
  for (const [folder, [npm, go]] of Object.entries(cases)) {
    assert.deepStrictEqual(namesFor(folder), { npm, go }, folder);
  }
});

test('a folder name that gives no name is refused, and nothing is written', async () => {
  const folder = newPath();
  for (const name of ['123', '日本', '-']) {
    const { code, stderr } = await quiesce(['new', path.join(folder, name)]);
    assert.strictEqual(code, 1);
    assert.match(stderr, new RegExp(`^quiesce: The folder name '${name}' gives no name for a Go package`));
  }
  const scope = await quiesce(['new', path.join(folder, '@-', 'x')]);
  assert.strictEqual(scope.stderr, "quiesce: The folder name '@-' gives no name for a scope of npm's.\n");
  const { code, stderr } = await quiesce(['new', path.join(folder, 'x'.repeat(215))]);
  assert.strictEqual(code, 1);
  assert.match(stderr, /too long for npm: 214 characters/);
  assert.ok(!fs.existsSync(folder));
});

test('a folder in one that is called as a scope is a package of that scope', async () => {
  const cwd = writeFiles({ other: '' });
  const { code, stdout } = await quiesce(['new', '@You/os'], { cwd });
  assert.strictEqual(code, 0);
  assert.match(stdout, /npm package @you\/os, around the Go package os\./);
  const { name } = JSON.parse(fs.readFileSync(path.join(cwd, '@You', 'os', 'package.json'), 'utf8'));
  assert.strictEqual(name, '@you/os');
  assert.ok(fs.existsSync(path.join(cwd, '@You', 'os', 'test', 'os.test.js')));
});

test('a folder with something in it, and a file, are refused and left alone', async () => {
  const folder = writeFiles({ taken: '' });
  const [full, file] = [await quiesce(['new', folder]), await quiesce(['new', path.join(folder, 'taken')])];
  assert.deepStrictEqual([full.code, file.code], [1, 1]);
  assert.match(full.stderr, /^quiesce: The folder .* is not empty: it has taken\. Nothing was changed\.\n$/);
  assert.match(file.stderr, /^quiesce: .*taken is a file: a new package needs a folder\.\n$/);
  assert.deepStrictEqual(fs.readdirSync(folder), ['taken']);
});

test('the files of a new package, in the current folder, which may have a .git', async () => {
  const folder = newPath('My-Words');
  fs.mkdirSync(path.join(folder, '.git'), { recursive: true });
  const { code, stdout } = await quiesce(['new', '.'], { cwd: folder });
  assert.strictEqual(code, 0);
  assert.match(stdout, /npm package my-words, around the Go package mywords/);
  assert.doesNotMatch(stdout, /cd /);
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => each.name);
  const expected = ['.gitignore', 'README.md', 'ci.yml', 'go.mod', 'mywords.go', 'mywords.test.js'];
  assert.deepStrictEqual(files.sort(), [...expected, 'package.json', 'tsconfig.json']);
  for (const name of ['package.json', 'mywords.go', 'go.mod', 'README.md', 'test/mywords.test.js']) {
    assert.doesNotMatch(fs.readFileSync(path.join(folder, name), 'utf8'), /__[A-Z_]+__|undefined/, name);
  }
});

test('package.json of what a clone makes: this clone, and the versions that it uses itself', async () => {
  const { folder, read, stdout } = await makePackage();
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  assert.strictEqual(path.resolve(folder, dependencies.quiesce.replace('file:', '')), root);
  const { typescript, '@types/node': types } = own.devDependencies;
  assert.deepStrictEqual(devDependencies, { '@types/node': types, typescript });
  assert.ok(stdout.includes(`cd ${path.relative(process.cwd(), folder)}\n`), stdout);
});

test('package.json of what an installed copy makes: its version', async () => {
  const installed = path.join(newPath(), 'node_modules', 'quiesce');
  for (const name of ['cli', 'go.mod', 'package.json']) {
    fs.cpSync(path.join(root, name), path.join(installed, name), { recursive: true });
  }
  const folder = newPath();
  const command = path.join(installed, 'cli', 'quiesce.mjs');
  const { code, stderr } = await startProgram(process.execPath, [command, 'new', folder]).ended;
  assert.strictEqual(code, 0, stderr);
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  assert.deepStrictEqual(dependencies, { quiesce: `^${own.version}` });
});

test('the go line is that of the installed Go, and not older than 1.24', {
  skip: process.platform === 'win32' && 'a script is no program there',
}, async () => {
  const lines = { 'go1.26.3': '1.26.0', 'go1.27rc1': '1.27.0', 'go1.21.4': '1.24.0' };
  for (const [version, line] of Object.entries(lines)) {
    const PATH = makePrograms({ go: `console.log('${version}')` });
    const { read, stdout } = await makePackage({ env: { PATH } });
    assert.match(read('go.mod'), new RegExp(`^go ${line}$`, 'm'));
    assert.doesNotMatch(stdout, /not on the PATH/);
  }
  const { read, stdout } = await makePackage({ env: { PATH: makePrograms({}) } });
  assert.match(read('go.mod'), /^go 1\.24\.0$/m);
  assert.match(stdout, /'go' is not on the PATH\. The build needs Go 1\.\d+\.\d+ or later\.\n$/);
});
