'use strict';

// What a binary may ask of a user's system: the check of cli/shipping/needs.mjs, and that the header which it relies on
// does what it is there for.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { before, test } = require('node:test');
const { root } = require('./support/addon.js');
const { makeFile, newPath } = require('./support/files.js');

const linux = { name: 'linux-x64', os: 'linux', cpu: 'x64' };
const windows = { name: 'win32-x64', os: 'win32', cpu: 'x64' };
const good = {
  os: 'linux',
  cpu: 'x64',
  libraries: ['libc.so.6'],
  symbols: ['malloc@GLIBC_2.2.5'],
  pinned: true,
};

let problemOf;
before(async () => {
  ({ problemOf } = await import('../cli/shipping/needs.mjs'));
});

test('a library for another platform is refused', () => {
  assert.equal(problemOf(good, linux), undefined);
  assert.match(problemOf(good, windows), /is one for linux-x64/);
  assert.match(problemOf({ ...good, cpu: 'arm64' }, linux), /is one for linux-arm64/);
});

test('on Linux no symbol may be newer than the floor, and the library must be pinned', () => {
  const withSymbol = (symbol) => problemOf({ ...good, symbols: [...good.symbols, symbol] }, linux);
  for (const old of ['fcntl64@GLIBC_2.28', 'napi_throw', 'memcpy@GLIBC_2.14', '__cxa_throw@CXXABI_1.3']) {
    assert.equal(withSymbol(old), undefined, old);
  }
  for (const late of ['dlsym@GLIBC_2.34', 'pow@GLIBC_2.29', 'x@GLIBC_3.1', 'fstat@GLIBC_2.33.1']) {
    const found = withSymbol(late);
    assert.match(found, /later than 2\.28/);
    assert.ok(found.includes(late) && !found.includes('malloc'), found);
  }
  assert.match(problemOf({ ...good, pinned: false }, linux), /nodelete/);
});

test('on Windows neither the program by a name nor a library of MinGW may be needed', () => {
  const withLibraries = (...libraries) =>
    problemOf({ ...good, os: 'win32', libraries, pinned: false }, windows);
  assert.equal(withLibraries('kernel32.dll', 'msvcrt.dll', 'ws2_32.dll'), undefined);
  for (const wrong of [
    'node.exe',
    'electron.exe',
    'libwinpthread-1.dll',
    'libgcc_s_seh-1.dll',
    'libstdc++-6.dll',
  ]) {
    assert.ok(withLibraries('kernel32.dll', wrong)?.includes(wrong), wrong);
  }
});

test('addon/glibc.h: what is compiled with it has old versions of the symbols; without it, as a control, new ones', (t) => {
  const source = makeFile(
    `#include <dlfcn.h>
     #include <math.h>
     #include <pthread.h>
     #include <signal.h>
     double use(double x) {
       pthread_key_t key;
       pthread_key_create(&key, 0);
       pthread_sigmask(0, 0, 0);
       return dlsym(0, "x") ? pow(x, x) : log(x);
     }`,
    'use.c',
  );
  const versions = (...flags) => {
    const out = newPath('use.so');
    execFileSync('gcc', ['-shared', '-fPIC', '-O1', ...flags, '-o', out, source, '-lm']);
    const listed = execFileSync('readelf', ['-W', '--version-info', out], { encoding: 'utf8' });
    return [...listed.matchAll(/Name: GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
  };
  const without = Math.max(...versions());
  t.diagnostic(`without the header: GLIBC_2.${without}`);
  assert.ok(without >= 29, 'this system has the new versions');
  assert.ok(Math.max(...versions('-include', path.join(root, 'addon', 'glibc.h'))) <= 17);
});

test("this package's own addons ask for no glibc later than 2.17", () => {
  for (const name of ['Release/quiesce.node', 'bus/bus.node']) {
    const file = path.join(root, 'build', name);
    const listed = execFileSync('readelf', ['-W', '--version-info', file], { encoding: 'utf8' });
    const found = [...listed.matchAll(/Name: GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    assert.ok(found.length > 0);
    assert.ok(Math.max(...found) <= 17, `${name}: ${found}`);
  }
});

test('addon/host_windows.c has every function of Node-API that the shim calls, and no other', () => {
  const folder = path.join(root, 'addon');
  const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
  const sources = fs.readdirSync(folder).filter((name) => /\.[ch]$/.test(name) && name !== 'host_windows.c');
  const include = path.join(path.dirname(require.resolve('node-api-headers/package.json')), 'include');
  const headers = ['js_native_api.h', 'node_api.h'].map((name) =>
    fs.readFileSync(path.join(include, name), 'utf8'),
  );
  const declared = new Set(headers.join('').match(/\b(napi|node_api)_\w+(?=\()/g));
  const called = new Set(
    sources
      .flatMap((name) => read(name).match(/\b(napi|node_api)_\w+/g) ?? [])
      .filter((name) => declared.has(name)),
  );
  const listed = read('host_windows.c').match(/(?<=^ {2}X\()\w+/gm);
  assert.deepEqual(listed, [...called].sort());
});
