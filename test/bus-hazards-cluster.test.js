'use strict';

// A bus on NATS servers that come and go, and on servers that ask who one is.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { setTimeout: delay } = require('node:timers/promises');
const { pathToFileURL } = require('node:url');
const { Bus, allOf, bytesOf, codeOf, handles, plain, range, seqsOf, take } = require('./support/bus.js');
const { makeFile, newPath } = require('./support/files.js');
const { credentialsOf, makeKey } = require('./support/nkeys.js');
const { startServers } = require('./support/bus-servers.js');
const { eventually } = require('./support/wait.js');

let cluster;

before(async () => {
  cluster = await startServers(3);
});

after(async () => {
  await cluster?.end();
  assert.deepEqual(handles(), []);
});

/** Has servers stop answering, end and come back, one at a time; the stream's leader each second time. */
async function flap(stream, rounds) {
  for (let round = 0; round < rounds; round++) {
    const leader = await eventually(() => cluster.tell('leader', stream).catch(() => undefined));
    const name = round % 2 === 0 ? leader : cluster.names.find((each) => each !== leader);
    const [down, up] = round % 3 === 0 ? ['pause', 'resume'] : ['stop', 'start'];
    await cluster.tell(down, name);
    await delay(300 + Math.random() * 500);
    await cluster.tell(up, name);
    await delay(200);
  }
}

test('servers flap while all goes on: what is acknowledged is there once, subscribers miss nothing', async (t) => {
  const bus = await Bus.open({ servers: cluster.urls });
  const other = await Bus.open({ servers: cluster.urls[0] });
  const topic = await bus.topic('flap', { replicas: 3 });
  const there = await other.topic('flap');
  const seen = [];
  const witness = await there.subscribe({ from: 'first' });
  const watching = (async () => {
    for await (const event of witness) seen.push(event.seq);
  })();
  const handled = new Set();
  const members = [
    await topic.subscribe({ group: 'g', ackWait: 2000 }),
    await there.subscribe({ group: 'g' }),
  ];
  const working = members.map(async (member) => {
    for await (const event of member) {
      handled.add(event.seq);
      event.ack();
    }
  });
  const stored = new Map();
  let isOver = false;
  const publishing = [0, 1].map(async (number) => {
    for (let i = 0; !isOver; i++) {
      const text = `${number} ${i}`;
      stored.set(await (number === 0 ? topic : there).publish(text), text);
    }
  });
  let posts = 0;
  const posting = (async () => {
    while (!isOver) {
      topic.post(`post ${posts++}`);
      await delay(5);
    }
  })();
  await flap('quiesce_flap', 4);
  isOver = true;
  await Promise.all([...publishing, posting]);
  await bus.flush();

  const events = await eventually(() => allOf(topic));
  assert.deepEqual(seqsOf(events), range(1, events.length));
  const texts = events.map((event) => event.text());
  assert.equal(new Set(texts).size, texts.length, 'none is there twice');
  for (const [seq, text] of stored) assert.equal(texts[seq - 1], text);
  assert.equal(texts.filter((text) => text.startsWith('post')).length, posts);
  await eventually(() => seen.length >= events.length && handled.size === events.length, { timeout: 40_000 });
  assert.deepEqual(seen, range(1, events.length), 'each once, in order');
  for (const each of [witness, ...members]) await each.free();
  await Promise.all([watching, ...working]);
  assert.deepEqual([await bus.free(), await other.free()], ['drained', 'drained']);
  t.diagnostic(`${events.length} events through 4 outages`);
});

test('on a cluster: three replicas unless told otherwise; a snapshot goes there and back', async () => {
  const bus = await Bus.open({ servers: cluster.urls.join(',').split(',').reverse() });
  const memory = await Bus.open();
  const [topic, single, source] = [
    await bus.topic('three'),
    await bus.topic('one', { replicas: 1 }),
    await memory.topic('source'),
  ];
  assert.deepEqual([(await topic.stats()).limits.replicas, (await single.stats()).limits.replicas], [3, 1]);
  await source.publishBatch(range(1, 500).map((i) => ({ data: `${i}`, headers: { i: `${i}` } })));
  const want = (await allOf(source)).map(plain);
  assert.equal(await topic.restore(source.snapshot()), 500);
  assert.equal(await single.restore([await bytesOf(topic.snapshot())]), 500);
  assert.deepEqual((await allOf(single)).map(plain), want);
  assert.equal(await codeOf(() => bus.topic('five', { replicas: 5 })), 'ERR_BUS_BACKEND');
  assert.deepEqual([await bus.free(), await memory.free()], ['drained', 'drained']);
});

test('all servers are gone: calls that are aborted end, free() ends, and all goes on when they are back', async () => {
  const bus = await Bus.open({ servers: cluster.urls });
  const topic = await bus.topic('gone');
  assert.equal(await topic.publish('before'), 1);
  const subscription = await topic.subscribe();
  const member = await topic.subscribe({ group: 'g' });
  const [first] = await take(member, 1);
  for (const name of cluster.names) await cluster.tell('kill', name);
  const signal = AbortSignal.timeout(500);
  const calls = [
    () => topic.publish('no', { signal, id: 'no' }),
    () => topic.stats({ signal }),
    () => topic.read(1, 1, { signal }),
  ];
  for (const code of await Promise.all(calls.map(codeOf)))
    assert.match(code, /^(ABORT_ERR|ERR_BUS_UNREACHABLE)$/);
  const late = topic.publish('during', { id: 'during' });
  late.catch(() => {});
  const other = codeOf(() => Bus.open({ servers: cluster.urls, timeout: 300 }));
  assert.equal(await other, 'ERR_BUS_UNREACHABLE');
  for (const name of cluster.names) await cluster.tell('start', name);
  const seq = await late;
  const again = await eventually(() => topic.publish('during', { id: 'during' }));
  assert.equal(again, seq, 'stored once');
  const seen = [];
  while (seen.at(-1) !== seq) seen.push(...seqsOf(await take(subscription, 1)));
  assert.deepEqual(seen, range(2, seq));
  first.ack();
  assert.equal((await take(member, 1))[0].seq, 2);
  assert.equal(await bus.free(), 'drained');
});

/** Servers with that configuration let these credentials in, and none of the others. */
async function checkCredentials(config, right, wrong) {
  const servers = await startServers(1, config);
  for (const credentials of right) {
    const bus = await eventually(() => Bus.open({ servers: servers.urls, credentials }));
    const topic = await bus.topic('t');
    assert.ok((await topic.publish('x')) >= 1);
    assert.equal(await bus.free(), 'drained');
  }
  for (const credentials of [undefined, ...wrong]) {
    const options = { servers: servers.urls, ...(credentials && { credentials }) };
    await assert.rejects(Bus.open(options), ({ code, message }) => {
      assert.equal(code, 'ERR_BUS_CREDENTIALS', message);
      const { file: _, user: __, ...secrets } = credentials ?? {};
      for (const secret of Object.values(secrets)) assert.ok(!message.includes(secret), message);
      return true;
    });
  }
  await servers.end();
}

test('credentials: a token', () =>
  checkCredentials(
    'authorization { token: "s3cret-token" }',
    [{ token: 's3cret-token' }],
    [{ token: 'other-token' }],
  ));

test('credentials: a user and a password', () =>
  checkCredentials(
    'authorization { user: "the-user", password: "the-password" }',
    [{ user: 'the-user', password: 'the-password' }],
    [{ user: 'the-user', password: 'wr0ng-password' }],
  ));

test('credentials: the seed of an nkey', () => {
  const [user, stranger] = [makeKey('user'), makeKey('user')];
  return checkCredentials(
    `authorization { users: [ { nkey: ${user.id} } ] }`,
    [{ seed: user.seed }],
    [{ seed: stranger.seed }, { seed: 'SUNOSEED' }],
  );
});

test('credentials: a file with a JWT', () => {
  const kinds = ['operator', 'account', 'account', 'user', 'user'];
  const [operator, system, account, user, stranger] = kinds.map(makeKey);
  const unlimited = Object.fromEntries(
    [
      'subs',
      'data',
      'payload',
      'imports',
      'exports',
      'conn',
      'leaf',
      'mem_storage',
      'disk_storage',
      'streams',
      'consumer',
    ].map((name) => [name, -1]),
  );
  const accountJWT = operator.jwt(account.id, 'account', { limits: { ...unlimited, wildcards: true } });
  const userJWT = account.jwt(user.id, 'user', { pub: {}, sub: {}, subs: -1, data: -1, payload: -1 });
  const credentials = (seed) => credentialsOf(userJWT, seed);
  const right = makeFile(credentials(user.seed));
  const config =
    `operator: ${operator.jwt(operator.id, 'operator', {})}\nresolver: MEMORY\n` +
    `system_account: ${system.id}\n` +
    `resolver_preload: { ${account.id}: ${accountJWT}, ${system.id}: ${operator.jwt(system.id, 'account', {})} }\n`;
  return checkCredentials(
    config,
    [{ file: right }, { file: pathToFileURL(right) }],
    [{ file: makeFile(credentials(stranger.seed)) }, { file: makeFile('nothing') }, { file: newPath() }],
  );
});

test('TLS: the server is trusted by its authority only, and a client by its certificate', async (t) => {
  const folder = newPath();
  fs.mkdirSync(folder);
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  try {
    openssl('version');
  } catch (error) {
    t.diagnostic(`no openssl to make certificates with: ${error.message}`);
    return;
  }
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority');
  for (const [name, extension] of Object.entries({ server: 'DNS:the.server', client: 'DNS:client' })) {
    fs.writeFileSync(path.join(folder, `${name}.ext`), `subjectAltName=${extension}\n`);
    openssl(
      'req',
      ...ec.slice(0, -2),
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', '2', '-out', `${name}.pem`);
  }
  const file = (name) => JSON.stringify(path.join(folder, name));
  const servers = await startServers(
    1,
    `tls { cert_file: ${file('server.pem')}, key_file: ${file('server.key')}, ca_file: ${file('ca.pem')}, verify: true }`,
  );
  const read = (name) => fs.readFileSync(path.join(folder, name));
  const mine = { cert: read('client.pem'), key: read('client.key').toString() };
  const open = (tls) => Bus.open({ servers: servers.urls, tls, timeout: 3000 });
  for (const tls of [
    { ca: read('ca.pem'), servername: 'the.server', ...mine },
    { rejectUnauthorized: false, ...mine },
  ]) {
    const bus = await eventually(() => open(tls));
    assert.equal(await (await bus.topic('t')).publish('x', { id: 'x' }), 1);
    assert.equal(await bus.free(), 'drained');
  }
  const refused = [
    true,
    { ...mine },
    { ca: read('ca.pem'), ...mine },
    { ca: read('ca.pem'), servername: 'another.server', ...mine },
    { ca: read('ca.pem'), servername: 'the.server' },
  ];
  for (const tls of refused)
    assert.match(await codeOf(() => open(tls)), /^ERR_BUS_(UNREACHABLE|CREDENTIALS)$/);
  for (const tls of [{ ca: 'no PEM' }, { cert: 'no PEM', key: 'none' }, { cert: mine.cert }]) {
    assert.equal(await codeOf(() => open(tls)), 'ERR_INVALID_ARG_VALUE');
  }
  await servers.end();
});
