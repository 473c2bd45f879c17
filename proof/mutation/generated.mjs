// The mechanical mutants: an operator changed, a statement dropped, wherever that fits. Nobody has chosen them.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { count, examineAll, grouped, tally } from './results.mjs';
import { survivors } from './survivors.mjs';

const module = path.join(root, 'proof');

/** Runs all tests on each of them; resolves to { killed, total }. */
export async function examineGenerated(context, laboratory) {
  const all = await generate(context);
  const results = await examineAll(context, all, (mutant) => examine(laboratory, mutant));
  const problems = [...results.map(({ problem }) => problem), ...unmatched(results)].filter(Boolean);
  context.demand(problems.length === 0, `\n${problems.join('\n')}`);
  const compiled = results.filter((result) => result.compiled);
  report(context, compiled);
  context.row('mechanical mutants that do not compile, not counted', results.length - compiled.length);
  return count(compiled);
}

/**
 * Some tests are races, which may miss a mutant, and a machine that is busy may fail one that is sound: what was not
 * expected is looked at again.
 */
async function examine(laboratory, mutant) {
  const explanation = survivors.find((one) => explains(one, mutant));
  let run = await laboratory.examine(mutant);
  for (let left = 2; left > 0 && run?.killed === Boolean(explanation); left--) {
    run = await laboratory.examine(mutant);
  }
  if (!run) return { mutant, compiled: false };
  const { killed, hung, by } = run;
  const wrong = killed
    ? explanation && `survives no longer: ${by} fails`
    : !explanation && 'is noticed by no test';
  const problem = wrong && `${describe(mutant)}: ${wrong}`;
  return { mutant, compiled: true, killed, hung, explanation, problem };
}

/** All of them, in the files that are compiled for this system. */
async function generate(context) {
  const list = ['list', '-f', '{{range .GoFiles}}{{.}}\n{{end}}', './guard'];
  const files = (await context.must('go', list)).stdout.split('\n').filter(Boolean);
  const paths = files.map((name) => path.join(root, 'guard', name));
  const { stdout } = await context.must('go', ['run', './mutation/generate', ...paths], { cwd: module });
  const sources = Object.fromEntries(
    files.map((name) => [name, readFileSync(path.join(root, 'guard', name))]),
  );
  return JSON.parse(stdout).map((mutant) => ({ ...mutant, ...asLines(mutant, sources[mutant.file]) }));
}

/** What the lines were, and what they become, without indents: people know a mutant by that. */
function asLines({ offset, take, put }, bytes) {
  const begin = bytes.lastIndexOf('\n', offset) + 1;
  const end = bytes.indexOf('\n', offset + Buffer.byteLength(take));
  const [head, tail] = [bytes.subarray(begin, offset), bytes.subarray(offset + Buffer.byteLength(take), end)];
  const [was, becomes] = [take, put].map((code) => `${head}${code}${tail}`.replaceAll(/\s+/g, ' ').trim());
  return { was, becomes };
}

function explains(one, mutant) {
  return ['file', 'function', 'was', 'becomes'].every((key) => one[key] === mutant[key]);
}

/** Explanations of what does not survive, or is not there at all. */
function unmatched(results) {
  const used = results.filter(({ compiled }) => compiled).map(({ explanation }) => explanation);
  return survivors
    .filter((one) => !used.includes(one))
    .map((one) => `${describe(one)}: is explained, but no such mutant survives`);
}

function describe({ file, function: name, was, becomes }) {
  return `${file}, ${name}: \`${was}\` ${becomes ? `becomes \`${becomes}\`` : 'dropped'}`;
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
