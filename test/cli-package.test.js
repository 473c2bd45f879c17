'use strict';

// `quiesce package`: what it refuses, before anything is built, the workflow file, and where its output goes. What it makes is
// tested as users get it, in test/shipped/.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { quiesce, writeFiles } = require('./support/cli.js');

const good = { name: 'words', version: '1.0.0', dependencies: { quiesce: '^0.1.0' } };

function packageWith(manifest) {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  return writeFiles({
    'package.json': text,
    'go.mod': 'module example.com/words\n\ngo 1.24.0\n',
    'words.go': 'package words\n',
  });
}

/** Runs the command there and demands one sentence on stderr that matches, and nothing else. */
async function refused(folder, args, pattern, options) {
  const { code, signal, stdout, stderr } = await quiesce(['package', ...args], { cwd: folder, ...options });
  assert.deepEqual({ code, signal, stdout }, { code: 1, signal: null, stdout: '' }, stderr);
  assert.match(stderr, /^quiesce: [^\n]+\n$/);
  assert.match(stderr, pattern);
  assert.ok(!fs.existsSync(path.join(folder, 'packages')), 'nothing was made');
}

const manifests = [
  ['{ "name": ', /package\.json cannot be read/],
  ['[]', /its name is undefined/],
  ['null', /it is no object/],
  [{ ...good, name: undefined }, /its name is undefined, and npm needs one such as/],
  [{ ...good, name: 'Words' }, /its name is "Words"/],
  [{ ...good, name: '../words' }, /its name is "\.\.\/words"/],
  [{ ...good, version: undefined }, /its version is undefined/],
  [{ ...good, version: '1' }, /its version is "1"/],
  [{ ...good, dependencies: undefined }, /"quiesce" is not among its dependencies.*npm install quiesce/],
  [{ ...good, dependencies: { quiesce: 'file:../quiesce' } }, /by "file:\.\.\/quiesce", which nobody has/],
];

for (const [manifest, pattern] of manifests) {
  test(`package.json is ${JSON.stringify(manifest)}: refused`, async () => {
    await refused(packageWith(manifest), [], pattern);
  });
}

test('a target that there is not, or that cannot be built here, is refused with what there is', async () => {
  const folder = packageWith(good);
  await refused(
    folder,
    ['--target', 'linux-mips'],
    /no target 'linux-mips'. The targets: linux-x64, linux-arm64,/,
  );
  if (process.platform === 'darwin') return;
  const why = /darwin-arm64 can be built on macOS only, or by a compiler that CC_FOR_darwin_arm64 names/;
  await refused(folder, ['--target', 'darwin-arm64'], why, { env: { CC_FOR_darwin_arm64: '' } });
  await refused(folder, ['--target', 'linux-arm64'], /'no-gcc' is not on the PATH/, {
    env: { CC_FOR_linux_arm64: 'no-gcc' },
  });
});

test('a folder that is none, or has no package.json above it, is refused', async () => {
  await refused(packageWith(good), ['elsewhere'], /There is no folder elsewhere/);
  await refused(packageWith(good), ['words.go'], /There is no folder words\.go/);
});

test('--assemble without any platform package says which is missing', async () => {
  const why = /has no platform package of words 1\.0\.0, such as words-linux-x64-1\.0\.0\.tgz/;
  await refused(packageWith(good), ['--assemble'], why);
});

test('a compiler that is not there is named, and the package of Debian that has it', async () => {
  const { checkCompiler } = await import('../cli/go.mjs');
  const { findTarget } = await import('../cli/targets.mjs');
  const target = { ...findTarget('linux-arm64'), compiler: 'no-such-compiler' };
  assert.throws(() => checkCompiler({ CC: 'no-such-compiler' }, target), {
    message: /The C compiler for linux-arm64, 'no-such-compiler'.*gcc-aarch64-linux-gnu.*CC_FOR_linux_arm64/,
  });
});

test('which compiler builds a target', async () => {
  const { findTarget, host, variablesFor } = await import('../cli/targets.mjs');
  const arm = findTarget('linux-arm64');
  const named = variablesFor(arm, { CC: 'clang', CC_FOR_linux_arm64: 'my-gcc', OTHER: '1' });
  assert.deepEqual(named, {
    CC: 'my-gcc',
    CC_FOR_linux_arm64: 'my-gcc',
    OTHER: '1',
    GOOS: 'linux',
    GOARCH: 'arm64',
  });
  const windows = variablesFor(findTarget('win32-x64'), { CC: 'clang' });
  assert.deepEqual(
    [windows.CC, windows.GOOS, windows.GOARCH],
    ['x86_64-w64-mingw32-gcc', 'windows', 'amd64'],
  );
  const own = variablesFor(findTarget(host), { CC: 'clang' });
  assert.equal(own.CC, 'clang', "this platform's is the environment's");
});

test('--workflow writes the file once, and nothing else', async () => {
  const folder = packageWith(good);
  const { code, stdout, stderr } = await quiesce(['package', '--workflow'], { cwd: folder });
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^Wrote \.github\/workflows\/release\.yml\./);
  const text = fs.readFileSync(path.join(folder, '.github', 'workflows', 'release.yml'), 'utf8');
  assert.match(text, /require\('words'\)/);
  assert.doesNotMatch(text, /__[A-Z]/);
  assert.deepEqual(fs.readdirSync(folder).sort(), ['.github', 'go.mod', 'package.json', 'words.go']);
  const { code: again, stderr: why } = await quiesce(['package', '--workflow'], { cwd: folder });
  assert.equal(again, 1);
  assert.match(why, /release\.yml is there already/);
});

test('--out and --packages: the entries lie in the one, the tarballs in the other; what was there before is told', {
  skip: process.platform === 'win32' && 'tar and links are not the same there',
}, async () => {
  const folder = packageWith({ ...good, main: 'native/index.js', files: ['native'] });
  fs.mkdirSync(path.join(folder, 'node_modules'));
  fs.symlinkSync(root, path.join(folder, 'node_modules', 'quiesce'));
  fs.appendFileSync(
    path.join(folder, 'words.go'),
    '\n// One is one.\n//\n//quiesce:function\nfunc One() int { return 1 }\n',
  );
  const out = path.join(folder, 'made here');
  const other = ['linux-x64', 'linux-arm64'].find((name) => name !== `${process.platform}-${process.arch}`);
  fs.mkdirSync(out);
  fs.writeFileSync(path.join(out, `words-${other}-1.0.0.tgz`), '');
  const args = ['package', '--out', 'native', '--packages', 'made here'];
  const { code, stdout, stderr } = await quiesce(args, { cwd: folder });
  assert.equal(code, 0, stdout + stderr);
  assert.ok(stderr.includes(`note: words 1.0.0 also gets the packages for ${other} that were there before`));
  const names = [other, `${process.platform}-${process.arch}`].map((name) => `words-${name}-1.0.0.tgz`);
  assert.deepEqual(fs.readdirSync(out).sort(), [...names, 'SHA256SUMS', 'words-1.0.0.tgz'].sort());
  const listed = execFileSync('tar', ['-tzf', path.join(out, 'words-1.0.0.tgz')], { encoding: 'utf8' });
  const inside = ['index.d.mts', 'index.d.ts', 'index.js', 'index.mjs'].map(
    (name) => `package/native/${name}`,
  );
  assert.deepEqual(listed.trim().split('\n').sort(), [...inside, 'package/package.json']);
  assert.ok(!fs.existsSync(path.join(folder, 'dist')));
});
