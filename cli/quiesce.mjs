#!/usr/bin/env node
// The command line: quiesce new DIR, build [PACKAGE], package [FOLDER], inspect [PID_OR_SOCKET].

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { help as inspectHelp, options as inspectOptions } from './inspect/usage.mjs';
import { create } from './new.mjs';
import { Failure, interruptible, root, UsageError } from './run.mjs';
import { help as packageHelp, options as packageOptions } from './shipping/usage.mjs';

const help = `Usage: quiesce COMMAND [OPTIONS]

Makes Node packages of Go packages: their types become classes whose instances any thread may use and free. Shows the
handles of a running process.

Commands:
  new DIR            make a new package, with a class and a test, in the folder DIR
  build [PACKAGE]    build the addon of a Go package
  package [FOLDER]   make what is published of it, for all platforms
  inspect [PID]      show the handles of a running process, live; without a PID: which processes there are

Options:
  --help             this text, or with a command: more about it; so does 'help COMMAND'
  --version          the version of Quiesce
`;

const commands = {
  new: {
    arguments: ['DIR'],
    required: 1,
    options: {},
    help: `Usage: quiesce new DIR

Makes a package in the folder DIR, which must not exist or be empty: a Go module with a class, package.json, a
test that shares an object between two workers, and files for a README and for CI. The folder's name becomes that
of the packages, npm's and Go's; for a package in a scope, DIR is @scope/name.
`,
    run: ([folder]) => create(folder),
  },
  build: {
    arguments: ['PACKAGE'],
    required: 0,
    options: { out: { type: 'string' }, verbose: { type: 'boolean' } },
    help: `Usage: quiesce build [PACKAGE] [--out DIR] [--verbose]

Builds the addon of a Go package: NAME.node, index.js, index.mjs, index.d.ts and index.d.mts, where NAME is that
of the Go package. Nothing else is written, to the Go module neither.

  PACKAGE      its folder or import path (default: the current folder)
  --out DIR    where the five files go (default: dist, beside the nearest package.json above the package)
  --verbose    tells each step and how long it took

It needs Go and a C compiler. Go's own settings apply: GOFLAGS, GOARCH, CC, GOWORK and others.
`,
    run: ([name = '.'], options) => build(name, options),
  },
  package: {
    arguments: ['FOLDER'],
    required: 0,
    options: packageOptions,
    help: packageHelp,
    run: async ([folder = '.'], options) =>
      (await import('./shipping/package.mjs')).packageAddon(folder, options),
  },
  inspect: {
    arguments: ['PID_OR_SOCKET'],
    required: 0,
    options: inspectOptions,
    help: inspectHelp,
    run: async ([target], options) => (await import('./inspect/inspect.mjs')).inspect(target, options),
  },
};

function parse(name, command, args) {
  const options = { ...command.options, help: { type: 'boolean', short: 'h' } };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (!values.help) checkCount(command, positionals);
    if ([...Object.values(values).flat(), ...positionals].includes(''))
      throw new Error('an argument is empty');
    return { values, positionals };
  } catch (err) {
    // parseArgs goes on to tell how to write a positional with a dash.
    const [sentence] = err.message.split(/\. /);
    const message = sentence[0].toLowerCase() + sentence.slice(1);
    throw new UsageError(`${name}: ${message}. See 'quiesce ${name} --help'.`);
  }
}

function checkCount(command, { length }) {
  const names = command.arguments;
  if (length < command.required) throw new Error(`its ${names[length]} is missing`);
  if (length > names.length) throw new Error(`it takes one ${names[0]}, and there are ${length}`);
}

async function run([name, ...args]) {
  if (name === 'help') return run([...args.slice(0, 1), '--help']);
  if (name === '--help' || name === '-h') return process.stdout.write(help);
  if (name === '--version') {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    return console.log(version);
  }
  if (name === undefined) throw new UsageError(`a command is missing. See 'quiesce --help'.`);
  if (!Object.hasOwn(commands, name)) {
    const what = name.startsWith('-') ? 'option' : 'command';
    throw new UsageError(`unknown ${what} '${name}'. See 'quiesce --help'.`);
  }
  const command = commands[name];
  const { values, positionals } = parse(name, command, args);
  if (values.help) return process.stdout.write(command.help);
  return command.run(positionals, values);
}

async function main() {
  try {
    await run(process.argv.slice(2));
  } catch (err) {
    // A file system's error tells what and where; the stack of any other is needed, for it is a bug.
    if (!(err instanceof Failure) && !err.syscall) throw err;
    if (err.message !== '') console.error(`quiesce: ${err.message}`);
    process.exitCode = err.exitCode ?? 1;
  }
}

await interruptible(main);
