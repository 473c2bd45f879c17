// The app on stand-ins of Electron: what each process does, a page that is reloaded, and an end that leaves nothing.

import assert from 'node:assert';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));

function temporaryFolder(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'electron-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs main.mjs as drive.mjs does: what that has seen. */
async function drive(folder) {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', './stand-ins/hooks.mjs', 'stand-ins/drive.mjs'],
    {
      cwd: root,
      env: { ...process.env, STAND_IN_USER_DATA: folder },
      timeout: 60_000,
      killSignal: 'SIGKILL',
    },
  );
  assert.strictEqual(stderr, '');
  return JSON.parse(stdout);
}

test('main, thread, utility process and page: each does its part, and nothing is left at the end', async (t) => {
  const { pages, seen, open, live, pid } = await drive(temporaryFolder(t));
  const count = Number(/'electron' (\d+) times, through the token/.exec(seen.join('\n'))[1]);
  assert.deepStrictEqual(
    pages.map((page) => page.count),
    [count, count, count],
  );
  const utility = seen.find((text) => text.startsWith('utility'));
  assert.match(utility, /^utility \d+: \{"Buffer":\d+,"Promise":\d+,"utility":\d+\}, by threads/);
  assert.notStrictEqual(Number(/\d+/.exec(utility)[0]), pid);
  // That of the main process and the page's; the subscriptions are those of the utility process and of the last page.
  assert.deepStrictEqual(open, ['MappedFile', 'MappedFile', 'Bus', 'Topic', 'Subscription', 'Subscription']);
  assert.strictEqual(live, 0);
});

test('a page that is reloaded attaches to the mapping of the page before', async (t) => {
  const { pages } = await drive(temporaryFolder(t));
  assert.deepStrictEqual(
    pages.map((page) => page.kept),
    [false, true, true],
  );
});

test('the events of the last run are there in the next', async (t) => {
  const folder = temporaryFolder(t);
  const first = await drive(folder);
  const second = await drive(folder);
  assert.deepStrictEqual(second.seen.slice(0, first.seen.length), first.seen);
  assert.ok(second.seen.length > first.seen.length);
});

test("the types of the app agree with Electron's", () => {
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace('package.json', 'bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: root, encoding: 'utf8' });
  assert.deepStrictEqual({ status, stdout }, { status: 0, stdout: '' });
});
