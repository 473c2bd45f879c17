'use strict';

// The commands that pages tell are not run here: each takes a network, minutes, or a person. The list below says why, and
// what is looked at in place: that the script, the file, the command and its options are there.

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { blocksWhere, parsePage } = require('./support/docs/pages.js');

/** Each: a pattern, why what it matches is not run, and what is looked at; that is given the match and { cwd }. */
const rules = [
  [/^npm (?:install|ci)$/, 'it asks a registry', hasPackage],
  [/^npm install (?:--save-dev |-D )?[\w@/. -]+$/, 'it asks a registry', () => {}],
  [/^npm pack --dry-run$/, 'it builds first', hasPackage],
  [/^npm (test|start)$/, 'it runs all tests, or a program that does not end', hasScript],
  [/^npm run (\S+?)(?: -- (.+))?$/, 'it takes minutes to hours', hasScript],
  [/^npx quiesce (\w+) ?(.*)$/, 'other tests run the command', isCommand],
  [/^npx esbuild /, 'it asks a registry', () => {}],
  [/^cd (\S+)$/, 'it is followed', changeFolder],
  [/^node (?:--\S+ )*(\S+\.[cm]?js)\b/, 'it does not end, takes long, or is run by the tests', hasFile],
  [/^go (test|vet|build|run)\b(.*)$/, 'npm test does it', hasGoPackages],
  [/^git clone \S+\/(\S+)$/, 'it needs a network', makeFolder],
  [/^(?:git|find|ping|docker)\b/, 'it is no program of this repository', () => {}],
];

function packageOf(cwd) {
  if (cwd === 'hello') return readTemplate();
  return JSON.parse(fs.readFileSync(path.join(root, cwd, 'package.json'), 'utf8'));
}

/** What `quiesce new hello` makes; docs-packages.test.js looks at all of that. */
function readTemplate() {
  const text = fs.readFileSync(path.join(root, 'cli', 'template', 'package.json.tmpl'), 'utf8');
  return JSON.parse(text.replaceAll(/"?__\w+__"?/g, '"x"'));
}

function hasPackage(_match, { cwd }) {
  assert.ok(packageOf(cwd).name);
}

function hasScript([, name, args = ''], { cwd }) {
  const script = packageOf(cwd).scripts[name];
  assert.ok(script, `there is no npm script '${name}' in '${cwd}'`);
  if (args === '') return;
  const help = runHelp([path.join(root, script.replace(/^node /, ''))]);
  for (const word of args.split(' '))
    assert.ok(help.includes(word), `${name}: its --help knows no '${word}'`);
}

function runHelp(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, '--help'], { encoding: 'utf8' });
  assert.strictEqual(status, 0, stderr);
  return stdout;
}

function isCommand([, command, args], context) {
  const help = runHelp([path.join(root, 'cli', 'quiesce.mjs'), command]);
  for (const [option] of args.matchAll(/--[\w-]+/g))
    assert.ok(help.includes(option), `quiesce ${command} has no option ${option}`);
  if (command === 'new') context.made = args.trim();
}

/** What is cloned is this. */
function makeFolder([, name], context) {
  context.cloned = name;
}

function changeFolder([, folder], context) {
  if (context.made === folder) context.cwd = 'hello';
  else if (context.cloned === folder) context.cwd = '';
  else {
    context.cwd = path.join(context.cwd, folder);
    assert.ok(fs.existsSync(path.join(root, context.cwd)), `there is no folder ${folder}`);
  }
}

function hasFile([, file], { cwd }) {
  assert.ok(fs.existsSync(path.join(root, cwd, file)), `there is no file ${file} in '${cwd}'`);
}

function hasGoPackages([, , args], { cwd }) {
  for (const [, folder] of args.matchAll(/ \.\/([\w/-]*?)(?:\/?\.\.\.)?(?= |$)/g))
    assert.ok(fs.existsSync(path.join(root, cwd, folder)), `there is no folder ${folder}`);
}

/** Checks the commands of a block: { command: why it is not run }. */
function check({ page, code, where }) {
  const context = { cwd: page.startsWith('cli/') ? 'hello' : '', made: undefined };
  const reasons = {};
  const commands = code.split('\n').flatMap((line) => line.replace(/ +#.*$|^#.*$/, '').split(' | '));
  for (const command of commands.map((each) => each.trim()).filter((each) => each !== '')) {
    const rule = rules.find(([pattern]) => pattern.test(command));
    assert.ok(rule, `${where}: '${command}' is neither run nor in the list of test/docs-shell.test.js`);
    const [pattern, why, look] = rule;
    look(pattern.exec(command), context);
    reasons[command] = why;
  }
  return reasons;
}

for (const block of blocksWhere(({ lang, marks }) => lang === 'sh' && marks.package === undefined)) {
  test(`the commands at ${block.where}`, (t) => {
    for (const [command, why] of Object.entries(check(block))) t.diagnostic(`not run: ${command}: ${why}`);
  });
}

test('the control: commands that are wrong fail', () => {
  const wrong = {
    'npm run nonsense': /no npm script 'nonsense'/,
    'npm run bench -- nonsense': /its --help knows no 'nonsense'/,
    'npx quiesce build --nonsense': /has no option --nonsense/,
    'npx quiesce nonsense': /unknown command/,
    'cd nonsense': /no folder nonsense/,
    'cd examples/live\nnode nonsense.mjs': /no file nonsense.mjs in 'examples\/live'/,
    'go test ./nonsense/...': /no folder nonsense/,
    'rm -rf build': /'rm -rf build' is neither run nor in the list/,
  };
  for (const [code, message] of Object.entries(wrong)) {
    const [block] = parsePage('page.md', `\`\`\`sh\n${code}\n\`\`\`\n`).blocks;
    assert.throws(() => check(block), { message });
  }
});
