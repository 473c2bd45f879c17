'use strict';

// What `quiesce package` takes of an author's folder, without building anything: what npm would pack, and what it must not.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { writeFiles } = require('./support/cli.js');
const { newPath } = require('./support/files.js');

const stage = import('../cli/shipping/stage.mjs');
const manifest = { name: '@you/words', version: '1.0.0', main: 'dist/index.js' };

function author(files, more = {}) {
  const own = { ...manifest, ...more };
  return { home: writeFiles({ 'package.json': JSON.stringify(own), ...files }), own };
}

async function staged({ home, own }, options) {
  const { stageMain } = await stage;
  const folder = newPath();
  await stageMain({
    folder,
    home,
    manifest: own,
    targets: ['linux-x64'],
    out: path.join(home, 'packages'),
    ...options,
  });
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile());
}

test('without "files" neither binaries nor former packages are in the package, and all else is', async () => {
  const files = {
    'dist/index.js': '',
    'dist/words.node': 'binary',
    'packages/you-words-linux-x64-1.0.0.tgz': 'of this run',
    'packages/you-words-0.9.0.tgz': 'of a former one',
    'packages/.packing-x/you-words-0.9.0.tgz': 'of one that was killed',
    'packages/SHA256SUMS': '',
    'packages/more/index.js': '',
    'data/SHA256SUMS': '',
  };
  const expected = ['data/SHA256SUMS', 'dist/index.js', 'package.json', 'packages/more/index.js'];
  assert.deepEqual((await staged(author(files))).sort(), expected.map(path.normalize));
  const { home, own } = author({ 'index.js': '', 'you-words-1.0.0.tgz': '', SHA256SUMS: '' });
  assert.deepEqual((await staged({ home, own }, { out: home })).sort(), ['index.js', 'package.json']);
});

test('a package without the index.js of the addon is refused', async () => {
  const made = author({ 'dist/index.js': '', 'lib/index.js': '' }, { main: 'lib/index.js', files: ['lib'] });
  const needed = [path.join(made.home, 'dist', 'index.js')];
  await assert.rejects(staged(made, { needed }), /dist.index\.js is not among what npm packs.*"files"/);
  const elsewhere = [newPath()];
  await assert.rejects(staged(made, { needed: elsewhere }), /is not among what npm packs/);
  made.own.files.push('dist');
  fs.writeFileSync(path.join(made.home, 'package.json'), JSON.stringify(made.own));
  assert.ok((await staged(made, { needed })).includes(path.normalize('dist/index.js')));
});

/** A stand-in for npm, which tells what npm has told in another form: `change` is the source of a function. */
function npmThatTells(change) {
  const real = JSON.stringify(fs.realpathSync(process.env.npm_execpath ?? npmOnPath()));
  return writeFiles({
    'npm-cli.js': `
      const { execFileSync } = require('node:child_process');
      const told = execFileSync(process.execPath, [${real}, ...process.argv.slice(2)], { encoding: 'utf8' });
      console.log(JSON.stringify((${change})(JSON.parse(told))));`,
  });
}

function npmOnPath() {
  return execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
}

const forms = {
  'npm 10, a list': '(told) => Object.values(told)',
  'npm 12, an object by name':
    '(told) => Object.fromEntries(Object.values(told).map((each) => [each.name, each]))',
};

for (const [name, change] of Object.entries(forms)) {
  test(`what npm pack tells: ${name}`, async () => {
    const { pack } = await stage;
    const before = process.env.npm_execpath;
    const npm = npmThatTells(change);
    process.env.npm_execpath = path.join(npm, 'npm-cli.js');
    try {
      const made = author({ 'dist/index.js': '' });
      assert.deepEqual((await staged(made)).sort(), [path.normalize('dist/index.js'), 'package.json']);
      const out = newPath();
      fs.mkdirSync(out);
      assert.equal(await pack(made.home, out), path.join(out, 'you-words-1.0.0.tgz'));
      assert.deepEqual(fs.readdirSync(out), ['you-words-1.0.0.tgz']);
    } finally {
      if (before === undefined) delete process.env.npm_execpath;
      else process.env.npm_execpath = before;
    }
  });
}

test('the bytes of a tarball do not depend on the modes of the files', async () => {
  const { pack } = await stage;
  const tarballs = [];
  for (const mode of [0o600, 0o444, 0o664]) {
    const { home } = author({ 'dist/index.js': '' });
    fs.chmodSync(path.join(home, 'dist', 'index.js'), mode);
    const out = newPath();
    fs.mkdirSync(out);
    tarballs.push(fs.readFileSync(await pack(home, out)));
  }
  for (const each of tarballs) assert.ok(each.equals(tarballs[0]));
});

test("a platform package goes where the author's goes, and to nobody else", async () => {
  const { stagePlatform } = await stage;
  const { findTarget } = await import('../cli/targets.mjs');
  const publishConfig = {
    access: 'restricted',
    registry: 'https://npm.example.com/',
    '@you:registry': 'https://npm.example.com/',
    tag: 'next',
    provenance: false,
  };
  const told = (own) => {
    const folder = stagePlatform({
      folder: newPath(),
      manifest: own,
      target: findTarget('linux-x64'),
      files: [],
    });
    return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).publishConfig;
  };
  assert.deepEqual(
    told({ ...manifest, publishConfig: { ...publishConfig, main: 'dist/x.js' } }),
    publishConfig,
  );
  assert.equal(told(manifest), undefined);
});

test('a package.json with a byte order mark is read as Node and npm read it', async () => {
  const { readManifest } = await import('../cli/shipping/manifest.mjs');
  const { markCommonJS } = await import('../cli/folders.mjs');
  const own = { ...manifest, type: 'module', dependencies: { quiesce: '^0.1.0' } };
  const home = writeFiles({ 'package.json': `\uFEFF${JSON.stringify(own)}\r\n`, 'dist/index.js': '' });
  assert.deepEqual(readManifest(home), own);
  markCommonJS(path.join(home, 'dist'));
  const marked = JSON.parse(fs.readFileSync(path.join(home, 'dist', 'package.json'), 'utf8'));
  assert.equal(marked.type, 'commonjs');
});
