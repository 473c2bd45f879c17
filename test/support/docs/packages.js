'use strict';

// The packages that pages tell how to make, made of the Go that stands there.

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { root } = require('../addon.js');
const { quiesce, writeFiles } = require('../cli.js');
const { newPath } = require('../files.js');
const { linkPackages } = require('./run-js.js');

/** What a page leaves out of the Go of `wordcount`: the imports, types that it only names, and bodies: { ... }. */
const wordcount = {
  imports: ['context', 'iter', 'os', 'strings', 'sync'],
  rest: `
type Options struct {
	IgnoreCase bool \`json:"ignoreCase,omitempty"\`
}

type Entry struct {
	Word  string \`json:"word"\`
	Count int    \`json:"count"\`
}

//quiesce:class
type Index struct{}

func NewIndex() *Index { return &Index{} }

//quiesce:class
type Hits struct{}
`,
  bodies: {
    NewCounter: 'return &Counter{counts: map[string]int{}}, nil',
    Add: 'c.mu.Lock(); defer c.mu.Unlock(); c.counts[text]++; return len(strings.Fields(text))',
    AddFile:
      'bytes, err := os.ReadFile(path); if err != nil { return 0, err }; return c.Add(string(bytes)), ctx.Err()',
    Close: 'return nil',
    Watch:
      'return func(yield func(Entry, error) bool) { for n := 1; yield(Entry{"to", n}, ctx.Err()); n++ {} }',
    Detect: 'return "en"',
    OnWord: 'f("word")',
    Query: 'return &Hits{}, ctx.Err()',
  },
};

function fillBodies(code, bodies) {
  return code.replaceAll(/^(func (?:\([^)]*\) )?(\w+)\(.* )\{ \.\.\. \}$/gm, (_, head, name) => {
    assert.ok(bodies[name], `there is no body for ${name}: see test/support/docs/packages.js`);
    return `${head}{ ${bodies[name]} }`;
  });
}

/** One Go file of all blocks of a page, in which the package clause stands once. */
function goFileOf(blocks, { imports, rest, bodies }) {
  const code = blocks.map((block) => fillBodies(block.code, bodies)).join('\n\n');
  const [clause] = /^package \w+$/m.exec(code);
  const list = `import (\n${imports.map((name) => `\t"${name}"`).join('\n')}\n)`;
  return `${code.replace(clause, `${clause}\n\n${list}`)}\n${rest}`;
}

/** Runs `quiesce build` in a folder, in which the package can be had by its name. */
async function buildPackage(folder) {
  const { code, stdout, stderr } = await quiesce(['build'], { cwd: folder });
  assert.strictEqual(code, 0, `quiesce build: ${stdout}${stderr}`);
  return folder;
}

/** The package of docs/toolkit.md. */
function makeWordcount(blocks) {
  const [json] = blocks.filter(({ lang }) => lang === 'json');
  const folder = writeFiles({
    'package.json': json.code,
    'go.mod': 'module example.com/wordcount\n\ngo 1.26.0\n',
    'wordcount.go': goFileOf(
      blocks.filter(({ lang }) => lang === 'go'),
      wordcount,
    ),
    'README.md': 'to be or not to be\n',
  });
  return buildPackage(linkPackages(folder));
}

/** The package of README.md, which the command makes. */
async function makeHello() {
  const parent = newPath();
  fs.mkdirSync(parent);
  const { code, stderr } = await quiesce(['new', 'hello'], { cwd: parent });
  assert.strictEqual(code, 0, stderr);
  return buildPackage(linkPackages(path.join(parent, 'hello')));
}

/** The module of docs/go.md, with a clone of this repository beside it: { folder, go }. */
function makeCounter(blocks) {
  const parent = newPath();
  const folder = path.join(parent, 'counter');
  const named = Object.fromEntries(
    blocks.filter(({ lang }) => lang === 'go').map((block) => [goNameOf(block), block.code]),
  );
  named['run.go'] = `package main

import (
	"context"
	"os/exec"

	"github.com/quiesce/quiesce/addon"
)

func init() { class.Define(addon.Async("run", nil, run)) }

${named['run.go']}
`;
  writeFiles({ ...named, 'go.mod': blocks.find(({ marks }) => marks.is === 'gomod').code }, folder);
  fs.copyFileSync(path.join(root, 'go.sum'), path.join(folder, 'go.sum')); // `go mod tidy` would ask for it
  fs.symlinkSync(root, path.join(parent, 'quiesce'), 'junction');
  linkPackages(folder, { 'node-api-headers': path.join(root, 'node_modules', 'node-api-headers') });
  const include = path.join(folder, 'node_modules', 'node-api-headers', 'include');
  const env = {
    ...process.env,
    GOFLAGS: '-mod=mod',
    GOWORK: 'off',
    CGO_ENABLED: '1',
    CGO_CFLAGS: `-I${include}`,
  };
  return { folder, go: (...args) => spawnSync('go', args, { cwd: folder, env, encoding: 'utf8' }), env };
}

/** In which file of the module of docs/go.md a block goes. */
function goNameOf({ code, where }) {
  if (code.startsWith('// counter.go')) return 'counter.go';
  if (code.startsWith('func run(')) return 'run.go';
  assert.ok(code.startsWith('package main'), `${where}: into which file of the module of docs/go.md?`);
  return 'store/main.go';
}

module.exports = { fillBodies, makeCounter, makeHello, makeWordcount };
