'use strict';

// The three backends, each as a function that opens a bus of its own, and real NATS servers.

const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { Bus } = require('../../lib/bus/index.js');
const { root } = require('./addon.js');

/** A new folder that is removed after the test. */
function folder(t) {
  const made = mkdtempSync(path.join(tmpdir(), 'quiesce-bus-'));
  t.after(() => rmSync(made, { recursive: true, force: true, maxRetries: 3 }));
  return made;
}

/** Frees a bus after the test, unless that has done so. */
function freed(t, bus) {
  t.after(async () => {
    if (!bus.freed) await bus.free();
  });
  return bus;
}

/**
 * Starts real servers on loopback: { urls, names, order }. `order(text)` is one of the commands of
 * bus/internal/natstest/cmd/servers, such as `kill s1`. They end after the test, or with `end()`.
 */
async function startServers(t, count, { config } = {}) {
  const args = ['run', './internal/natstest/cmd/servers', '-servers', String(count)];
  if (config) args.push('-config', config);
  const child = spawn('go', args, {
    cwd: path.join(root, 'bus'),
    env: { ...process.env, GOFLAGS: '', GOWORK: 'off' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error('The servers ended');
    return value;
  };
  t.after(
    () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.stdin.end();
      }),
  );
  const { servers } = JSON.parse(await answer());
  const order = async (text) => {
    child.stdin.write(`${text}\n`);
    const said = await answer();
    if (said.startsWith('error')) throw new Error(`${text}: ${said}`);
    return said;
  };
  return { urls: servers.map(({ url }) => url), names: servers.map(({ name }) => name), order };
}

let server; // of this test file

/** What the suite runs on: name, and `open(t)` for a bus that nobody else uses. */
const backends = {
  memory: async (t) => freed(t, await Bus.open()),
  dir: async (t) => freed(t, await Bus.open({ dir: folder(t) })),
  /** One server for all tests of a file: topics need names of their own, and are deleted. */
  async servers(t) {
    const bus = await Bus.open({ servers: server.urls });
    t.after(async () => {
      const again = await Bus.open({ servers: server.urls });
      for (const name of await again.topics()) await again.deleteTopic(name);
      await again.free();
    });
    return freed(t, bus);
  },
  async startServer(t) {
    server = await startServers(t, 1);
  },
};

/** The first `count` of an async iterable, which is left open. */
async function take(iterable, count) {
  const iterator = iterable[Symbol.asyncIterator]();
  const items = [];
  while (items.length < count) {
    const { done, value } = await iterator.next();
    if (done) break;
    items.push(...(Array.isArray(value) ? value : [value]));
  }
  return items;
}

const texts = (events) => events.map((event) => event.text());
const seqs = (events) => events.map((event) => event.seq);

/** 1, 2, ... up to a number. */
const upTo = (count) => Array.from({ length: count }, (_, i) => i + 1);

module.exports = { Bus, backends, folder, freed, seqs, startServers, take, texts, upTo };
