'use strict';

// FAULTS 41: an addon that cannot be loaded: one readable error that says what to do.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { test } = require('node:test');
const { loadNative } = require('../lib/load.js');
const { pathOfAddon, root } = require('./support/addon.js');
const { testAlone } = require('./support/alone.js');
const { expectChild } = require('./support/bodies.js');
const { makeFile, newPath } = require('./support/files.js');

function check(error, file, ...patterns) {
  assert.equal(error.code, 'ERR_ADDON_UNAVAILABLE');
  assert.equal(error.message.split('\n').length, 1, error.message);
  assert.ok(error.message.includes(file));
  const here = new RegExp(`\\(${process.platform}-${process.arch}, Node ${process.versions.node}\\)`);
  for (const pattern of [here, ...patterns]) assert.match(error.message, pattern);
  return true;
}

test('FAULTS 41: a missing binary', () => {
  const file = newPath('missing.node');
  assert.throws(
    () => loadNative({ file, remedy: 'Do build it.' }),
    (error) => check(error, file, /there is no such file/, /Do build it\.$/),
  );
});

testAlone('FAULTS 41: files that are no addon: text, nothing, the head of an addon, a folder', () => {
  const head = fs.readFileSync(path.join(root, 'build', 'Release', 'quiesce.node')).subarray(0, 16);
  const files = ['no addon', '', head].map((content) => makeFile(content));
  for (const file of [...files, path.dirname(files[0])]) {
    assert.throws(
      () => loadNative({ file, remedy: 'Do build it.' }),
      (error) => check(error, file, /Do build it\.$/) && error.cause instanceof Error,
    );
  }
});

/** A package with a platform package beside it, as npm installs them; `contents` are the addon's there. */
function installed(contents) {
  const home = newPath();
  const platform = path.join(home, 'node_modules', `words-${process.platform}-${process.arch}`);
  const file = path.join(home, 'node_modules', 'words', 'dist', 'words.node');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (contents !== undefined) {
    fs.mkdirSync(platform);
    fs.writeFileSync(path.join(platform, 'words.node'), contents);
  }
  const load = () => loadNative({ file, published: 'words', from: createRequire(file), remedy: 'Build it.' });
  return { file, load, inPlatform: path.join(platform, 'words.node') };
}

testAlone('the addon of the platform package is taken, a local build where there is none', () => {
  const addon = fs.readFileSync(pathOfAddon('test'));
  const published = installed(addon);
  fs.writeFileSync(published.file, 'not an addon');
  assert.ok(published.load().describe(), 'the platform package comes first');
  const local = installed();
  fs.writeFileSync(local.file, addon);
  assert.ok(local.load().describe(), 'then the local build');
});

test('FAULTS 41: what was looked for is told, and one that cannot be loaded is not passed over', () => {
  const none = installed();
  assert.throws(none.load, (error) =>
    check(
      error,
      none.file,
      /the package words-[a-z0-9-]+ is not installed, and /,
      /there is no such file/,
      /Install words anew on this platform, with its optional dependencies/,
      /--omit=optional/,
      /Build it\.$/,
    ),
  );
  const broken = installed('not an addon');
  fs.writeFileSync(broken.file, 'not an addon either');
  assert.throws(
    broken.load,
    (error) =>
      check(error, broken.inPlatform, /Install words anew on this platform/) && error.cause instanceof Error,
  );
});

/** Requires a copy of the package without its binary in a child; `prepare` patches the process before. */
async function requireWithout(prepare) {
  const copy = newPath();
  fs.mkdirSync(copy);
  for (const name of ['index.js', 'index.mjs', 'package.json', 'lib']) {
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  const { result } = await expectChild(
    `async ({ print }, copy) => {
      (${prepare})();
      process.on('unhandledRejection', () => {}); // Node 20 reports an import that failed here as well
      const errors = [];
      for (const load of [() => require(copy), () => require(copy), () => import(copy + '/index.mjs')]) {
        try {
          await load();
        } catch ({ code, message }) {
          errors.push({ code, message });
        }
      }
      print(errors);
    }`,
    { data: copy },
  );
  assert.equal(result.length, 3, 'require, require again, import');
  assert.equal(new Set(result.map(({ message }) => message)).size, 1);
  const [error] = result;
  assert.equal(error.code, 'ERR_ADDON_UNAVAILABLE');
  assert.equal(error.message.split('\n').length, 1);
  return error.message;
}

test('FAULTS 41: require and import of the package without its binary', async () => {
  const message = await requireWithout(() => {});
  assert.match(message, /the package quiesce-[a-z0-9-]+ is not installed/);
  assert.match(message, /npm run build/);
  assert.doesNotMatch(message, /musl/);
});

test('FAULTS 41: a platform that it is not built for is told what there is', async () => {
  const message = await requireWithout(() => {
    Object.defineProperty(process, 'platform', { value: 'sunos' });
    Object.defineProperty(process, 'arch', { value: 'mips' });
  });
  assert.match(message, /sunos-mips/);
  assert.match(message, /It is built for linux-x64, /);
});

test('FAULTS 41: musl is recognised, and told why', async () => {
  const message = await requireWithout(() => {
    Object.defineProperty(process, 'platform', { value: 'linux' });
    process.report.getReport = () => ({ header: { nodejsVersion: 'v20.0.0' } }); // as under musl: no glibc version
  });
  assert.match(message, /musl/);
  assert.match(message, /node:22-slim/);
});

const reports = {
  throws: () => {
    process.report.getReport = () => {
      throw new Error('no report');
    };
  },
  'is text': () => {
    process.report.getReport = () => '{}';
  },
  'is not there': () => Object.defineProperty(process, 'report', { value: undefined }),
};

for (const [what, prepare] of Object.entries(reports)) {
  test(`FAULTS 41: where the report of the process ${what}, the error is the same, and does not speak of musl`, async () => {
    const message = await requireWithout(prepare);
    assert.match(message, /is not installed, and .*npm run build/);
    assert.doesNotMatch(message, /musl/);
  });
}
