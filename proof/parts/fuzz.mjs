// Fuzzing: every decoder in Go, and tokens, arguments and whole call sequences from JavaScript.

import { randomInt } from 'node:crypto';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { format } from '../../demo/text.mjs';
import { build } from '../../scripts/addons.mjs';
import { buildPrograms, findPlanted, findTargets, fuzz } from '../fuzz/golang.mjs';
import { fail, keptCases, runChild, shrink } from '../fuzz/javascript.mjs';
import { left } from '../fuzz/surfaces.mjs';
import { inLanes } from '../runner/lanes.mjs';
import { gather } from '../runner/problems.mjs';

const surfaces = ['quiesce', 'bus', 'test', 'shapes'];
const seconds = { tokens: [1, 20], arguments: [2, 40], sequences: [4, 90] }; // of one surface; quick, long

export const part = {
  name: 'fuzz',
  title: 'decoders, tokens, arguments and call sequences, fuzzed',
  packages: ['gcc', 'libc6-dev'],
  async prove(context) {
    await prepare(context);
    await fuzzGo(context);
    await fuzzJavaScript(context);
  },
};

async function prepare(context) {
  context.begin('building the addons');
  build(['quiesce', 'bus', 'test', 'unguarded-test']);
  const out = path.join('build', 'toolkit', 'shapes');
  await context.must(process.execPath, ['cli/quiesce.mjs', 'build', 'test/toolkit/shapes', '--out', out]);
  context.version('Node', process.versions.node);
}

async function fuzzGo(context) {
  context.begin('Go: building the fuzz targets');
  const targets = findTargets();
  const programs = await buildPrograms(context, targets);
  const time = context.size('3000x', '15s'); // a number of executions is as many on a slow machine
  // The long run goes on where the last one on this machine has ended.
  const cache = context.quick ? path.join(context.folder, 'corpus') : path.join(root, 'build', 'fuzz');
  context.begin(`Go: ${targets.length} targets, ${time} each`);
  const problems = []; // told at the end: one target that fails does not keep the others from running
  let executions = 0;
  for (const [i, target] of targets.entries()) {
    context.say(`${i + 1}/${targets.length} ${target.name}`);
    const folder = path.relative(root, target.package);
    const run = fuzz(context, programs.get(target.package), target, time, path.join(cache, folder));
    const found = await gather(problems, run);
    if (!found) continue;
    executions += found.executions;
    const inputs = `${format(found.interesting)} new inputs of interest, ${format(found.corpus)} in all`;
    context.row(`Go: ${found.label}`, `${format(found.executions)} executions, ${inputs}`, 'no failure');
  }
  context.demand(problems.length === 0, `\n${problems.join('\n')}`);
  context.row('Go: all targets', `${targets.length} targets, ${format(executions)} executions`, 'no failure');
  context.begin('Go: a planted bug');
  await findPlanted(context);
  context.row('Go: control, a length that is believed', 'found', 'found');
}

async function fuzzJavaScript(context) {
  const seed = Number(process.env.QUIESCE_FUZZ_SEED ?? context.size(1, randomInt(2 ** 31)));
  context.begin(`JavaScript: QUIESCE_FUZZ_SEED=${seed}`);
  console.log(`QUIESCE_FUZZ_SEED=${seed} repeats the cases below.`);
  const kept = keptCases();
  const total = { cases: 0, calls: 0, counts: {} };
  for (const surface of surfaces) await replay(context, surface, kept.get(surface), total, seed);
  context.row('JS: cases of the corpus', format(total.cases), 'no crash, all invariants hold');
  for (const mode of Object.keys(seconds)) await fuzzMode(context, mode, seed, total);
  for (const [name, count] of Object.entries(total.counts).sort(([, a], [, b]) => b - a)) {
    context.row(`JS: ${name}`, format(count), 'documented');
  }
  context.row('JS: not called', Object.keys(left).length, 'named with the reason in proof/fuzz/surfaces.mjs');
  await control(context, seed);
}

async function replay(context, surface, cases, total, seed) {
  if (!cases) return;
  const task = { surface, cases };
  add(total, await judged(context, task, await runChild(context, task), seed));
}

/** One mode on all surfaces, two children at a time. */
async function fuzzMode(context, mode, seed, total) {
  const own = { cases: 0, calls: 0, counts: {} };
  const most = context.size(60, undefined); // with a fixed seed the same cases on every machine
  await inLanes(2, surfaces, async (surface) => {
    const task = { surface, mode, seed, seconds: context.size(...seconds[mode]), most };
    context.say(`${mode} of ${surface}`);
    add(own, await judged(context, task, await runChild(context, task), seed));
  });
  add(total, own);
  context.row(
    `JS: ${mode}`,
    `${format(own.cases)} cases, ${format(own.calls)} calls, 0 crashes`,
    '0 crashes, all invariants hold',
  );
}

async function judged(context, task, report, seed) {
  if (report.failed) await fail(context, task, report.failed, seed);
  return report;
}

function add(total, { cases, calls, counts }) {
  total.cases += cases;
  total.calls += calls;
  for (const [name, n] of Object.entries(counts)) total.counts[name] = (total.counts[name] ?? 0) + n;
}

/** The same calls on an addon without the guard: they must crash it, or be seen to break an invariant. */
async function control(context, seed) {
  context.begin('JavaScript: the addon without the guard');
  const task = { surface: 'test', variant: 'unguarded-test', mode: 'sequences', seed, seconds: 60 };
  const { failed, cases } = await runChild(context, task);
  context.demand(failed, `${format(cases)} cases have found nothing wrong with an addon that has no guard.`);
  const what = `found: ${failed.wrong.split('\n')[0].slice(0, 80)}`;
  if (context.quick) return context.row('JS: control, no guard', what, 'found');
  context.say('making its case shorter');
  const { case: shortest } = await shrink(context, { ...task, seconds: undefined }, failed);
  context.row(
    'JS: control, no guard',
    `${what}; ${shortest.threads.flat().length} calls are enough`,
    'found',
  );
}
