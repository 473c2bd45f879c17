'use strict';

// What is in the packages of dist/, and what is not.

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const own = require('../../package.json');
const { root } = require('../support/addon.js');
const { dist } = require('./support/registry.js');

const platforms = {
  'quiesce-linux-x64': { os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
  'quiesce-linux-arm64': { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] },
  'quiesce-win32-x64': { os: ['win32'], cpu: ['x64'], libc: undefined },
};
const names = ['quiesce', ...Object.keys(platforms)];

function tarball(name) {
  return path.join(dist, `${name}-${own.version}.tgz`);
}

function listed(name) {
  const lines = execFileSync('tar', ['-tzf', tarball(name)], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return lines.map((line) => line.replace(/^package\//, '')).sort();
}

function read(name, file, encoding = 'utf8') {
  return execFileSync('tar', ['-xzOf', tarball(name), `package/${file}`], { encoding, maxBuffer: 1e8 });
}

test('quiesce has no install script and nothing to build on installing; it depends on exact platform packages', () => {
  const manifest = JSON.parse(read('quiesce', 'package.json'));
  assert.equal(manifest.version, own.version);
  assert.equal(manifest.scripts, undefined);
  assert.equal(manifest.private, undefined);
  const wanted = Object.fromEntries(Object.keys(platforms).map((name) => [name, own.version]));
  assert.deepEqual(manifest.optionalDependencies, wanted);
  assert.deepEqual(manifest.dependencies, own.dependencies);
  assert.deepEqual(manifest.exports, own.exports);
});

test('quiesce has its JS, its types and the Go source that the toolkit needs, and no binary, test or binding.gyp', () => {
  const files = listed('quiesce');
  for (const file of [
    ...['README.md', 'LICENSE', 'index.js', 'index.mjs', 'index.d.ts', 'index.d.mts', 'lib/toolkit.d.ts'],
    ...['lib/bus/index.js', 'cli/quiesce.mjs', 'go.mod', 'go.sum', 'guard/table.go', 'addon/module.c'],
    ...['addon/glibc.h', 'addon/host_windows.c', 'toolkit/go.mod', 'toolkit/cmd/quiesce-gen/main.go'],
  ]) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
  const wrong = files.filter((file) =>
    /\.node$|_test\.go$|testdata|^test|^build|^bench|^proof|binding\.gyp/.test(file),
  );
  assert.deepEqual(wrong, []);
});

for (const [name, limits] of Object.entries(platforms)) {
  test(`${name} is for its platform alone, and has both addons with the licenses of what is in them`, () => {
    const { os, cpu, libc, version, scripts, preferUnplugged, engines } = JSON.parse(
      read(name, 'package.json'),
    );
    assert.deepEqual({ os, cpu, libc }, limits);
    assert.deepEqual([version, scripts, preferUnplugged], [own.version, undefined, true]);
    assert.deepEqual(engines, own.engines);
    const wanted = [
      'LICENSE',
      'README.md',
      'THIRD_PARTY_LICENSES',
      'bus.node',
      'package.json',
      'quiesce.node',
    ];
    assert.deepEqual(listed(name), wanted);
    const licenses = read(name, 'THIRD_PARTY_LICENSES');
    assert.match(licenses, /^Go 1\.\d+/);
    assert.match(licenses, /^github\.com\/nats-io\/nats-server\/v2 v2\./m);
    assert.match(licenses, /Apache License/);
  });
}

test('files have the same modes wherever they were packed, and the command may be run', () => {
  for (const name of names) {
    const lines = execFileSync('tar', ['-tvzf', tarball(name)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    const modes = new Map(lines.map((line) => [line.split(/ +/).at(-1), line.slice(0, 10)]));
    for (const [file, mode] of modes) {
      const wanted = file === 'package/cli/quiesce.mjs' ? '-rwxr-xr-x' : '-rw-r--r--';
      assert.equal(mode, wanted, `${name}: ${file}`);
    }
  }
});

test('no file tells a folder of the machine that made it', () => {
  const folders = [root, process.env.HOME].filter((each) => each?.length > 1);
  const texts = [...folders.map((each) => `${each}/`), path.join(os.tmpdir(), 'quiesce-')];
  for (const name of names) {
    for (const file of listed(name)) {
      const contents = read(name, file, 'latin1');
      for (const text of texts) assert.ok(!contents.includes(text), `${name}: ${file} has ${text}`);
    }
  }
});

test('SHA256SUMS has every tarball and bill of materials', () => {
  const lines = fs.readFileSync(path.join(dist, 'SHA256SUMS'), 'utf8').trim().split('\n');
  const sums = Object.fromEntries(lines.map((line) => line.split('  ').reverse()));
  const files = fs.readdirSync(dist).filter((name) => /\.(tgz|cdx\.json)$/.test(name));
  assert.deepEqual(Object.keys(sums), files.sort());
  for (const name of names) {
    const file = path.basename(tarball(name));
    assert.equal(
      sums[file],
      createHash('sha256')
        .update(fs.readFileSync(tarball(name)))
        .digest('hex'),
      file,
    );
  }
});

test('the bills of materials name what is in the binaries, and no time, serial number or folder', (t) => {
  const bills = fs.readdirSync(dist).filter((name) => name.endsWith('.cdx.json'));
  if (bills.length === 0) return t.skip('dist/ was made with --no-sbom');
  assert.equal(bills.length, 2 * Object.keys(platforms).length + 1);
  for (const name of bills) {
    const text = fs.readFileSync(path.join(dist, name), 'utf8');
    const bill = JSON.parse(text);
    assert.deepEqual(
      [bill.bomFormat, bill.serialNumber, bill.metadata.timestamp],
      ['CycloneDX', undefined, undefined],
    );
    assert.doesNotMatch(text, /\/tmp\/|"\.making/);
  }
  const components = (name) =>
    JSON.parse(fs.readFileSync(path.join(dist, name), 'utf8')).components.map((each) => each.name);
  assert.ok(components('linux-x64-bus.cdx.json').includes('github.com/nats-io/nats-server/v2'));
  assert.ok(components('linux-x64-quiesce.cdx.json').includes('golang.org/x/sys'));
  assert.ok(
    components('quiesce.cdx.json').includes('@msgpack/msgpack') ||
      components('quiesce.cdx.json').includes('msgpack'),
  );
});
