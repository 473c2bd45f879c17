// A pool loses no answer, leaks no handle and crashes nowhere, whoever aborts, ends or frees.

import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { handles, stats } from 'quiesce';
import { SearchPool } from '../pool.mjs';
import { storm } from '../storm.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'piscina-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A file with a thousand times "free", "node" and "the"; what follows them is a hole. */
function makeHaystack(size) {
  const file = path.join(folder, `haystack-${size}`);
  writeFileSync(file, 'free node the\n'.repeat(1000));
  truncateSync(file, size);
  return file;
}

const haystack = makeHaystack(32 * 2 ** 20);
const large = makeHaystack(640 * 2 ** 20); // a search takes a tenth of a second, in which it can be aborted
const expected = { node: 1000, the: 1000, worker: 0, free: 1000, x: 0 };

/** What is open, by class. Empty at the end of each test. */
const open = () => handles().map((handle) => handle.class);

const inFlight = (pool) => handles().find(({ token }) => token === pool.file.token)?.inFlight ?? 0;

async function until(condition, what, ms = 10_000) {
  for (const end = Date.now() + ms; !condition(); await sleep(2)) {
    if (Date.now() > end) assert.fail(`${what}: not within ${ms} ms`);
  }
}

test('rounds of everything at once: each drains, each answer is right, each handle is released once', async () => {
  const before = stats();
  const total = { done: 0, aborted: 0, refused: 0 };
  for (let round = 0; round < 8; round++) {
    const { counts, answers, outcome, noted, closed } = await storm(haystack, { duration: 300 });
    assert.strictEqual(outcome, 'drained');
    assert.deepStrictEqual(closed, { file: 'already-freeing', bus: 'drained' });
    for (const [pattern, found] of answers) assert.deepStrictEqual([...found], [expected[pattern]], pattern);
    assert.ok(noted >= counts.done, `${noted} notes of ${counts.done} searches`);
    assert.ok(noted <= counts.done + counts.aborted, 'a search that was refused has left a note');
    for (const what of Object.keys(total)) total[what] += counts[what];
    assert.deepStrictEqual(open(), []);
  }
  for (const [what, count] of Object.entries(total)) assert.ok(count > 0, `nothing was ${what}`);
  const after = stats();
  assert.strictEqual(after.opened - before.opened, 8 * 3);
  assert.strictEqual(after.released - before.released, 8 * 3);
});

test('an abort ends the worker of a running search, whose op leaves; the others go on', async () => {
  const pool = await SearchPool.open(large, { workers: 2, idleTimeout: 60_000 });
  await Promise.all([pool.search('the'), pool.search('node')]); // both workers are there
  const before = [...pool.piscina.threads];

  const controller = new AbortController();
  const aborted = pool.search('free', { signal: controller.signal });
  await until(() => inFlight(pool) === 1, 'the search is in flight');
  controller.abort();
  await assert.rejects(aborted, { name: 'AbortError' });
  assert.strictEqual(await pool.search('the'), 1000);
  await until(() => inFlight(pool) === 0, 'its op leaves');
  const survivors = pool.piscina.threads.filter((thread) => before.includes(thread));
  assert.strictEqual(survivors.length, 1, 'not the one worker was ended');
  assert.deepStrictEqual(await pool.close(), { file: 'drained', bus: 'drained' });
  assert.deepStrictEqual(open(), []);
});

test('a worker that is idle ends, its wrappers detach, and the next one attaches anew', async () => {
  const pool = await SearchPool.open(haystack, { workers: 1, idleTimeout: 20 });
  const attachments = () => handles().find(({ token }) => token === pool.file.token).attachments;
  for (let i = 0; i < 3; i++) {
    assert.strictEqual(await pool.search('the'), 1000);
    assert.strictEqual(attachments(), 2);
    await until(() => attachments() === 1, 'the worker ends');
  }
  assert.strictEqual(pool.file.freed, false);
  assert.deepStrictEqual(await pool.close(), { file: 'drained', bus: 'drained' });
});

test('destroy() with searches in flight: they are rejected, and the file drains', async () => {
  const pool = await SearchPool.open(large, { workers: 2 });
  await pool.search('the');
  const searches = ['the', 'node', 'free'].map((pattern) => pool.search(pattern));
  const settled = Promise.allSettled(searches);
  await until(() => inFlight(pool) > 0, 'a search is in flight');
  assert.deepStrictEqual(await pool.close(), { file: 'drained', bus: 'drained' });
  for (const { status } of await settled) assert.strictEqual(status, 'rejected');
  assert.deepStrictEqual(open(), []);
});

test('the file is freed under the pool: who searches is refused by code, and the workers live', async () => {
  const pool = await SearchPool.open(large, { workers: 2, idleTimeout: 60_000 });
  await Promise.all([pool.search('the'), pool.search('node')]);
  const workers = new Set(pool.piscina.threads);
  const search = pool.search('free');
  const refused = assert.rejects(search, { code: 'ERR_HANDLE_FREED' });
  await until(() => inFlight(pool) > 0, 'the search is in flight');
  assert.strictEqual(await pool.free(), 'drained');
  await refused;
  await assert.rejects(pool.search('the'), { code: 'ERR_HANDLE_FREED' });
  assert.deepStrictEqual(new Set(pool.piscina.threads), workers);
  assert.deepStrictEqual(await pool.close(), { file: 'already-freeing', bus: 'drained' });
});

test('the program: it ends by itself, with nothing left', () => {
  const program = fileURLToPath(new URL('../index.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [program, haystack, '0.5'], { encoding: 'utf8' });
  assert.match(output, /^free\(\) with \d+ ops in flight: drained, after [\d.]+ ms$/m);
  assert.match(output, /^3 handles were opened, 3 released, 0 are left$/m);
});

test('the program refuses a time that is none', () => {
  const program = fileURLToPath(new URL('../index.mjs', import.meta.url));
  for (const seconds of ['0', '-1', 'soon']) {
    assert.throws(
      () => execFileSync(process.execPath, [program, haystack, seconds], { encoding: 'utf8', stdio: 'pipe' }),
      ({ status, stderr }) => status === 2 && /^SECONDS must be/.test(stderr),
    );
  }
});
