// quiesce inspect: what a running process has open, in the terminal, as JSON or as a page.

import { Failure, UsageError } from '../run.mjs';
import { connectTo, listTargets } from './targets.mjs';
import { showLive } from './terminal.mjs';
import { listOf, viewOf } from './view.mjs';

const SHOWN = 1000; // handles; more do not fit a terminal
const ALL = 10_000; // handles, the most that an inspector tells

export async function inspect(target, { once, json, web, port }) {
  checkOptions(target, { once, json, web, port });
  if (target === undefined) return list(json);
  const client = await connectTo(target);
  try {
    if (web) {
      const { servePage } = await import('./web.mjs');
      await servePage(client, { port: portOf(port) });
    } else if (json) {
      print([JSON.stringify(await lookAt(client, ALL), undefined, 2)]);
    } else if (once || !process.stdout.isTTY) {
      print(viewOf(await lookAt(client, SHOWN)));
    } else {
      await watch(client);
    }
  } finally {
    client.close();
  }
}

function checkOptions(target, { once, json, web, port }) {
  const wrong = (why) => new UsageError(`inspect: ${why}. See 'quiesce inspect --help'.`);
  if (web && (once || json)) throw wrong(`--web does not go with ${once ? '--once' : '--json'}`);
  if (port !== undefined && !web) throw wrong('--port goes with --web');
  if (web && target === undefined) throw wrong('--web needs a PID_OR_SOCKET');
  if (port !== undefined && portOf(port) === undefined) throw wrong('--port is a number from 0 to 65535');
}

function portOf(port = '0') {
  return /^\d{1,5}$/.test(port) && Number(port) <= 65535 ? Number(port) : undefined;
}

async function list(json) {
  const targets = await listTargets();
  if (json) return print([JSON.stringify(targets, undefined, 2)]);
  if (targets.length > 0) return print(listOf(targets));
  throw new Failure(
    'No process of this user can be inspected. Start one with QUIESCE_INSPECT=1 in its environment.',
  );
}

async function lookAt(client, limit) {
  const [snapshot, history] = [await client.ask('snapshot', { limit }), await client.ask('history')];
  return { hello: client.hello, snapshot, history };
}

async function watch(client) {
  const history = [];
  const look = async () => {
    const snapshot = await client.ask('snapshot', { limit: SHOWN });
    history.push(...(await client.ask('history', { since: history.at(-1)?.time ?? 0 })));
    history.splice(0, history.length - 600);
    return { hello: client.hello, snapshot, history };
  };
  await showLive(look, process);
}

function print(lines) {
  process.stdout.once('error', (err) => {
    if (err.code !== 'EPIPE') throw err; // who reads has had enough
  });
  process.stdout.write(`${lines.join('\n')}\n`);
}
