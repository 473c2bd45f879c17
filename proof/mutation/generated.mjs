// The mechanical mutants: an operator changed, a statement dropped, wherever that fits. Nobody has chosen them.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { count, examineAll, grouped, tally } from './results.mjs';
import { survivors } from './survivors.mjs';

/** Runs all tests on each of them; resolves to { killed, total }. */
export async function examineGenerated(context, laboratory) {
  const all = await generate(context);
  const results = await examineAll(context, all, (mutant) => examine(laboratory, mutant));
  const problems = [...results.map(({ problem }) => problem), ...unmatched(all)].filter(Boolean);
  context.demand(problems.length === 0, `\n${problems.join('\n')}`);
  const compiled = results.filter((result) => result.compiled);
  report(context, compiled);
  context.row('mechanical mutants that do not compile, not counted', results.length - compiled.length);
  return count(compiled);
}

async function examine(laboratory, mutant) {
  const run = await laboratory.examine(mutant);
  if (!run) return { mutant, compiled: false };
  const { killed, hung, by } = run;
  const explanation = survivors.find((one) => explains(one, mutant));
  const wrong = killed
    ? explanation && `survives no longer: ${by} fails`
    : !explanation && 'is missed by no test';
  const problem = wrong && `${describe(mutant)}: ${wrong}`;
  return { mutant, compiled: true, killed, hung, explanation, problem };
}

/** All of them, in the files that are compiled for this system, each with the text of its line. */
async function generate(context) {
  const list = ['list', '-f', '{{range .GoFiles}}{{.}}\n{{end}}', './guard'];
  const files = (await context.must('go', list)).stdout.split('\n').filter(Boolean);
  const paths = files.map((name) => path.join('guard', name));
  const { stdout } = await context.must('go', ['run', './proof/mutation/generate', ...paths]);
  const texts = files.map((name) => readFileSync(path.join(root, 'guard', name), 'utf8').split('\n'));
  const lines = Object.fromEntries(files.map((name, i) => [name, texts[i]]));
  return JSON.parse(stdout).map((mutant) => ({
    ...mutant,
    text: lines[mutant.file][mutant.line - 1].trim(),
  }));
}

function explains(one, { file, text, take, put }) {
  return one.file === file && one.text === text && one.take === take && one.put === put;
}

/** Explanations of what is no longer there. */
function unmatched(all) {
  return survivors
    .filter((one) => !all.some((mutant) => explains(one, mutant)))
    .map((one) => `${describe(one)}: is explained, but there is no such mutant`);
}

function describe({ file, text, take, put }) {
  const [from, to] = [take, put].map((code) => code.replaceAll(/\s+/g, ' '));
  return `${file}: ${text === from ? '' : `${text}: `}${from} ${to ? `becomes ${to}` : 'dropped'}`;
}

function report(context, results) {
  for (const { mutant, explanation } of results.filter(({ killed }) => !killed)) {
    context.row(`survives: ${describe(mutant)}`, explanation.because);
  }
  for (const [kind, some] of grouped(results, (mutant) => mutant.kind)) {
    context.row(`mechanical mutants, killed: ${kind}`, tally(some));
  }
  context.row('mechanical mutants, killed', tally(results));
}
