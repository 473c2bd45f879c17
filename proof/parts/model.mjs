// The protocol in Spin: every configuration searched to its end, every mutant killed.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { format } from '../../demo/text.mjs';
import { configurations, grounds } from '../model/configurations.mjs';
import { mutants } from '../model/mutants.mjs';
import { Reached } from '../model/reached.mjs';
import { inLanes } from '../runner/lanes.mjs';
import { replaceOnce } from '../runner/overlay.mjs';

const folder = path.join(root, 'proof');
const minute = 60_000;

export const part = {
  name: 'model',
  title: 'the protocol, model-checked',
  packages: ['spin', 'gcc', 'libc6-dev'],
  async prove(context) {
    const { stdout } = await context.must('spin', ['-V']);
    context.version('Spin', /[\d.]+/.exec(stdout)[0]);
    const text = readModel();
    const reached = new Reached(text);
    // A large search wants the memory for itself.
    await inLanes(context.size(2, 1), configurations(context.quick), (each) =>
      proveConfiguration(context, text, each, reached),
    );
    const missing = reached.missing;
    context.demand(
      missing.length === 0,
      `No search reaches these lines of the model:\n${missing.join('\n')}`,
    );
    context.row('lines of the model that a search reaches', `${reached.count} of ${reached.size}`, 'all');
    await inLanes(2, mutants, (each) => killMutant(context, text, each));
    context.row('mutants killed', `${mutants.length} of ${mutants.length}`, 'all');
  },
};

/** The model as one text, so that a mutant may break any of its files. */
function readModel() {
  const read = (name) => readFileSync(path.join(folder, name), 'utf8');
  return read('guard.pml').replaceAll(/^#include "(.*)"$/gm, (_, name) => read(name));
}

/** Searches one configuration to its end. */
async function proveConfiguration(context, text, configuration, reached) {
  const { title, states } = configuration;
  context.begin(title);
  const found = await check(context, text, configuration, {
    optimize: context.size('-O1', '-O2'),
    timeout: 15 * minute,
  });
  context.demand(found.errors === 0, `${title}: ${found.violated} is violated, or the search failed.`);
  context.demand(found.complete, `${title}: the search was not complete: ${found.problem}`);
  context.demand(
    found.states >= states,
    `${title}: ${format(found.states)} states, less than ${format(states)}.`,
  );
  reached.add(found.source, found.output);
  const figure = `${format(found.states)} states, depth ${format(found.depth)}, ${found.seconds.toFixed(1)} s, 0 errors`;
  context.row(title, figure, states > 0 ? `all states, at least ${format(states)}` : 'all states');
}

async function killMutant(context, text, { name, ground, property, patches }) {
  context.say(`mutant: ${name}`);
  const broken = patches.reduce(
    (before, [from, to]) => replaceOnce(before, from, to, `The model, for the mutant '${name}',`),
    text,
  );
  const found = await check(context, broken, grounds[ground], { optimize: '-O0', timeout: minute });
  context.demand(found.errors > 0, `The mutant '${name}' survives (${found.problem || 'no error'}).`);
  context.demand(
    found.violated === property,
    `The mutant '${name}' is killed by '${found.violated}', not by ${property}.`,
  );
  context.row(`mutant: ${name}`, `killed: ${found.violated}`, 'killed');
}

/** Has Spin write the verifier, builds it, runs it, and resolves to what it reported. */
async function check(context, text, { defines, liveness, flags }, { optimize, timeout }) {
  const cwd = mkdtempSync(path.join(context.folder, 'search-'));
  writeFileSync(path.join(cwd, 'guard.pml'), text);
  const definitions = Object.entries(defines).map(
    ([name, value]) => `-D${name}${value === '' ? '' : `=${value}`}`,
  );
  await context.must('spin', ['-a', ...definitions, 'guard.pml'], { cwd });
  const kind = liveness ? ['-DNFAIR=5'] : ['-DSAFETY', '-DNOFAIR'];
  await context.must('gcc', [optimize, '-w', ...kind, '-DMEMLIM=16000', '-o', 'pan', 'pan.c'], { cwd });
  const begin = performance.now();
  const result = await context.run('./pan', ['-m1000000', ...(liveness ? ['-a', '-f'] : []), ...flags], {
    cwd,
    timeout,
    onLine: (line) => line.startsWith('Depth=') && context.say(line),
  });
  const source = readFileSync(path.join(cwd, 'pan.c'), 'utf8');
  rmSync(cwd, { recursive: true });
  return { ...read(result), source, seconds: (performance.now() - begin) / 1000 };
}

/** Reads pan's report. */
export function read({ stdout, status, timedOut }) {
  const number = (pattern) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
  const problem = timedOut
    ? 'it took too long'
    : /max search depth too small|out of memory|Interrupted|pan: reached.*/.exec(stdout)?.[0];
  return {
    output: stdout,
    errors: number(/errors: (\d+)/),
    states: number(/([\d.e+]+) states, stored/), // 1.0650133e+08 where there are many
    depth: number(/depth reached (\d+)/),
    violated: violated(stdout),
    problem,
    complete: status === 0 && problem === undefined && stdout.includes('Full statespace search'),
  };
}

/** The name of the property that pan found violated. */
function violated(stdout) {
  const failed = /^pan:\d+: (.*)$/m.exec(stdout)?.[1] ?? '';
  return /\|\|(\w+)\)+ \(at depth/.exec(failed)?.[1] ?? failed.replace(/ \(at depth.*/, '');
}
