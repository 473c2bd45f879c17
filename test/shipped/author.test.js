'use strict';

// An author's addon, packed by `quiesce package` with the quiesce of dist/, and installed by a user who has no compiler.

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { startProgram } = require('../support/cli.js');
const { newPath } = require('../support/files.js');
const { Project } = require('./support/project.js');
const { npmScript, startRegistry } = require('./support/registry.js');

const minute = 60_000;
const targets = ['linux-x64', 'linux-arm64', 'win32-x64'];
const home = newPath('author');
const words = path.join(home, 'words');
const packages = path.join(words, 'packages');

let registry; // with quiesce
let published; // with the author's package as well

/** Runs a script as an author, who has Go; demands that it succeeds, and returns what it has said. */
async function author(script, args, cwd = words) {
  const env = {
    npm_config_registry: registry.url,
    npm_config_cache: path.join(home, 'cache'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
  const running = startProgram(process.execPath, [script, ...args], { cwd, env, timeout: 5 * minute });
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

function quiesce(...args) {
  return author(path.join(words, 'node_modules', 'quiesce', 'cli', 'quiesce.mjs'), args);
}

before(async () => {
  registry = await startRegistry();
  fs.mkdirSync(home);
  await author(npmScript(), ['install', 'quiesce', '--prefix', home], home);
  await author(path.join(home, 'node_modules', 'quiesce', 'cli', 'quiesce.mjs'), ['new', 'words'], home);
  const file = path.join(words, 'package.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
  delete manifest.devDependencies; // they are not in this registry
  manifest.name = '@author/words';
  fs.writeFileSync(file, JSON.stringify(manifest));
  await author(npmScript(), ['install']);
});
after(() => {
  registry.close();
  published?.close();
});

const script = `
  const { Worker, isMainThread, workerData } = require('node:worker_threads');
  const { Counter } = require('@author/words');
  if (isMainThread) {
    const counter = new Counter();
    const worker = new Worker(__filename, { workerData: counter.token });
    worker.once('exit', async () => console.log(counter.add('to be or not to be'), await counter.free()));
  } else {
    Counter.attach(workerData).add('hello');
  }
`;

test('quiesce package makes a tarball for each platform, the package itself, and checksums', async () => {
  const stdout = await quiesce('package', ...targets.flatMap((each) => ['--target', each]));
  const tarballs = [...targets.map((each) => `author-words-${each}-0.1.0.tgz`), 'author-words-0.1.0.tgz'];
  assert.deepEqual(fs.readdirSync(packages).sort(), ['SHA256SUMS', ...tarballs].sort());
  const commands = [...stdout.matchAll(/npm publish --access public (\S+)/g)].map(([, file]) =>
    path.basename(file),
  );
  assert.deepEqual(commands, tarballs, 'the package itself is published last');
  const lines = fs.readFileSync(path.join(packages, 'SHA256SUMS'), 'utf8').trim().split('\n');
  for (const line of lines) {
    const [sum, name] = line.split('  ');
    const contents = fs.readFileSync(path.join(packages, name));
    assert.equal(sum, createHash('sha256').update(contents).digest('hex'), name);
  }
  assert.equal(lines.length, tarballs.length);
});

test('a user installs it without a compiler, and its objects are shared by threads', async () => {
  const tarballs = fs.readdirSync(packages).filter((name) => name.endsWith('.tgz'));
  published = await startRegistry(tarballs.map((name) => path.join(packages, name)));
  const user = new Project(published, { 'use.js': script });
  await user.npm('install', '@author/words');
  assert.equal(await user.must(['use.js']), '6 drained\n');
  assert.ok(user.installed('@author/words-linux-x64'));
  const home = path.join(user.folder, 'node_modules', '@author', 'words');
  const files = fs.readdirSync(home, { recursive: true });
  assert.ok(!files.some((name) => name.endsWith('.node')), 'the binary is in the platform package alone');
  const { scripts, optionalDependencies } = JSON.parse(
    fs.readFileSync(path.join(home, 'package.json'), 'utf8'),
  );
  assert.equal(scripts, undefined);
  assert.deepEqual(
    optionalDependencies,
    Object.fromEntries(targets.map((each) => [`@author/words-${each}`, '0.1.0'])),
  );
});

test('without the platform package one error names it', async () => {
  const user = new Project(published, { 'use.js': script });
  await user.npm('install', '@author/words', '--os=win32', '--cpu=x64');
  const { code, stderr } = await user.run(['use.js']);
  assert.equal(code, 1);
  assert.match(stderr, /the package @author\/words-linux-x64 is not installed/);
});

test('--assemble makes the same package around platform packages from elsewhere', async () => {
  const own = path.join(packages, 'author-words-0.1.0.tgz');
  const before = fs.readFileSync(own);
  fs.rmSync(own);
  fs.rmSync(path.join(packages, 'SHA256SUMS'));
  await quiesce('package', '--assemble');
  assert.ok(before.equals(fs.readFileSync(own)), 'identical bytes');
});

test('what differs between platforms is refused', async () => {
  const file = path.join(words, 'other_windows.go');
  fs.writeFileSync(
    file,
    'package words\n\n// Only is for Windows.\n//\n//quiesce:function\nfunc Only() int { return 1 }\n',
  );
  try {
    await assert.rejects(
      quiesce('package', '--target', 'win32-x64'),
      /exports for win32-x64 is not what.*linux-x64/,
    );
  } finally {
    fs.rmSync(file);
  }
});
