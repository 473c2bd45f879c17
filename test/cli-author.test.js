'use strict';

// A Go author's way from `quiesce new` to a package that works, with Quiesce installed as npm packs it.

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { before, test } = require('node:test');
const { root } = require('./support/addon.js');
const { expectChild } = require('./support/bodies.js');
const { startProgram, withoutSteps, writeFiles } = require('./support/cli.js');
const { newPath } = require('./support/files.js');

const outputs = ['index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'words.node'];
const home = newPath('author'); // has node_modules, and beside it
const words = path.join(home, 'words'); // the package that is made

/** Runs npm without its noise. */
function npm(args, cwd) {
  const script = process.env.npm_execpath; // npm.cmd could not be started without a shell
  const [file, first] = script ? [process.execPath, [script]] : ['npm', []];
  return startProgram(file, [...first, ...args, '--silent'], { cwd }).ended;
}

/** Runs the installed `quiesce`. */
function quiesce(args, options) {
  const command = path.join(home, 'node_modules', 'quiesce', 'cli', 'quiesce.mjs');
  return startProgram(process.execPath, [command, ...args], { cwd: words, ...options }).ended;
}

/** Builds and demands success; returns what was said. */
async function build(args = [], options) {
  const { code, signal, stdout, stderr } = await quiesce(['build', ...args], options);
  assert.deepStrictEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: '' }, stderr);
  return stderr;
}

/** The files of a folder and their contents, without what npm and the build put there. */
function snapshot(folder) {
  const names = fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => !/^(dist|node_modules)\b/.test(name));
  const files = names.map((name) => path.join(folder, name)).filter((file) => fs.statSync(file).isFile());
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(file, 'utf8')]));
}

/** Changes words.go. */
function edit(from, to) {
  const file = path.join(words, 'words.go');
  const text = fs.readFileSync(file, 'utf8');
  assert.ok(text.includes(from));
  fs.writeFileSync(file, text.replace(from, to));
}

/** The number of words that a counter of that addon counts in a process of its own. */
async function count(folder) {
  const { result } = await expectChild(
    async ({ print }, folder) => {
      const { Counter } = require(folder);
      const counter = new Counter();
      print(counter.add('one two three'));
      await counter.free();
    },
    { data: folder },
  );
  return result;
}

before(async () => {
  const modules = path.join(home, 'node_modules');
  fs.mkdirSync(path.join(modules, '.bin'), { recursive: true });
  const packed = await npm(['pack', '--ignore-scripts', '--pack-destination', home], root);
  assert.strictEqual(packed.code, 0, packed.stderr);
  const tar = startProgram('tar', ['-xzf', packed.stdout.trim()], { cwd: home });
  assert.strictEqual((await tar.ended).code, 0);
  fs.renameSync(path.join(home, 'package'), path.join(modules, 'quiesce'));
  for (const name of ['@msgpack', '@types', 'node-api-headers', 'typescript', 'undici-types']) {
    fs.symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
  }
  fs.symlinkSync('../quiesce/cli/quiesce.mjs', path.join(modules, '.bin', 'quiesce'));
  fs.symlinkSync('../typescript/bin/tsc', path.join(modules, '.bin', 'tsc'));
});

test('new, npm test: it builds, its types are checked, its test passes, and the tree stays clean', async () => {
  const { code } = await quiesce(['new', 'words'], { cwd: home });
  assert.strictEqual(code, 0);
  const written = snapshot(words);
  const { code: result, stdout, stderr } = await npm(['test'], words);
  assert.strictEqual(result, 0, stdout + stderr);
  assert.match(stdout, /^# pass 3$/m);
  assert.deepStrictEqual(fs.readdirSync(path.join(words, 'dist')).sort(), outputs);
  assert.deepStrictEqual(snapshot(words), written);
});

test('a rebuild after a change takes seconds, and replaces an addon that is loaded', async () => {
  const { Counter } = require(path.join(words, 'dist'));
  const counter = new Counter();
  edit('return len(words)', 'return -len(words)');
  await build([], { timeout: 10_000 });
  assert.strictEqual(await count(path.join(words, 'dist')), -3);
  assert.strictEqual(counter.add('one two three'), 3);
  await counter.free();
  edit('return -len(words)', 'return len(words)');
});

test('in an npm package of ES modules the entries work too, and its own folder is refused as theirs', async () => {
  const manifest = path.join(words, 'package.json');
  const before = fs.readFileSync(manifest, 'utf8');
  try {
    fs.writeFileSync(manifest, before.replace('"type": "commonjs"', '"type": "module"'));
    await build();
    const { Counter } = await import(path.join(words, 'dist', 'index.mjs'));
    assert.strictEqual(typeof Counter, 'function');
    const { code, stderr } = await quiesce(['build', '--out', '.']);
    assert.strictEqual(code, 1);
    assert.match(stderr, /says "type": "module".* choose another folder by --out/);
    assert.ok(!fs.existsSync(path.join(words, 'index.js')));
  } finally {
    fs.writeFileSync(manifest, before);
    fs.rmSync(path.join(words, 'dist', 'package.json'), { force: true });
  }
});

test('two builds at once, with no generator yet, and no network', async () => {
  const out = path.join(home, 'two');
  const cache = path.join(words, 'node_modules', '.cache', 'quiesce');
  fs.rmSync(cache, { recursive: true });
  const builds = [1, 2].map(() => build(['--out', out], { env: { GOPROXY: 'off' } }));
  for (const messages of await Promise.all(builds)) assert.match(messages, /two.words\.node: \d+\.\d MB, /);
  assert.strictEqual(await count(out), 3);
  assert.deepStrictEqual(fs.readdirSync(out).sort(), outputs);
  assert.strictEqual(fs.readdirSync(cache).length, 1, 'nothing but the generator');
});

test('where nothing can be written beside the package, the build uses a temporary folder, and leaves none', async () => {
  const cache = path.join(words, 'node_modules', '.cache');
  const TMPDIR = path.join(home, 'temporary');
  fs.mkdirSync(TMPDIR);
  fs.rmSync(cache, { recursive: true });
  fs.writeFileSync(cache, ''); // root may write to a folder that is read-only
  await build([], { env: { TMPDIR, TEMP: TMPDIR } });
  fs.rmSync(cache);
  assert.deepStrictEqual(fs.readdirSync(TMPDIR), []);
});

test('what is wrong with the package is told once, as a compiler does; what was built before stays', async () => {
  const built = fs.statSync(path.join(words, 'dist', 'words.node')).ino;
  edit('return len(words)', 'return words');
  const { code, stderr } = await quiesce(['build']);
  edit('return words', 'return len(words)');
  assert.strictEqual(code, 1);
  assert.match(withoutSteps(stderr), /^words\.go:\d+:9: [^\n]*cannot use words[^\n]*\n[\s\S]*\n1 error\n$/);
  assert.strictEqual(stderr.match(/cannot use/g).length, 1);
  assert.strictEqual(fs.statSync(path.join(words, 'dist', 'words.node')).ino, built);
});

// Surroundings of a package: the files of a folder, and what is built in it (default: the folder itself).
const plain = (expression = 'len(strings.Fields(text))', more = '') => `package words

import "strings"
${more}
//quiesce:class
type Counter struct{}

func NewCounter() *Counter { return &Counter{} }

func (c *Counter) Add(text string) int { return ${expression} + 0*len(strings.TrimSpace(text)) }
`;
const surroundings = {
  "an author's vendor folder": {
    files: {
      'go.mod': 'module example.com/a\n\ngo 1.24.0\n',
      'a.go': plain(),
      'vendor/modules.txt': '',
    },
    env: { GOFLAGS: '-mod=vendor' },
  },
  "an author's go.work, with modules and replacements": {
    files: {
      'go.work':
        'go 1.24.0\n\nuse (\n\t./b\n\t"./the other"\n)\n\nreplace example.com/third => "./the third"\n',
      'b/go.mod': 'module example.com/b\n\ngo 1.24.0\n\nrequire example.com/third v0.0.0\n',
      'b/b.go': plain('other.N + third.N', 'import (\n"example.com/other"\n"example.com/third"\n)\n'),
      'the other/go.mod': 'module example.com/other\n\ngo 1.24.0\n',
      'the other/other.go': 'package other\n\nconst N = 1\n',
      'the third/go.mod': 'module example.com/third\n\ngo 1.24.0\n',
      'the third/third.go': 'package third\n\nconst N = 2\n',
    },
    asked: ['./b'],
  },
  'a module with an older go line, and an internal package, by its import path': {
    files: { 'go.mod': 'module example.com/c\n\ngo 1.21\n', 'internal/words/c.go': plain() },
    asked: ['example.com/c/internal/words'],
  },
  'C in the package, and a path with spaces and quotes': {
    folder: `it's "d"`,
    files: {
      'go.mod': 'module example.com/d\n\ngo 1.24.0\n',
      'd.go': plain('int(C.triple(1))', '\n// static int triple(int n) { return 3 * n; }\nimport "C"\n'),
    },
  },
};

for (const [name, { folder = name, files, asked = [], env }] of Object.entries(surroundings)) {
  test(`it builds: ${name}`, async () => {
    const author = writeFiles(files, path.join(words, 'surroundings', folder));
    const link = newPath(); // Go and Node may name one folder differently
    fs.symlinkSync(author, link, 'junction');
    const written = snapshot(author);
    const out = path.join(home, 'out', folder);
    const inside = { cwd: link, env: { ...env, PWD: link } }; // as a shell sets it
    await build([...asked, '--out', path.relative(author, out)], inside);
    assert.strictEqual(await count(out), 3);
    assert.deepStrictEqual(snapshot(author), written);
  });
}
