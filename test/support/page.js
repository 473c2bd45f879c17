'use strict';

// The page of `quiesce inspect --web` in a Chromium, for the tests of test/page/.

const { after, before } = require('node:test');
const { chromium } = require('playwright-core');
const { startFakeInspector } = require('./inspected.js');
const { startWeb } = require('./web.js');

// As root, without a screen, and without asking anybody outside.
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

let browser;
const stops = [];

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
});

after(async () => {
  for (const stop of stops) await stop();
  await browser?.close();
});

function handleOf(i, more) {
  const handle = { token: 1000 + i, class: 'Thing', state: 'open', inFlight: 0, ops: [], attachments: 1 };
  return { ...handle, threads: [{ thread: 0, attachments: 1 }], age: i * 1000, ...more };
}

/** What a process with these handles would tell; samples go back ten minutes. */
function teller(handles) {
  const stats = {
    live: handles.length,
    freeing: 0,
    abandoned: 2,
    ops: 3,
    opened: 50,
    drained: 12,
    timedOut: 4,
  };
  const started = Date.now();
  return ({ get, limit, since }) => {
    if (get === 'snapshot') {
      const rest = { stats, states: [], methods: [], total: handles.length };
      return { ...rest, time: Date.now(), handles: handles.slice(0, limit) };
    }
    const now = Date.now();
    const samples = [];
    for (let time = started - 600_000; time <= now; time += 1000) {
      const drained = (time - started + 600_000) / 100; // ten in a second
      samples.push({ time, live: handles.length, ops: 3, opened: 50, drained, timedOut: 0, leaked: 0 });
    }
    return samples.filter(({ time }) => time > since).slice(-600);
  };
}

/** Opens the page of a socket or pid. Whatever it complains of, or asks of others, is in `problems`. */
async function open(target, { env, ...options } = {}) {
  const web = await startWeb(target, { env });
  stops.push(() => web.child.kill('SIGKILL'));
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${web.origin}/`) && !url.startsWith('data:')) problems.push(`asked ${url}`);
  });
  await page.goto(web.url);
  return { ...web, page, problems };
}

async function openFake(handles, hello, options) {
  const inspector = await startFakeInspector(teller(handles), hello);
  stops.push(inspector.stop);
  return { ...(await open(inspector.place, options)), inspector };
}

const rowsOf = (page) =>
  page.$$eval('#rows tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));

const textOf = (page, selector) => page.$eval(selector, (element) => element.textContent);

/** The totals, by their names. */
const totalsOf = (page) =>
  page.$$eval('#totals div', (cards) =>
    Object.fromEntries(cards.map((card) => [...card.children].map((each) => each.textContent))),
  );

module.exports = { handleOf, open, openFake, rowsOf, textOf, totalsOf };
