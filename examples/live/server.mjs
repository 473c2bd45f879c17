// Sends the events of a topic over WebSockets, and the page that shows them over HTTP.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

const FULL = 1 << 20; // bytes that wait to be sent; a client that has so many gets no more for now
const LOOK = 20; // ms between two looks at whether they are fewer
const BEAT = 30_000; // ms between two pings; who has not answered the last one is gone

const pages = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/client.mjs': ['client.mjs', 'text/javascript'],
};

/**
 * Serves a topic: { port, sockets, close() }. A client that was here before says by `run` and `after` which numbers it
 * means and which one it has seen last. `run` names the topic's numbers: in memory they begin anew with each process.
 */
export async function serve(topic, { run, port = 0, host = '127.0.0.1' }) {
  const server = createServer(answer);
  const webSockets = new WebSocketServer({ server, path: '/events', maxPayload: 1024 });
  webSockets.on('connection', (socket, request) => {
    socket.on('error', () => {}); // 'close' follows
    follow(socket, topic, { run, place: placeOf(request.url, run) }).catch((error) =>
      socket.close(1011, error.code),
    );
  });
  const beat = setInterval(() => webSockets.clients.forEach(ping), BEAT);
  server.listen(port, host);
  await once(server, 'listening');

  async function close() {
    clearInterval(beat);
    for (const socket of webSockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return { port: server.address().port, sockets: webSockets.clients, close };
}

async function answer({ method, url }, response) {
  const [file, type] = pages[url] ?? [];
  if (!file || method !== 'GET') return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
  response.end(await readFile(new URL(`public/${file}`, import.meta.url)));
}

/** Where a client goes on: after the last number that it has seen, or, if it is new, at the first that is there. */
function placeOf(url, run) {
  const query = new URL(url, 'http://server').searchParams;
  const after = Number(query.get('after'));
  return query.get('run') === run && Number.isSafeInteger(after) && after >= 0 ? after + 1 : 'first';
}

/** Sends all events from a place on, no faster than the client takes them. */
async function follow(socket, topic, { run, place }) {
  const subscription = await topic.subscribe({ from: place, lost: 'skip' });
  socket.once('close', () => subscription.free()); // ends the loop
  if (socket.readyState === socket.CLOSED) return subscription.free(); // too early for the line above
  socket.send(JSON.stringify({ run }));
  for await (const event of subscription) {
    socket.send(JSON.stringify({ seq: event.seq, time: event.time, text: event.text() }));
    // What is not taken stays in the topic, which is there once for all clients, and forgets what is beyond its limits.
    while (socket.bufferedAmount > FULL && socket.readyState === socket.OPEN) await sleep(LOOK);
  }
}

const silent = new WeakSet(); // sockets with a ping that was not answered

function ping(socket) {
  if (silent.has(socket)) return socket.terminate();
  silent.add(socket);
  socket.once('pong', () => silent.delete(socket));
  socket.ping();
}
