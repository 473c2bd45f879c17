// Histories that goroutines and workers make, checked by Porcupine; random sequences by rapid, deadlines in synctest's
// time, leaks by goleak. See proof/histories.

import path from 'node:path';
import { goEnvironment } from '../../cli/go.mjs';
import { root } from '../../cli/run.mjs';
import { format } from '../../demo/text.mjs';
import { build } from '../../scripts/addons.mjs';
import { bugs, writePlanted } from '../histories/planted.mjs';

const module = path.join(root, 'proof');
const minute = 60_000;
// Those that need no second thread to be seen.
const sequentialBugs = ['any-generation', 'no-drain', 'lost-wake'];

export const part = {
  name: 'histories',
  title: 'every result of racing threads is that of some order of the calls',
  packages: [],
  async prove(context) {
    const { env } = goEnvironment();
    const go = (...args) => context.must('go', args, { cwd: module, env, timeout: 15 * minute });
    context.begin('building the checker, and the guard with pauses and planted bugs');
    build(['quiesce', 'test', 'unguarded-test']);
    const programs = await buildCheckers(context, go);
    await readVersions(context, go);
    await checkPlanted(context, programs.paused);
    await checkUnguarded(context, programs.plain);
    const sizes = { goroutines: context.size(8000, 100_000), workers: context.size(2500, 20_000) };
    const tallies = [
      ['goroutines', await fromGoroutines(context, programs.plain, sizes.goroutines)],
      [
        'goroutines, with pauses in the guard',
        await fromGoroutines(context, programs.paused, sizes.goroutines),
      ],
      ['workers', await fromWorkers(context, programs.plain, sizes.workers)],
    ];
    for (const [origin, tally] of tallies) report(context, origin, tally);
    const all = tallies.reduce((sum, [, { histories }]) => sum + histories, 0);
    context.demand(all >= 10_000, `${format(all)} histories are fewer than 10,000.`);
    await testSequences(context, go);
  },
};

/** The checker over the guard as it is, and over the one of planted.mjs. */
async function buildCheckers(context, go) {
  const folder = path.join(context.folder, 'overlay');
  const overlay = writePlanted(folder);
  const programs = {};
  for (const [name, flags] of [
    ['plain', []],
    ['paused', ['-overlay', overlay]],
  ]) {
    programs[name] = path.join(context.folder, `histories-${name}`);
    await go('build', ...flags, '-o', programs[name], './histories/cmd/histories');
  }
  return programs;
}

async function readVersions(context, go) {
  for (const name of ['github.com/anishathalye/porcupine', 'pgregory.net/rapid', 'go.uber.org/goleak']) {
    const { stdout } = await go('list', '-m', '-f', '{{.Version}}', name);
    context.version(path.posix.basename(name), stdout.trim().slice(1));
  }
}

/** The negative controls: histories of a guard with a bug have to be refused. */
async function checkPlanted(context, program) {
  for (const [bug, what] of Object.entries(bugs).filter(([bug]) => bug !== 'lost-wake')) {
    context.begin(`planted: ${what}`);
    const { tally, stderr } = await recordPlanted(context, program, bug);
    const otherwise = tally
      ? `All of ${tally.histories} histories were accepted`
      : `The checker ended with ${stderr.slice(0, 500)}`;
    context.demand(tally?.refused === 1, `Planted: ${what}. ${otherwise}.`);
    context.row(`planted: ${what}`, `refused: history ${format(tally.histories)}`, 'refused');
  }
}

/** Records with a bug. Now and then the guard notices by itself, and panics before the history is whole. */
async function recordPlanted(context, program, bug) {
  const env = { ...process.env, QUIESCE_PLANTED: bug };
  let ended;
  for (let attempt = 0; attempt < 5; attempt++) {
    ended = await context.run(program, ['-record', '20000', '-patience', '2s'], { env, timeout: minute });
    if (!ended.stderr.startsWith('panic: guard: ')) break;
  }
  return { tally: readTally(ended.stdout), stderr: ended.stderr };
}

async function fromGoroutines(context, program, size) {
  context.begin(`${format(size)} histories from goroutines`);
  const seed = String(Date.now());
  return checked(context, program, ['-record', String(size), '-seed', seed]);
}

/** The negative control of the workers: an addon without its guard. */
async function checkUnguarded(context, program) {
  context.begin('histories from workers, without the guard');
  const file = await record(context, 'unguarded-test', 100);
  const { status, stdout } = await context.run(program, ['-read', file]);
  const tally = readTally(stdout);
  const what = 'workers, without the guard in the addon';
  context.demand(
    status === 1 && tally?.refused === 1,
    `${what}: all of ${tally?.histories} histories are accepted.`,
  );
  context.row(what, `refused: history ${format(tally.histories)}`, 'refused');
}

async function fromWorkers(context, program, size) {
  context.begin(`${format(size)} histories from workers`);
  return checked(context, program, ['-read', await record(context, 'test', size)]);
}

/** Has workers record histories; returns the file. */
async function record(context, variant, size) {
  const file = path.join(context.folder, `${variant}.jsonl`);
  const args = [file, String(size), String(Date.now() % 1e6), variant];
  const driver = path.join(module, 'histories', 'record.mjs');
  const { stdout } = await context.must(process.execPath, [driver, ...args], { timeout: 15 * minute });
  for (const [name, { live, abandoned, opened, released }] of Object.entries(JSON.parse(stdout))) {
    const well = live === 0 && abandoned === 0 && opened === released && opened > 0;
    context.demand(well, `Of the ${name} that the workers opened some are left: ${stdout}`);
  }
  return file;
}

async function checked(context, program, args) {
  const { stdout } = await context.must(program, args, { timeout: 15 * minute });
  return readTally(stdout);
}

function readTally(stdout) {
  try {
    return JSON.parse(stdout.split('\n')[0]);
  } catch {
    return undefined; // it ended before it came to that
  }
}

/** One row for each origin; a run in which nothing raced, or no slot was used again, is void. */
function report(context, origin, { histories, calls, overlapping, recycled, stale, results, falsified }) {
  const share = (n) => `${((100 * n) / histories).toFixed(1)} %`;
  const timedOut = results['free timed-out'] ?? 0;
  context.row(
    `histories from ${origin}`,
    `${format(histories)} explained, ${format(calls)} calls, ${format(timedOut)} frees timed out`,
    'all',
  );
  context.row(
    `${origin}: calls of two threads overlap; a slot is recycled; its old token is used`,
    `${share(overlapping)}; ${share(recycled)}; ${share(stale)}`,
    '50 %; 10 %; 1 %',
  );
  context.row(`${origin}: histories made false`, `${format(falsified)} refused`, 'all');
  context.demand(
    overlapping >= 0.5 * histories && recycled >= 0.1 * histories && stale >= 0.01 * histories,
    `Too little raced in the histories from ${origin} for them to be worth anything.`,
  );
  context.demand(timedOut > 0 && falsified > 0, `The histories from ${origin} have no time-out to explain.`);
}

/** Sequences in synthetic time. rapid stops after a day, which here are some 600 of them: so it starts again and again. */
async function testSequences(context, go) {
  const each = 250;
  const times = context.size(16, 200);
  context.begin(`${format(each * times)} random sequences in synthetic time`);
  const { paused, plain } = await buildTests(context, go);
  const args = ['-test.v', '-test.run=Sequences|Specification', `-rapid.checks=${each}`, '-rapid.nofailfile'];
  const run = (program, bug, n) =>
    context.run(program, [...args, `-test.count=${n}`], {
      cwd: path.join(module, 'histories'),
      env: { ...process.env, QUIESCE_PLANTED: bug },
      timeout: 15 * minute,
    });
  for (const bug of sequentialBugs) {
    const { stdout } = await run(paused, bug, 1);
    context.demand(
      /rapid\] (failed|panic)|^panic:/m.test(stdout),
      `Planted: ${bugs[bug]}. The sequences do not notice.`,
    );
    context.row(`planted: ${bugs[bug]}`, 'noticed by a sequence', 'noticed');
  }
  const { status, stdout } = await run(plain, '', times);
  context.demand(status === 0, `The sequences fail:\n${stdout.slice(-4000)}`);
  const passed = [...stdout.matchAll(/OK, passed (\d+) tests/g)].reduce((sum, [, n]) => sum + Number(n), 0);
  context.demand(passed === each * times, `rapid ran ${passed} of ${each * times} sequences.`);
  context.row(
    'random sequences in synthetic time (rapid, synctest)',
    `${format(passed)} agree with a plain table`,
    'all',
  );
  context.demand(/no goroutine is left/.test(stdout), 'goleak was not asked.');
  context.row('goroutines left after all of these (goleak)', '0', '0');
}

async function buildTests(context, go) {
  const overlay = path.join(context.folder, 'overlay', 'overlay.json');
  const programs = {
    plain: path.join(context.folder, 'tests-plain'),
    paused: path.join(context.folder, 'tests-paused'),
  };
  await go('test', '-c', '-o', programs.plain, './histories');
  await go('test', '-c', '-overlay', overlay, '-o', programs.paused, './histories');
  return programs;
}
