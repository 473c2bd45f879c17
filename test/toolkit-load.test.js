'use strict';

// Loading an addon that `quiesce build` has made: its entries, what `quiesce/addon` has beside it, and what is said
// where it cannot be.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { pathToFileURL } = require('node:url');
const vm = require('node:vm');
const addon = require('quiesce/addon');
const { version } = require('../package.json');
const { expectChild, startWorker } = require('./support/bodies.js');
const { makeFile, newPath } = require('./support/files.js');
const { exitOf } = require('./support/process.js');
const { file, folder, shapes } = require('./support/toolkit.js');

const { load } = addon;
const { Folder } = shapes;

test('the build makes five files, and no other', () => {
  const files = fs.readdirSync(folder);
  assert.deepEqual(files.sort(), ['index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'shapes.node']);
  for (const name of files.filter((each) => each !== 'shapes.node')) {
    const text = fs.readFileSync(path.join(folder, name), 'utf8');
    assert.ok(!text.includes(path.dirname(folder)), `${name} names no path of this machine`);
  }
});

test('both entries give the same classes and functions, all that there are', async () => {
  const entry = await import(pathToFileURL(path.join(folder, 'index.mjs')).href);
  const { default: none, ...names } = { ...entry };
  assert.equal(none, undefined);
  assert.deepEqual(Object.keys(names).sort(), Object.keys(shapes).sort());
  for (const [name, value] of Object.entries(shapes)) assert.equal(entry[name], value, name);
});

test('quiesce/addon by import and by require is one, and has these names', async () => {
  const entry = await import('quiesce/addon');
  assert.deepEqual(Object.keys(entry).sort(), Object.keys(addon).sort());
  assert.deepEqual(Object.keys(addon).sort(), [
    ...['AbortError', 'GoPanicError', 'Handle', 'HandleFreedError', 'HandleInvalidError', 'HandleLimitError'],
    ...['HandleTypeError', 'QuiesceError', 'ReleaseFailedError', 'WouldDeadlockError', 'freeAll', 'handles'],
    ...['load', 'metrics', 'stats'],
  ]);
  for (const [name, value] of Object.entries(addon)) assert.equal(entry[name], value);
  assert.ok(new Folder('f') instanceof entry.Handle);
});

test('before any addon is loaded there is nothing: no handles, zeros in stats(), nothing to free', async () => {
  const { result } = await expectChild(
    async ({ print }, file) => {
      const { freeAll, handles, metrics, stats } = require(file);
      print([handles(), stats(), await freeAll(), /^quiesce_slots 0$/m.test(metrics())]);
    },
    { data: require.resolve('quiesce/addon') },
  );
  const [handles, stats, freed, isZero] = result;
  assert.deepEqual([handles, freed], [[], { drained: 0, alreadyFreeing: 0, timedOut: 0, errors: [] }]);
  assert.deepEqual(
    Object.keys(stats).sort(),
    Object.keys(addon.stats()).sort(),
    'the same names as with an addon',
  );
  assert.ok(Object.values(stats).every((each) => each === 0));
  assert.ok(isZero);
});

test("loading it does not load Quiesce's own addon", async () => {
  const { result } = await expectChild(({ shapes, toolkit, print }) => {
    const folder = new shapes.Folder('f');
    const loaded = process.report.getReport().sharedObjects.filter((name) => name.endsWith('.node'));
    print([
      loaded.map((name) => require('node:path').basename(name)),
      folder.freeSync(),
      toolkit.toolkit.stats().live,
    ]);
  });
  assert.deepEqual(result, [['shapes.node'], 'drained', 0]);
});

test('handles of both packages are handles of one class, each with its own tokens', async () => {
  const { Guard, Handle } = require('..');
  const [folder, guard] = [new Folder('f'), new Guard()];
  assert.equal(Handle, addon.Handle);
  assert.ok(folder instanceof Handle && guard instanceof Handle);
  for (const attach of [() => Folder.attach(guard.token), () => Guard.attach(folder.token)]) {
    assert.throws(attach, { code: /^ERR_HANDLE_(INVALID|TYPE|FREED)$/ });
  }
  const classes = addon.handles().map((each) => each.class);
  assert.ok(classes.includes('Folder') && classes.includes('Guard'));
  const { drained } = await addon.freeAll();
  assert.ok(drained >= 2 && folder.freed && guard.freed);
});

test('Handle.attach() finds the handle and its class, of whichever addon it is', async () => {
  const { result } = await expectChild(({ shapes, toolkit, print }) => {
    const { Handle } = toolkit.toolkit;
    const folder = new shapes.Folder('f');
    const attach = (token) => {
      try {
        return Handle.attach(token);
      } catch (error) {
        return error.code;
      }
    };
    const [again, wrong] = [attach(folder.token), attach(5)];
    folder.freeSync();
    print([
      again instanceof shapes.Folder,
      again.token === folder.token,
      wrong,
      attach(folder.token),
      attach('5'),
    ]);
  });
  const codes = ['ERR_HANDLE_INVALID', 'ERR_HANDLE_FREED', 'ERR_INVALID_ARG_TYPE'];
  assert.deepEqual(result, [true, true, ...codes]);
  const { Guard, Handle } = require('..');
  const [folder, guard] = [new Folder('f'), new Guard()];
  assert.ok(Handle.attach(folder.token) instanceof Folder && Handle.attach(guard.token) instanceof Guard);
  await Promise.all([folder.free(), guard.free()]);
});

test('loaded again, by another copy of the JS side, it shares one table of handles', async () => {
  const folder = new Folder('f');
  const again = load(file);
  assert.notEqual(again.Folder, Folder);
  const borrowed = again.Folder.attach(folder.token);
  assert.ok(borrowed instanceof again.Folder && !(borrowed instanceof Folder));
  assert.equal(borrowed.name(), 'f');
  assert.throws(() => folder.is(borrowed), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  const { live } = addon.stats();
  assert.ok(live >= 1);
  assert.equal(addon.handles().filter(({ token }) => token === folder.token).length, 1, 'counted once');
  assert.equal(await borrowed.free(), 'drained');
  assert.equal(folder.freed, true);
});

test('in a vm context: values of another realm are what they are', () => {
  const context = vm.createContext({ shapes });
  const run = (code) => vm.runInContext(code, context);
  assert.equal(run('new shapes.Folder("inner").name()'), 'inner');
  assert.deepEqual(run('shapes.echoLists([[{ word: "w", count: 1 }]])'), [[{ word: 'w', count: 1 }]]);
  assert.deepEqual(run('shapes.echoHash(Uint8Array.of(1, 2, 3, 4))'), Buffer.of(1, 2, 3, 4));
  assert.equal(run('new shapes.TimeProbe().echo(new Date(5))').getTime(), 5);
  assert.deepEqual(run('new shapes.TimeProbe().echoRest(new Date(5))'), [new Date(5)]);
});

test('load() takes the absolute path of a file', () => {
  for (const value of [undefined, null, 5, {}, pathToFileURL(file), Buffer.from(file)]) {
    const error = {
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: /^The "file" argument must be of type string/,
    };
    assert.throws(() => load(value), error);
  }
  for (const value of ['', 'shapes.node', './shapes.node', path.relative('', file)]) {
    const error = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE', message: /absolute path/ };
    assert.throws(() => load(value), error);
  }
});

test('a file that is missing, or no addon, is an error that says what to do', () => {
  const missing = newPath('missing.node');
  for (const [given, reason] of [
    [missing, /there is no such file/],
    [makeFile('not a library', 'text.node'), /invalid ELF|file too short|not a valid/],
    [folder, /./],
  ]) {
    assert.throws(
      () => load(given),
      (error) => {
        assert.deepEqual([error.name, error.code], ['Error', 'ERR_ADDON_UNAVAILABLE']);
        assert.ok(error.message.includes(given), error.message);
        assert.match(error.message, reason);
        assert.match(error.message, /npx quiesce build/);
        return true;
      },
    );
  }
});

test('the entry of a package whose addon was not built says so', () => {
  const copy = newPath('copy');
  fs.mkdirSync(copy);
  const text = fs.readFileSync(path.join(folder, 'index.js'), 'utf8');
  const entry = path.join(copy, 'index.js');
  fs.writeFileSync(entry, text.replace('quiesce/addon', require.resolve('quiesce/addon')));
  assert.throws(() => require(entry), {
    code: 'ERR_ADDON_UNAVAILABLE',
    message: /shapes\.node.*npx quiesce build/,
  });
});

/** Loads the addon, which says of itself what `change` makes of it. */
function loadChanged(change) {
  const { dlopen } = process;
  process.dlopen = (module, ...args) => {
    dlopen.call(process, module, ...args);
    const { describe } = module.exports;
    module.exports = { ...module.exports, describe: () => JSON.stringify(change(JSON.parse(describe()))) };
  };
  try {
    return load(file);
  } finally {
    process.dlopen = dlopen;
  }
}

test('an addon of another contract is refused, and the error names both versions', () => {
  assert.equal(typeof loadChanged((description) => description).Folder, 'function');
  for (const [change, by] of [
    [(description) => ({ ...description, contract: description.contract + 1, version: '9.8.7' }), '9.8.7'],
    [(description) => ({ ...description, contract: 0, version: '0.0.1' }), '0.0.1'],
    [({ contract: _, version: __, ...description }) => description, 'of another version'],
  ]) {
    assert.throws(
      () => loadChanged(change),
      (error) => {
        assert.deepEqual([error.name, error.code], ['Error', 'ERR_ADDON_VERSION']);
        assert.ok(error.message.includes(`built by Quiesce ${by}`), error.message);
        assert.ok(error.message.includes(version) && /Build it again/.test(error.message), error.message);
        return true;
      },
    );
  }
});

test('an addon tells by which version it was built', () => {
  let told;
  loadChanged((description) => {
    told = description;
    return description;
  });
  assert.equal(told.version, version);
});

test('loaded only in workers, over and over, half of them terminated in a call', async () => {
  const { result } = await expectChild(async ({ startWorker, nextMessage, exitOf, print }) => {
    const body = async ({ shapes, parentPort }, way) => {
      const task = new shapes.Task();
      task.wait().catch(() => {});
      new shapes.Source().numbers(-1).next();
      new shapes.Bell().start(0, () => {});
      parentPort.postMessage('ready');
      if (way === 0) process.exit(5);
      task.block(1000 * way);
    };
    const codes = [];
    for (let i = 0; i < 6; i++) {
      const worker = startWorker(body, i % 2 ? 0.05 : 0);
      await nextMessage(worker);
      codes.push(i % 2 ? await worker.terminate() : await exitOf(worker));
    }
    print(codes);
  });
  assert.deepEqual(result, [5, 1, 5, 1, 5, 1]);
});

test('a worker that has loaded nothing but the entry ends by itself', async () => {
  const worker = startWorker(({ shapes }) => {
    new shapes.Folder('left open');
    new shapes.Source().numbers(3);
  });
  assert.equal(await exitOf(worker), 0);
});
