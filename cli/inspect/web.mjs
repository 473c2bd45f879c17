// The page: served on loopback only, under a path that is a secret.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, onInterrupt } from '../run.mjs';
import { Ended } from './client.mjs';

const ADDRESS = '127.0.0.1';
const FAREWELL = 2500; // ms in which the page hears that the process has ended: it asks once a second
const SHOWN = 200; // handles, where the page does not say how many
const ALL = 10_000; // handles, the most that an inspector tells

const files = {
  '': ['index.html', 'text/html; charset=utf-8'],
  'page.css': ['page.css', 'text/css; charset=utf-8'],
  'page.js': ['page.js', 'text/javascript; charset=utf-8'],
};

const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Serves the page of a process until the user ends it. Rejects with Ended when the process has. */
export async function servePage(client, { port, say = console.log }) {
  const token = randomBytes(24).toString('base64url');
  const state = { ended: false };
  const server = createServer((request, response) => {
    respond({ client, token, state, port: server.address().port }, request, response).catch(() =>
      response.destroy(),
    );
  });
  await listen(server, port);
  say(`http://${ADDRESS}:${server.address().port}/${token}/`);
  say('Whoever has this address sees the process. Ctrl-C ends it.');
  try {
    await untilEnd(client, state);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function listen(server, port) {
  try {
    await once(server.listen({ host: ADDRESS, port, exclusive: true }), 'listening');
  } catch (err) {
    throw new Failure(`Cannot listen on ${ADDRESS}:${port}: ${err.message}.`);
  }
}

async function untilEnd(client, state) {
  const interrupted = new Promise((resolve) => {
    onInterrupt(resolve);
  });
  const ended = await Promise.race([client.ended, interrupted]);
  if (!(ended instanceof Ended)) return;
  state.ended = true;
  await Promise.race([delay(FAREWELL, undefined, { ref: true }), interrupted]);
  throw ended;
}

/** Equal in a time that does not tell where they differ. */
function isSame(a, b) {
  const [left, right] = [a, b].map((each) => createHash('sha256').update(each).digest());
  return timingSafeEqual(left, right);
}

function send(response, status, type, body) {
  response
    .writeHead(status, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) })
    .end(body);
}

const refuse = (response, status, why) => send(response, status, 'text/plain; charset=utf-8', `${why}\n`);

async function respond({ client, token, state, port }, request, response) {
  // A page of somebody else's, whose name leads here, has that name as its host.
  if (![`${ADDRESS}:${port}`, `localhost:${port}`].includes(request.headers.host)) {
    return refuse(response, 403, 'Wrong host.');
  }
  const { pathname, searchParams } = new URL(request.url, `http://${ADDRESS}`);
  const [, given = '', name, ...rest] = pathname.split('/');
  if (!isSame(given, token)) return refuse(response, 403, 'The address has no token, or a wrong one.');
  if (!['GET', 'HEAD'].includes(request.method)) return refuse(response, 405, 'Only GET and HEAD.');
  if (rest.length > 0) return refuse(response, 404, 'There is nothing here.');
  if (name === 'state') return sendState({ client, state }, searchParams, response);
  if (name === undefined || !Object.hasOwn(files, name))
    return refuse(response, 404, 'There is nothing here.');
  const [file, type] = files[name];
  send(response, 200, type, readFileSync(new URL(`page/${file}`, import.meta.url)));
}

/** What there is: the process's own words. 410 when it has ended. */
async function sendState({ client, state }, query, response) {
  const since = Number(query.get('since') ?? 0) || 0;
  const limit = Math.min(ALL, Math.max(0, Math.floor(Number(query.get('limit') ?? SHOWN)) || 0));
  try {
    if (state.ended) throw new Ended();
    const [snapshot, history] = await Promise.all([
      client.ask('snapshot', { limit }),
      client.ask('history', { since }),
    ]);
    const body = JSON.stringify({ hello: client.hello, snapshot, history });
    send(response, 200, 'application/json; charset=utf-8', body);
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    refuse(response, err instanceof Ended ? 410 : 502, err.message);
  }
}
