// Ops against frees by the million, in Go and through Node-API, over memory that is poisoned at release. See
// proof/stress.

import path from 'node:path';
import { goEnvironment } from '../../cli/go.mjs';
import { root } from '../../cli/run.mjs';
import { format } from '../../demo/text.mjs';
import { build } from '../../scripts/addons.mjs';
import { bugs, writePlanted } from '../histories/planted.mjs';

const module = path.join(root, 'proof');
const hour = 3_600_000;
const leastOverlap = 0.01; // of the frees; below it the run is void

export const part = {
  name: 'stress',
  title: 'ops against frees by the million, over poisoned memory',
  packages: [],
  async prove(context) {
    const programs = await buildPrograms(context);
    for (const bug of ['no-recheck', 'no-drain', 'any-generation'])
      await checkPlanted(context, programs, bug);
    await checkUnguarded(context);
    const paused = context.size(300_000, 5_000_000);
    await stressTable(context, 'Go, with pauses in the guard', programs.paused, paused);
    await stressTable(context, 'Go', programs.plain, context.size(2_000_000, 100_000_000));
    await stressAddon(context, context.size(150_000, 10_000_000));
  },
};

/** The stress over the guard as it is, and over the one with pauses and planted bugs. */
async function buildPrograms(context) {
  context.begin('building the stress and the addons');
  build(['test', 'unguarded-test']);
  const { env } = goEnvironment();
  const folder = path.join(context.folder, 'overlay');
  const overlay = ['-overlay', writePlanted(folder)];
  const make = async (name, flags) => {
    const program = path.join(context.folder, name);
    await context.must('go', ['build', ...flags, '-o', program, './stress/cmd/stress'], { cwd: module, env });
    return program;
  };
  return { plain: await make('plain', []), paused: await make('paused', overlay) };
}

async function checkPlanted(context, { paused }, bug) {
  context.begin(`planted: ${bugs[bug]}`);
  const env = { ...process.env, QUIESCE_PLANTED: bug };
  const { status, stdout } = await context.run(paused, ['-pairs', '1000000'], { env, timeout: 60_000 });
  const tally = lastLine(stdout);
  context.demand(status === 1 && tally?.broken > 0, `Planted: ${bugs[bug]}. No op has seen poison.`);
  context.row(`Go, planted: ${bugs[bug]}`, `seen after ${format(tally.entered)} ops`, 'seen');
}

/** The same addon without its guard, and memory that is looked at without having entered: the ops see poison. */
async function checkUnguarded(context) {
  context.begin('the addon without the guard');
  const { tally, how } = await runWorkers(context, 'unguarded-test', 20_000);
  context.demand(
    how || (tally.broken > 0 && tally.guardBroken > 0),
    'Without the guard no op has seen poison.',
  );
  const share = (n, of) => `${format(n)} of ${format(of)} ops see it`;
  context.row(
    "Node-API without the guard: poison or another's payload",
    how ?? `${share(tally.broken, tally.entered)}, ${share(tally.guardBroken, tally.guardEntered)}`,
    'seen',
  );
}

async function stressTable(context, what, program, pairs) {
  context.begin(`${what}: ${format(pairs)} pairs`);
  const onLine = (line) => {
    if (line.startsWith('left ')) context.say(`${what}: ${format(Number(line.slice(5)))} pairs left`);
  };
  const { stdout } = await context.must(program, ['-pairs', String(pairs)], { timeout: hour, onLine });
  const tally = lastLine(stdout);
  const frees = tally.drained + tally.timedOut;
  report(context, what, { ...tally, frees, least: pairs, stats: tally });
  context.demand(
    tally.closed === tally.opened,
    `${what}: ${tally.closed} Closes of ${tally.opened} handles.`,
  );
  context.row(
    `${what}: tables whose handles ran hot, and have their stripes`,
    `${tally.striped} of ${tally.tables}`,
    'above 0',
  );
  context.demand(tally.striped > 0, `${what}: no handle has run hot.`);
}

async function stressAddon(context, pairs) {
  const what = 'Node-API';
  context.begin(`${what}: ${format(pairs)} pairs`);
  const { tally, how } = await runWorkers(context, 'test', pairs, (made) => {
    context.say(`${what}: ${format(Number(made))} of ${format(pairs)} pairs`);
  });
  context.demand(tally, `${what}: the workers ended by ${how}.`);
  // A free that looked once and found an op; or an async op that saw its handle's free begin. One free may be both.
  const overlaps = Math.max(tally.overlaps, tally.late);
  const frees = tally.drained + tally['timed-out'];
  report(context, what, { ...tally, timedOut: tally['timed-out'], frees, overlaps, least: pairs });
  const { guardEntered, guardRefused, guardFrees, guardBroken } = tally;
  context.row(
    `${what}, on top: bare guards over shared memory: ops tried; frees; ops that saw poison`,
    `${format(guardEntered + guardRefused)}; ${format(guardFrees)}; ${guardBroken}`,
    '0 saw it',
  );
  context.demand(guardBroken === 0, `${guardBroken} ops inside a bare guard saw poison.`);
}

/** Runs the eight workers: { tally }, or { how } the process died. */
async function runWorkers(context, variant, pairs, onMade = () => {}) {
  const script = path.join(module, 'stress', 'workers.mjs');
  const result = await context.run(process.execPath, [script, variant, String(pairs)], {
    timeout: hour,
    onLine: (line) => line.startsWith('made ') && onMade(line.slice(5)),
  });
  const { status, signal, stdout, stderr } = result;
  if (status === 0) return { tally: lastLine(stdout) };
  return { how: `${signal ?? `exit code ${status}`}: ${stderr.trim().split('\n')[0]}` };
}

function lastLine(stdout) {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1));
  } catch {
    return undefined; // it was killed before it came to that
  }
}

function report(context, what, t) {
  const n = (value) => format(value);
  context.row(
    `${what}: ops tried (entered + refused)`,
    `${n(t.entered + t.refused)} (${n(t.entered)} + ${n(t.refused)})`,
    n(t.least),
  );
  context.row(
    `${what}: frees won (drained + timed out)`,
    `${n(t.frees)} (${n(t.frees - t.timedOut)} + ${n(t.timedOut)})`,
    n(t.least),
  );
  const share = t.overlaps / t.frees;
  context.row(
    `${what}: frees that overlap a live op`,
    `${n(t.overlaps)} (${(100 * share).toFixed(1)} %)`,
    '1 %',
  );
  context.row(`${what}: ops that saw poison or another's payload`, n(t.broken), '0');
  const { opened, released, live, abandoned, ops } = t.stats;
  context.row(
    `${what}: opened = released + live; abandoned; ops left`,
    `${n(opened)} = ${n(released)} + ${n(live)}; ${n(abandoned)}; ${n(ops)}`,
    'equal; 0; 0',
  );
  context.demand(t.broken === 0, `${what}: ${n(t.broken)} ops saw what was not their handle's.`);
  context.demand(t.entered + t.refused >= t.least && t.frees >= t.least, `${what}: too few ops or frees.`);
  context.demand(
    share >= leastOverlap,
    `${what}: only ${(100 * share).toFixed(2)} % of the frees overlap a live op: the run is void.`,
  );
  const even = opened === released + live && live + abandoned + ops === 0;
  context.demand(even, `${what}: something is left: ${JSON.stringify(t.stats)}`);
}
