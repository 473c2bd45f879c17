'use strict';

// The command `quiesce inspect`, as a user runs it.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { quiesce, startQuiesce } = require('./support/cli.js');
const { newPath } = require('./support/files.js');
const {
  connect,
  keepsRunning,
  newTmp,
  startFakeInspector,
  startInspected,
} = require('./support/inspected.js');
const { eventually } = require('./support/wait.js');

const evil = 'Evil\\x1b]0;owned\\x07\\r\\n\\u202eclass';
const tmp = newTmp();
const env = { TMPDIR: tmp };
let target;

before(async () => {
  target = startInspected(
    `const { Guard, MappedFile } = require('./index.js');
     globalThis.guards = [new Guard(), new Guard()];
     guards[0].tryEnter();
     guards[0].free({ deadline: 0 });
     new Guard().freeSync();
     process.stdin.on('end', () => process.exit());
     process.stdin.resume();`,
    { tmp },
  );
  const client = await connect(target.socket);
  await eventually(async () => (await client.ask({ get: 'history' })).history.length >= 2);
  client.close();
});

after(() => target.child.kill('SIGKILL'));

test('without an argument: the processes of this user, and the sockets of those that were killed go', async () => {
  const killed = startInspected(`require('./index.js'); setInterval(() => {}, 1000);`, { tmp });
  (await connect(killed.socket)).close();
  const both = await quiesce(['inspect'], { env });
  for (const { child } of [target, killed]) assert.match(both.stdout, new RegExp(`^${child.pid} +v`, 'm'));
  killed.child.kill('SIGKILL');
  await killed.ended;
  assert.ok(fs.existsSync(killed.socket));
  const { code, stdout, stderr } = await quiesce(['inspect', '--json'], { env });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const list = JSON.parse(stdout);
  assert.deepEqual(
    list.map(({ pid, node, stats }) => [pid, node, stats.live]),
    [[target.child.pid, process.version, 2]],
  );
  assert.equal(fs.existsSync(killed.socket), false);
});

for (const how of ['a pid', 'the path of a socket']) {
  test(`by ${how}, where the output is no terminal: one look, as text`, async () => {
    const argument = how === 'a pid' ? `${target.child.pid}` : target.socket;
    const { code, stdout, stderr } = await quiesce(['inspect', argument], { env });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(
      stdout,
      new RegExp(`^Process ${target.child.pid}, up .*, Node ${process.version}, Quiesce `),
    );
    assert.match(
      stdout,
      /^Handles {2}2 live, 1 of them being freed, 1 past the deadline; 3 opened, 1 released$/m,
    );
    assert.match(
      stdout,
      /^Frees {4}1 drained, 1 timed out, 0 already freeing; 0 leaked, 0 with a failed Close$/m,
    );
    assert.match(stdout, /^live handles .*█ {2}0 to 2, last /m);
    assert.match(stdout, /^Guard {2}abandoned {2}\d+ .*enter .* 1 \(main: 1\)$/m);
    assert.match(stdout, /^Guard {2}open {7}\d+ .* 1 \(main: 1\)$/m);
  });
}

test('--json: the same, to be read by programs', async () => {
  const { code, stdout } = await quiesce(['inspect', `${target.child.pid}`, '--json'], { env });
  assert.equal(code, 0);
  const { hello, snapshot, history } = JSON.parse(stdout);
  assert.equal(hello.pid, target.child.pid);
  assert.deepEqual(
    snapshot.handles.map(({ class: name, state, threads }) => [name, state, threads]),
    ['abandoned', 'open'].map((state) => ['Guard', state, [{ thread: 0, attachments: 1 }]]),
  );
  assert.ok(history.length >= 2 && history.every(({ live }) => live >= 0));
});

const failures = {
  'a process that has no inspector': [
    () => [`${process.pid}`],
    1,
    /has no inspector in .*Start it with QUIESCE_INSPECT=1 in its environment/,
  ],
  'a process that is not there': [() => ['99999999'], 1, /^quiesce: There is no process 99999999\.$/m],
  'a path where nobody listens': [
    () => [path.join(tmp, 'none.sock')],
    1,
    /Nobody listens on .*none\.sock\. Start the process with QUIESCE_INSPECT=/,
  ],
  'a word': [() => ['word'], 2, /'word' is neither a process's id nor the path of a socket/],
  'two arguments': [() => ['1', '2'], 2, /it takes one PID_OR_SOCKET, and there are 2/],
  'an unknown option': [() => ['1', '--wep'], 2, /unknown option '--wep'/],
  '--web with --json': [() => ['1', '--web', '--json'], 2, /--web does not go with --json/],
  '--web without a process': [() => ['--web'], 2, /--web needs a PID_OR_SOCKET/],
  '--port without --web': [() => ['1', '--port', '80'], 2, /--port goes with --web/],
  '--port with a wrong number': [() => ['1', '--web', '--port', '65536'], 2, /a number from 0 to 65535/],
  '--port with a word': [() => ['1', '--web', '--port', 'x'], 2, /a number from 0 to 65535/],
};

for (const [what, [args, expected, sentence]] of Object.entries(failures)) {
  test(`${what}: one sentence, and exit code ${expected}`, async () => {
    const { code, stdout, stderr } = await quiesce(['inspect', ...args()], { env });
    assert.deepEqual({ code, stdout }, { code: expected, stdout: '' });
    assert.match(stderr, sentence);
    assert.equal(stderr.trimEnd().split('\n').length, 1);
  });
}

test('where nothing can be inspected: one sentence that says how to opt in', async () => {
  const { code, stdout, stderr } = await quiesce(['inspect'], { env: { TMPDIR: newTmp() } });
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(stderr, /No process of this user can be inspected\. Start one with QUIESCE_INSPECT=1/);
});

/** Serves one connection after the other by `answer(socket)`; returns the path. */
async function serve(answer) {
  const place = path.join(newTmp(), 's');
  const server = net.createServer((socket) => answer(socket.on('error', () => {}))).listen(place);
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  return place;
}

const strangers = {
  'something that is no inspector': ['220 mail.example ESMTP\n', 1, /is no inspector/],
  'JSON that is no inspector': ['{"a":1}\n', 1, /is no inspector/],
  'an inspector of another version': [
    '{"quiesce":"inspect","protocol":9,"version":"9.9.9"}\n',
    1,
    /has Quiesce 9\.9\.9, whose inspector speaks protocol 9; this command speaks 1/,
  ],
  'one that ends at once': ['', 3, /The process has ended\./],
};

for (const [what, [text, expected, sentence]] of Object.entries(strangers)) {
  test(`${what} at the socket: one sentence`, async () => {
    const place = await serve((socket) => socket.end(text));
    const { code, stdout, stderr } = await quiesce(['inspect', place]);
    assert.deepEqual({ code, stdout }, { code: expected, stdout: '' });
    assert.match(stderr, sentence);
  });
}

test('what a terminal would obey is shown as escapes: all of it is the data of whoever answers', async () => {
  const name = JSON.parse(`"${evil.replace(/\\x(..)/g, '\\u00$1')}"`);
  const handle = {
    token: name,
    class: name,
    state: name,
    attachments: name,
    age: 1,
    threads: [],
    parent: name,
  };
  const handles = [{ ...handle, ops: [{ method: name, count: 1, age: 1 }] }];
  const snapshot = { time: 1, total: 1, stats: { live: name }, states: [], methods: [], handles };
  const { place, stop } = await startFakeInspector(({ get }) => (get === 'history' ? [] : snapshot), {
    pid: name,
    version: name,
    node: name,
    script: name,
  });
  const { code, stdout } = await quiesce(['inspect', place]);
  stop();
  assert.equal(code, 0);
  assert.doesNotMatch(stdout.replaceAll('\n', ''), /\p{Cc}|\p{Cf}/u);
  assert.match(stdout, /Evil\\u\{1b\}\]0;owned\\u\{7\}\\u\{d\}\\u\{a\}\\u\{202e\}class/);
  for (const [told, why] of [
    [{ protocol: 1, error: name }, /The inspector refused: Evil/],
    [{ protocol: name, version: name }, /has Quiesce Evil.*speaks protocol Evil/],
  ]) {
    const hello = JSON.stringify({ quiesce: 'inspect', ...told });
    const refusing = await serve((socket) => {
      socket.write(`${hello}\n`);
      socket.on('data', () => socket.write(`${hello}\n`));
    });
    const { stderr } = await quiesce(['inspect', refusing]);
    assert.match(stderr, why);
    assert.doesNotMatch(stderr.replaceAll('\n', ''), /\p{Cc}|\p{Cf}/u);
  }
});

const terminal = { skip: !fs.existsSync('/usr/bin/script') && 'needs script(1)' };

/** Shows a process in a terminal, as script(1) gives a program one: { type(text), kill(signal), draws(), ended, shown() }. */
function showInTerminal({ pid }) {
  const pidFile = newPath();
  const command = path.join(__dirname, '..', 'cli', 'quiesce.mjs');
  const line = `stty cols 100 rows 24; echo $$ > '${pidFile}'; exec '${process.execPath}' '${command}' inspect ${pid}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: { ...process.env, ...env },
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    shown += text;
  });
  return {
    type: (text) => child.stdin.write(text),
    kill: (signal) => process.kill(Number(fs.readFileSync(pidFile, 'utf8')), signal),
    draws: () => shown.split('\x1b[H').length - 1,
    ended: once(child, 'close').then(([code]) => code),
    shown: () => shown,
  };
}

for (const [key, name] of Object.entries({ q: 'q', '\x03': 'Ctrl-C' })) {
  test(
    `live: drawn again and again on the other screen; ${name} gives the terminal back`,
    terminal,
    async () => {
      const { type, draws, ended, shown } = showInTerminal(target.child);
      await eventually(() => draws() >= 3);
      type(key);
      assert.equal(await ended, 0, shown().slice(-300));
      assert.ok(shown().startsWith('\x1b[?1049h\x1b[?25l'));
      const [, afterwards] = shown().split('\x1b[?25h\x1b[?1049l');
      assert.match(afterwards, /^\s*$/);
    },
  );
}

test(
  'live: when the process ends it says so, on the terminal as it was, with exit code 3',
  terminal,
  async () => {
    const mortal = startInspected(`require('./index.js'); ${keepsRunning}`, { tmp });
    (await connect(mortal.socket)).close();
    const { draws, ended, shown } = showInTerminal(mortal.child);
    await eventually(() => draws() >= 2);
    mortal.child.stdin.end();
    assert.equal(await ended, 3, shown().slice(-300));
    const [, afterwards] = shown().split('\x1b[?25h\x1b[?1049l');
    assert.match(afterwards, /^quiesce: The process has ended\.\s*$/);
  },
);

test('live: SIGTERM ends it, and gives the terminal back', terminal, async () => {
  const { kill, draws, ended, shown } = showInTerminal(target.child);
  await eventually(() => draws() >= 1);
  kill('SIGTERM');
  await ended;
  assert.ok(shown().includes('\x1b[?25h\x1b[?1049l'));
});

test('a process that ends between two looks: exit code 3', async () => {
  const place = await serve((socket) => {
    socket.write('{"quiesce":"inspect","protocol":1,"version":"0","pid":1,"node":"v","started":0}\n');
    socket.once('data', () => socket.destroy());
  });
  const { child, ended } = startQuiesce(['inspect', place]);
  child.stdout.resume();
  const { code, stderr } = await ended;
  assert.deepEqual({ code, stderr }, { code: 3, stderr: 'quiesce: The process has ended.\n' });
});
