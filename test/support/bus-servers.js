'use strict';

// Real nats-server processes, which end with this one: see bus/internal/natstest/cmd/servers.

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const path = require('node:path');
const readline = require('node:readline');
const { root } = require('./addon.js');
const { makeFile, newPath } = require('./files.js');

let program;

/** Builds the program that starts them; the server itself it builds on its first use on a machine. */
function build() {
  if (program) return program;
  const out = newPath('servers');
  const args = ['build', '-o', out, './internal/natstest/cmd/servers'];
  const { status, error, stderr } = spawnSync('go', args, { cwd: path.join(root, 'bus'), encoding: 'utf8' });
  assert.equal(status, 0, `go ${args.join(' ')}: ${error ?? stderr}`);
  program = out;
  return out;
}

/** Starts servers, with more lines of configuration for each if given. */
async function startServers(servers = 1, config = undefined) {
  const args = ['-servers', `${servers}`];
  if (config !== undefined) args.push('-config', makeFile(config));
  // In the module of the bus, whose go.mod says which server is built.
  const cwd = path.join(root, 'bus');
  const child = spawn(build(), args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value, done } = await lines.next();
  assert.ok(!done, 'the servers did not start: see above');
  return new Servers(child, lines, JSON.parse(value).servers);
}

class Servers {
  #child;
  #lines;
  #last = Promise.resolve();

  constructor(child, lines, servers) {
    this.#child = child;
    this.#lines = lines;
    this.names = servers.map(({ name }) => name);
    this.urls = servers.map(({ url }) => url);
  }

  /** Has the program do something: kill, stop, start, pause or resume a server, or tell the leader of a stream. */
  tell(command, name) {
    const answer = this.#last.then(async () => {
      this.#child.stdin.write(`${command} ${name}\n`);
      const { value } = await this.#lines.next();
      if (value === undefined || value.startsWith('error: ')) throw new Error(`${command} ${name}: ${value}`);
      return value;
    });
    this.#last = answer.catch(() => {});
    return answer;
  }

  async end() {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await exited;
  }
}

module.exports = { startServers };
