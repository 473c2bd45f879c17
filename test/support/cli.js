'use strict';

// The command line `quiesce`, run as a user runs it, and Go packages for it.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { root } = require('./addon.js');
const { newPath } = require('./files.js');

const command = path.join(root, 'cli', 'quiesce.mjs');

/** Starts a program; `ended` is a promise for { code, signal, stdout, stderr }. After `timeout` ms it is killed. */
function startProgram(file, args, { cwd, env, timeout = 170_000 } = {}) {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  const result = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      result[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...result }));
  return { child, ended };
}

/** Runs `quiesce` with these arguments. */
function quiesce(args, options) {
  return startProgram(process.execPath, [command, ...args], options).ended;
}

/** Starts `quiesce` and returns it while it runs. */
function startQuiesce(args, options) {
  return startProgram(process.execPath, [command, ...args], options);
}

/** Writes files, given by their relative paths, into a folder and returns it; without one it is new. */
function writeFiles(files, folder = newPath()) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  return folder;
}

/** A folder for the PATH with these programs, each the text of a CommonJS script. */
function makePrograms(scripts) {
  const folder = newPath();
  fs.mkdirSync(folder);
  for (const [name, script] of Object.entries(scripts)) {
    fs.writeFileSync(path.join(folder, name), `#!${process.execPath}\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

/** What was said without the lines in which steps that are slow name themselves. */
function withoutSteps(stderr) {
  return stderr.replaceAll(/^[A-Z][^\n.]* \.\.\.\n|^[A-Z][^\n:]*: [\d.]+ s\n/gm, '');
}

module.exports = { makePrograms, quiesce, startProgram, startQuiesce, withoutSteps, writeFiles };
