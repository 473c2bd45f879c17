'use strict';

// `quiesce inspect --web`, without a browser: who is answered, and with what. test/page/ has what a browser shows.

const assert = require('node:assert/strict');
const http = require('node:http');
const net = require('node:net');
const { after, before, test } = require('node:test');
const { startFakeInspector } = require('./support/inspected.js');
const { startWeb } = require('./support/web.js');
const { quiesce } = require('./support/cli.js');

const handle = {
  token: 5,
  class: 'Thing',
  state: 'open',
  inFlight: 0,
  ops: [],
  attachments: 1,
  threads: [],
  age: 1,
};
const asked = [];
const tell = (request) => {
  asked.push(request);
  if (request.get === 'history') return [{ time: 2, live: 1, ops: 0, drained: 0, timedOut: 0 }];
  return { time: 2, total: 1, stats: { live: 1 }, states: [], methods: [], handles: [handle] };
};

let inspector;
let web;

before(async () => {
  inspector = await startFakeInspector(tell);
  web = await startWeb(inspector.place);
});

after(() => {
  web.child.kill('SIGKILL');
  inspector.stop();
});

/** Requests without following rules that fetch() has: { status, headers, body }. */
function request(path, { method = 'GET', headers = {} } = {}) {
  const { hostname, port } = new URL(web.origin);
  return new Promise((resolve, reject) => {
    const sent = http.request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

const pathname = () => new URL(web.url).pathname;

test('it listens on 127.0.0.1 alone, at a port and under a token that are new each time', async () => {
  const { hostname, port } = new URL(web.url);
  assert.equal(hostname, '127.0.0.1');
  assert.match(pathname(), /^\/[\w-]{32}\/$/);
  for (const host of ['127.0.0.2', '::1']) {
    await assert.rejects(
      new Promise((resolve, reject) => net.connect({ host, port }, resolve).on('error', reject)),
      host,
    );
  }
  const other = await startWeb(inspector.place);
  assert.notEqual(new URL(other.url).pathname, pathname());
  assert.notEqual(new URL(other.url).port, port);
  await other.stop();
});

test('who has the address is answered: the page, its files, and what the process tells', async () => {
  const types = {
    '': 'text/html',
    'page.css': 'text/css',
    'page.js': 'text/javascript',
    state: 'application/json',
  };
  for (const [name, type] of Object.entries(types)) {
    const { status, headers } = await request(`${pathname()}${name}`);
    assert.equal(status, 200, name);
    assert.ok(headers['content-type'].startsWith(type), name);
  }
  const { body } = await request(`${pathname()}state?since=1&limit=7`);
  const { hello, snapshot, history } = JSON.parse(body);
  assert.deepEqual([hello.pid, snapshot.handles, history.length], [7, [handle], 1]);
  assert.deepEqual(asked.slice(-2), [
    { get: 'snapshot', limit: 7 },
    { get: 'history', since: 1 },
  ]);
  for (const limit of ['x', '-5', '1e99', '']) {
    assert.equal((await request(`${pathname()}state?limit=${limit}&since=${limit}`)).status, 200);
    const { limit: used } = asked.at(-2);
    assert.ok(Number.isInteger(used) && used >= 0 && used <= 10_000, `${limit}: ${used}`);
  }
});

test('without the token, or with a wrong one: 403, and nothing of the process', async () => {
  const token = pathname().slice(1, -1);
  const wrong = [
    '/',
    '/state',
    '/page.js',
    `/${token.slice(0, -1)}/`,
    `/${token}x/state`,
    `//${token}/state`,
    '/x/state',
  ];
  const twisted = token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  for (const path of [...wrong, `/${twisted}/state`, `/?token=${token}`, `/${encodeURIComponent('é')}/`]) {
    const { status, body } = await request(path);
    assert.equal(status, 403, path);
    assert.ok(!body.includes('Thing') && !body.includes(token));
  }
});

test('under another name of this host: 403, also with the token', async () => {
  const { port } = new URL(web.origin);
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port}.evil.example`,
  ]) {
    const { status, body } = await request(`${pathname()}state`, { headers: { host } });
    assert.equal(status, 403, host);
    assert.ok(!body.includes('Thing'));
  }
  assert.equal((await request(pathname(), { headers: { host: `localhost:${port}` } })).status, 200);
});

test('only what there is, and only to be read', async () => {
  for (const path of [
    'none',
    'page.js/',
    '../web.mjs',
    '%2e%2e/web.mjs',
    'toString',
    '__proto__',
    'a/b/c',
    'index.html',
  ]) {
    const { status } = await request(`${pathname()}${path}`);
    assert.ok([403, 404].includes(status), `${path}: ${status}`);
  }
  assert.equal((await request(pathname().slice(0, -1))).status, 404);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    assert.equal((await request(pathname(), { method })).status, 405, method);
  }
  const head = await request(pathname(), { method: 'HEAD' });
  assert.deepEqual([head.status, head.body], [200, '']);
});

test('each answer has the headers that keep it to itself', async () => {
  for (const path of [pathname(), `${pathname()}state`, '/', `${pathname()}none`]) {
    const { headers } = await request(path);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['access-control-allow-origin'], undefined);
    const policy = headers['content-security-policy'];
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  }
});

test('the page refers to nothing outside, and has no script or style of its own', async () => {
  const texts = await Promise.all(['', 'page.css', 'page.js'].map((name) => request(`${pathname()}${name}`)));
  const [html, css, js] = texts.map(({ body }) => body);
  assert.doesNotMatch(html, /<style|style=|<script(?! src="page.js")|\son\w+=|https?:/);
  assert.doesNotMatch(css, /url\(|@import/);
  assert.doesNotMatch(
    js.replace('http://www.w3.org/2000/svg', ''),
    /https?:|innerHTML|outerHTML|insertAdjacentHTML|eval\(/,
  );
});

test('a port that is taken: one sentence', async () => {
  const { port } = new URL(web.origin);
  const { code, stdout, stderr } = await quiesce(['inspect', inspector.place, '--web', '--port', port]);
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, new RegExp(`^quiesce: Cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE.*\\n$`));
});

test('Ctrl-C ends it; the end of the process is told first to the page, then by exit code 3', async () => {
  const stopped = await startWeb(inspector.place);
  assert.equal((await stopped.stop()).signal, 'SIGINT');

  const mortal = await startFakeInspector(tell);
  const { url, ended } = await startWeb(mortal.place);
  assert.equal((await fetch(`${url}state`)).status, 200);
  mortal.stop();
  let status = 200;
  while (status === 200) ({ status } = await fetch(`${url}state`));
  assert.equal(status, 410);
  const { code, stderr } = await ended;
  assert.deepEqual({ code, stderr }, { code: 3, stderr: 'quiesce: The process has ended.\n' });
});
