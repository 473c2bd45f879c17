'use strict';

// What a user does with the package that is installed: the README's examples in CommonJS, ES modules and TypeScript,
// the demo, and a bundler.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { root } = require('../support/addon.js');
const { Project, toolScript } = require('./support/project.js');
const { startRegistry } = require('./support/registry.js');

let registry;
let project;
before(async () => {
  registry = await startRegistry();
  project = new Project(registry);
  await project.npm('install', 'quiesce');
});
after(() => registry.close());

/** The code block of the README whose first line names that file. */
function example(file) {
  const text = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  const found = new RegExp(`^\`\`\`js\\n(// ${file}\\n[^]*?)^\`\`\`$`, 'm').exec(text);
  assert.ok(found, `the README has ${file}`);
  return found[1];
}

/** An example as CommonJS; what it awaits at its top is in a function there. */
function asCommonJS(code) {
  const body = code
    .replaceAll(/^import (\{[^}]+\}) from ('[^']+');$/gm, 'const $1 = require($2);')
    .replaceAll('new URL(import.meta.url)', '__filename');
  assert.doesNotMatch(body, /^import /m);
  return `(async () => {\n${body}\n})();\n`;
}

function checkCount(stdout) {
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, 5, stdout);
  const ended = lines.filter((line) => /^\d+ calls, \d+ found, then ERR_HANDLE_FREED$/.test(line));
  assert.equal(ended.length, 4, stdout);
  assert.ok(lines.includes('free: drained'), stdout);
}

test("the README's example, as an ES module and as CommonJS", async () => {
  const code = example('count.mjs');
  project.write({ 'count.mjs': code, 'count.cjs': asCommonJS(code) });
  checkCount(await project.must(['count.mjs']));
  checkCount(await project.must(['count.cjs']));
});

test("the README's example of the bus, as an ES module and as CommonJS", async () => {
  const code = example('queue.mjs');
  project.write({ 'queue.mjs': code, 'queue.cjs': asCommonJS(code) });
  assert.equal(await project.must(['queue.mjs']), 'done: drained\n');
  assert.equal(await project.must(['queue.cjs']), 'done: drained\n');
});

const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

for (const [resolution, module] of [
  ['node16', 'node16'],
  ['bundler', 'preserve'],
]) {
  test(`the README's examples in TypeScript, moduleResolution ${resolution}`, async () => {
    const own = new Project(registry);
    await own.npm('install', 'quiesce');
    for (const name of ['@types', 'undici-types']) {
      fs.symlinkSync(path.join(root, 'node_modules', name), path.join(own.folder, 'node_modules', name));
    }
    const caught = (code) => code.replaceAll('catch (error)', 'catch (error: any)');
    own.write({
      'count.mts': caught(example('count.mjs')),
      'queue.mts': caught(example('queue.mjs')),
      'wrong.mts': "import { MappedFile } from 'quiesce';\n// @ts-expect-error\nMappedFile.attach('1');\n",
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          ...{ module, moduleResolution: resolution, target: 'es2022', lib: ['es2024', 'esnext.disposable'] },
          ...{ strict: true, types: ['node'], outDir: 'out', skipLibCheck: false },
        },
      }),
    });
    assert.equal(await own.must([tsc, '-p', '.']), '');
    checkCount(await own.must(['out/count.mjs']));
    assert.equal(await own.must(['out/queue.mjs']), 'done: drained\n');
  });
}

test('the demo, on the package as it was installed', async () => {
  const home = path.join(project.folder, 'node_modules', 'quiesce');
  fs.cpSync(path.join(root, 'demo'), path.join(home, 'demo'), { recursive: true });
  // Its control, a build without the guard, is not published.
  const control = path.join('build', 'variants', 'unguarded.node');
  fs.mkdirSync(path.join(home, 'build', 'variants'), { recursive: true });
  fs.copyFileSync(path.join(root, control), path.join(home, control));
  const stdout = await project.must([
    path.join(home, 'demo', 'demo.mjs'),
    '--frees',
    '20',
    '--workers',
    '2',
    '--json',
  ]);
  assert.equal(JSON.parse(stdout).holds, true);
});

test('esbuild keeps the package external, by the recipe of the docs', async () => {
  const text = fs.readFileSync(path.join(root, 'docs', 'packaging.md'), 'utf8');
  const [, flags] = /npx esbuild (app\.mjs .*)$/m.exec(text) ?? [];
  assert.ok(flags, 'docs/packaging.md has the recipe');
  project.write({ 'app.mjs': example('count.mjs') });
  await project.must([toolScript('esbuild/bin/esbuild'), ...flags.split(' ')]);
  const [, outfile] = /--outfile=(\S+)/.exec(flags);
  const bundle = fs.readFileSync(path.join(project.folder, outfile), 'utf8');
  assert.match(bundle, /from\s*"quiesce"/);
  checkCount(await project.must([outfile]));
});
