'use strict';

// The runner of `npm run proof`: what it refuses, and that nothing it starts goes on for ever.

const assert = require('node:assert');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { refuses, runner } = require('./support/usage.js');
const { eventually } = require('./support/wait.js');

const proof = runner('proof', 'proof.mjs');

async function newContext(t) {
  const { Context } = await import('../proof/runner/context.mjs');
  const folder = mkdtempSync(path.join(tmpdir(), 'quiesce-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return new Context({ quick: true, folder });
}

test('a bad command line is told in one sentence, with exit code 2', () => {
  refuses(proof, [
    [['nonsense'], /^There is no part 'nonsense'; there are .*model.*\.\n$/],
    [['runtimes', '--on', 'nod'], /^There is no runtime 'nod'; there are node-20, .*deno\.\n$/],
    [['litmus', ''], /^There is no part '';/],
    [['--on', 'bun'], /^--on is for the runtimes: npm run proof -- runtimes --on node-22\n$/],
    [['model', '--on', 'bun'], /^--on is for the runtimes/],
    [['--fast'], /^Unknown option '--fast'; --help tells what there is\.\n$/],
  ]);
});

test('--help lists every part, and each has its place in docs/proof.md', async () => {
  const { parts } = await import('../proof/parts.mjs');
  const { status, stdout } = proof('--help');
  const page = readFileSync(path.join(root, 'docs', 'proof.md'), 'utf8');
  assert.strictEqual(status, 0);
  assert.ok(parts.length > 0);
  for (const { name, title, sections } of parts) {
    assert.ok(stdout.includes(`${name} `) && stdout.includes(title), name);
    for (const place of sections?.map((section) => `${name}: ${section}`) ?? [name]) {
      const marks = page.split(`<!-- ${place} -->`).length + page.split(`<!-- /${place} -->`).length - 2;
      assert.strictEqual(marks, 2, `docs/proof.md has a place for '${place}'`);
    }
  }
});

test('a command that takes too long is killed with all that it started', async (t) => {
  const context = await newContext(t);
  let grandchild;
  const result = await context.run('sh', ['-c', 'sleep 600 & echo $!; wait'], {
    timeout: 500,
    onLine: (line) => {
      grandchild = Number(line);
    },
  });
  assert.deepStrictEqual(
    { timedOut: result.timedOut, signal: result.signal },
    { timedOut: true, signal: 'SIGKILL' },
  );
  await eventually(() => !isAlive(grandchild));
});

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    // Nobody may have waited for a dead orphan yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('a command that must succeed says how it ended, and the end of what it wrote', async (t) => {
  const context = await newContext(t);
  const must = (script) => context.must('sh', ['-c', script]);
  await assert.rejects(must('echo one; echo two >&2; exit 3'), {
    message: /^sh -c .* ended by exit code 3:\none\n\ntwo$/,
  });
  await assert.rejects(must('kill -SEGV $$'), { message: /ended by SIGSEGV/ });
  await assert.rejects(context.must('no-such-program', []), {
    message: "'no-such-program' is not on the PATH.",
  });
});

test('a condition that does not hold fails the part with its sentence', async (t) => {
  const context = await newContext(t);
  context.demand(true, 'nothing');
  assert.throws(() => context.demand(false, 'Two won.'), { message: 'Two won.' });
});

test('the sections that were proven are told, whatever becomes of the others', async (t) => {
  const context = await newContext(t);
  const [first, second] = ['first', 'second'].map((name) => context.section(name));
  second.row('two', 2);
  first.row('one', 1);
  first.version('program', '1.0');
  first.proven();
  assert.deepStrictEqual(
    context.result().rows.map(({ check }) => check),
    ['one', 'two'],
  );
  const [[name, { rows, versions }], ...others] = context.sections();
  assert.deepStrictEqual([name, rows.length, versions, others], ['first', 1, ['program 1.0'], []]);
});

test('a report of pan: its number of states, however many there are', async () => {
  const { read } = await import('../proof/parts/model.mjs');
  const report = (states) => ({
    stdout: `Full statespace search for:\nState-vector 100 byte, depth reached 229, errors: 0\n${states} states, stored\n`,
    status: 0,
    timedOut: false,
  });
  const { states, depth, errors, complete } = read(report(' 22235146'));
  assert.deepEqual(
    { states, depth, errors, complete },
    { states: 22_235_146, depth: 229, errors: 0, complete: true },
  );
  assert.equal(read(report('1.0650133e+08')).states, 106_501_330);
});
