'use strict';

// The command line of `quiesce`: what makes no sense is one sentence and exit code 2.

const assert = require('node:assert');
const { test } = require('node:test');
const { version } = require('../package.json');
const { quiesce } = require('./support/cli.js');

const mistakes = [
  [[], "a command is missing. See 'quiesce --help'."],
  [['nonsense'], "unknown command 'nonsense'. See 'quiesce --help'."],
  [['toString'], "unknown command 'toString'. See 'quiesce --help'."],
  [['help', 'nonsense'], "unknown command 'nonsense'. See 'quiesce --help'."],
  [['--nonsense'], "unknown option '--nonsense'. See 'quiesce --help'."],
  [['new'], "new: its DIR is missing. See 'quiesce new --help'."],
  [['new', 'a', 'b'], "new: it takes one DIR, and there are 2. See 'quiesce new --help'."],
  [['new', ''], "new: an argument is empty. See 'quiesce new --help'."],
  [['new', '--out', 'a', 'b'], "new: unknown option '--out'. See 'quiesce new --help'."],
  [['build', '--nonsense'], "build: unknown option '--nonsense'. See 'quiesce build --help'."],
  [['build', 'a', 'b', 'c'], "build: it takes one PACKAGE, and there are 3. See 'quiesce build --help'."],
  [['build', '--out'], "build: option '--out <value>' argument missing. See 'quiesce build --help'."],
  [['build', '--out', ''], "build: an argument is empty. See 'quiesce build --help'."],
];

for (const [args, sentence] of mistakes) {
  test(`quiesce ${args.join(' ')}: a usage error`, async () => {
    const expected = { code: 2, signal: null, stdout: '', stderr: `quiesce: ${sentence}\n` };
    assert.deepStrictEqual(await quiesce(args), expected);
  });
}

test('--help and --version answer on stdout', async () => {
  const texts = {
    '--help': /^Usage: quiesce COMMAND/,
    '-h': /^Usage: quiesce COMMAND/,
    'new --help': /^Usage: quiesce new DIR\n/,
    'build --help': /^Usage: quiesce build \[PACKAGE\]/,
    'inspect --help': /^Usage: quiesce inspect \[PID_OR_SOCKET\]/,
    'build -h one two': /^Usage: quiesce build /,
    help: /^Usage: quiesce COMMAND/,
    'help build': /^Usage: quiesce build /,
  };
  for (const [args, pattern] of Object.entries(texts)) {
    const { code, stdout, stderr } = await quiesce(args.split(' '));
    assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: '' }, args);
    assert.match(stdout, pattern);
  }
  const { code, stdout } = await quiesce(['--version']);
  assert.deepStrictEqual({ code, stdout }, { code: 0, stdout: `${version}\n` });
});
