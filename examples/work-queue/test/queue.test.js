// A queue loses no job and does none too often, whoever dies.

import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WorkQueue } from '../queue.mjs';

const handler = new URL('handler.mjs', import.meta.url);
const main = fileURLToPath(new URL('../index.mjs', import.meta.url));

function temporaryFolder(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'work-queue-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a queue: { queue, notes, read }, where `read()` gives what the handler has noted. */
async function open(t, options = {}) {
  const notes = path.join(temporaryFolder(t), 'notes');
  const queue = await WorkQueue.open({ handler, workers: 3, delay: 10, ...options });
  const read = () =>
    existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n').map(JSON.parse) : [];
  return { queue, notes, read };
}

function namesDone(notes) {
  return notes
    .filter((note) => note.done)
    .map((note) => note.name)
    .sort((a, b) => a - b);
}

const numbers = (n) => Array.from({ length: n }, (_, i) => i);

test('each job is done once when nobody dies', async (t) => {
  const { queue, notes, read } = await open(t);
  for (const name of numbers(300)) await queue.add({ name, notes });
  await queue.drained();
  assert.deepStrictEqual(namesDone(read()), numbers(300));
  assert.strictEqual(read().length, 600, 'a job was begun more than once');
  assert.deepStrictEqual(await queue.deadLetters(), []);
  await queue.close();
});

test('a job that fails is tried again later, and given up after five times', async (t) => {
  const { queue, notes, read } = await open(t);
  await queue.add({ name: 1, notes, fails: 2 });
  await queue.add({ name: 2, notes, fails: 99 });
  await queue.add({ name: 3, notes });
  await queue.drained();
  assert.deepStrictEqual(namesDone(read()), [1, 3]);
  const attempts = read().filter(({ name, attempt }) => name === 2 && attempt);
  assert.deepStrictEqual(
    attempts.map(({ attempt }) => attempt),
    [1, 2, 3, 4, 5],
  );
  assert.ok(attempts[4].at - attempts[0].at >= 10 + 20 + 40 + 80 - 4, 'the pauses were too short');
  const [letter, ...others] = await queue.deadLetters();
  assert.deepStrictEqual(others, []);
  assert.strictEqual(letter.job.name, 2);
  assert.strictEqual(letter.error, 'no luck the 5. time');
  await queue.close();
});

test('the jobs of workers that are terminated go to others, and the pool fills up again', async (t) => {
  const { queue, notes, read } = await open(t);
  for (const name of numbers(100)) await queue.add({ name, notes, takes: 10 });
  for (let i = 0; i < 5; i++) {
    await sleep(50);
    await queue.workers[0]?.terminate();
  }
  await queue.drained();
  const done = new Set(namesDone(read()));
  assert.strictEqual(done.size, 100);
  while (queue.workers.length < 3) await sleep(10);
  await queue.close();
});

test('a job that kills its worker each time is given up', async (t) => {
  const { queue, notes, read } = await open(t);
  await queue.add({ name: 1, notes, dies: 99 });
  await queue.add({ name: 2, notes, dies: 2 });
  await queue.drained();
  assert.deepStrictEqual(namesDone(read()), [2]);
  const letters = await queue.deadLetters();
  assert.deepStrictEqual(
    letters.map(({ job, error }) => [job.name, error]),
    [[1, 'its worker died each time']],
  );
  await queue.close();
});

test('close() lets workers finish their jobs; the others are there when the directory is opened again', async (t) => {
  const dir = path.join(temporaryFolder(t), 'bus');
  const first = await open(t, { dir });
  for (const name of numbers(20)) await first.queue.add({ name, notes: first.notes, takes: 100 });
  while (first.read().length < 3) await sleep(5);
  await first.queue.close();
  const notes = first.read();
  const done = namesDone(notes);
  assert.strictEqual(notes.length, 2 * done.length, 'a job was begun and not finished');
  assert.ok(done.length < 20);
  await assert.rejects(first.queue.add({ name: 99 }), /closing/);

  const second = await open(t, { dir });
  await second.queue.drained();
  assert.deepStrictEqual(namesDone(first.read()), numbers(20));
  await second.queue.close();
});

test('Ctrl-C has all jobs done that were taken', async (t) => {
  const file = path.join(temporaryFolder(t), 'file');
  writeFileSync(file, 'abc');
  const child = spawn(process.execPath, [main], { stdio: 'pipe' });
  t.after(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close');
  child.stdin.write(`${file}\n`.repeat(50));
  while (!output.stdout.includes('\n')) await sleep(5);
  child.kill('SIGINT');
  assert.deepStrictEqual(await ended, [0, null], output.stderr);
  const [, taken] = /^(\d+) files taken, 0 given up$/m.exec(output.stderr);
  const lines = output.stdout.trim().split('\n');
  assert.strictEqual(lines.length, Number(taken));
  for (const line of lines)
    assert.match(line, /^ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad {2}/);
});
