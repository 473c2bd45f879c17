'use strict';

// The Go workspace of a build: the author's modules and Quiesce's Go half, in a go.work outside the author's tree.

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { writeFiles } = require('./support/cli.js');
const { newPath } = require('./support/files.js');

/** What the build writes for that author, line by line. */
async function workspaceOf(author) {
  const { writeWorkspace } = await import('../cli/workspace.mjs');
  const folder = newPath();
  fs.mkdirSync(folder);
  const file = await writeWorkspace(folder, author, process.env);
  return { file, lines: fs.readFileSync(file, 'utf8').trimEnd().split('\n') };
}

const use = (...folders) => folders.map((folder) => `use ${JSON.stringify(fs.realpathSync(folder))}`);

test("a lone module is used beside the Go half, with the newer one's go line", async () => {
  const { goNeeded } = await import('../cli/go.mjs');
  const module = writeFiles({ 'go.mod': 'module example.com/words\n' });
  const lines = { 1.21: goNeeded(), 1.999: '1.999', undefined: goNeeded() };
  for (const [GoVersion, line] of Object.entries(lines)) {
    const version = GoVersion === 'undefined' ? undefined : GoVersion;
    const made = await workspaceOf({ module: { Dir: module, GoVersion: version } });
    assert.deepStrictEqual(made.lines, [`go ${line}`, ...use(module, root)]);
  }
});

test("an author's go.work is taken over: modules, replacements, checksums; another Quiesce is left out", async () => {
  const author = writeFiles({
    'go.work': `go 1.999

use (
	./words
	"./another module"
	./quiesce
)

replace (
	example.com/a v1.2.3 => ./a
	example.com/b => example.com/c v1.0.0
	github.com/quiesce/quiesce => ./quiesce
)
`,
    'go.work.sum': 'example.com/c v1.0.0 h1:sum=\n',
    'words/go.mod': 'module example.com/words\n',
    'another module/go.mod': 'module "example.com/another"\n',
    'quiesce/go.mod': 'module github.com/quiesce/quiesce\n',
  });
  const at = (name) => path.join(author, name);
  const { file, lines } = await workspaceOf({ module: { Dir: at('words') }, workFile: at('go.work') });
  assert.deepStrictEqual(lines, [
    'go 1.999',
    ...use(at('words'), at('another module'), root),
    `replace "example.com/a" v1.2.3 => ${JSON.stringify(at('a'))}`,
    'replace "example.com/b" => "example.com/c" v1.0.0',
  ]);
  assert.strictEqual(fs.readFileSync(`${file}.sum`, 'utf8'), 'example.com/c v1.0.0 h1:sum=\n');
});
