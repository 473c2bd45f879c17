// The mutants that were chosen: each protection of the guard is dropped, and the test that is named must fail.

import { protections } from './lists/index.mjs';
import { count, examineAll, grouped, tally } from './results.mjs';

const tries = 5; // of a test that is a race, which may miss its mutant now and then

/** Examines them, in the quick run those that matter most; resolves to { killed, total }. */
export async function examineProtections(context, laboratory) {
  const names = await laboratory.testNames();
  const list = context.quick ? protections.filter(({ quick }) => quick) : protections;
  const results = await examineAll(context, list, (mutant) => examine(context, laboratory, names, mutant));
  const problems = results.map(({ problem }) => problem).filter(Boolean);
  context.demand(problems.length === 0, `\n${problems.join('\n')}`);
  report(context, results);
  return count(results);
}

async function examine(context, laboratory, names, mutant) {
  const { file, what, by, race, survives } = mutant;
  const tell = (problem) => ({ mutant, problem: `${file}: ${what}: ${problem}` });
  if (by && !names.includes(by)) return tell(`there is no test ${by}`);
  const how = { times: race ? tries : context.size(1, 3), untilKilled: race };
  const runs = by ? await laboratory.examineBy(by, mutant, how) : [await laboratory.examine(mutant)];
  if (!runs?.[0]) return tell('it does not compile');
  const killed = runs.filter((run) => run.killed);
  if (survives && killed.length > 0) return tell(`it is said to survive, but ${killed[0].by} fails`);
  if (by && killed.length < (race ? 1 : runs.length)) {
    return tell(`${by} failed in ${killed.length} of ${runs.length} runs`);
  }
  return { mutant, killed: killed.length > 0, hung: killed.some(({ hung }) => hung) };
}

function report(context, results) {
  for (const { mutant } of results.filter((result) => result.mutant.quick)) {
    context.row(`dropped: ${mutant.what} (${mutant.file})`, mutant.by, 'fails');
  }
  for (const { mutant } of results.filter((result) => result.mutant.survives)) {
    context.row(`survives: ${mutant.what} (${mutant.file})`, mutant.survives);
  }
  if (!context.quick) {
    for (const [file, some] of grouped(results, (mutant) => mutant.file)) {
      context.row(`protections dropped in ${file}, noticed by the test that is named`, tally(some));
    }
  }
  const races = results.filter(({ mutant }) => mutant.race).length;
  const apart = races > 0 ? `; ${races} by a race, in one of ${tries} tries` : '';
  context.row(
    'protections dropped, one at a time, noticed by the test that is named',
    tally(results) + apart,
  );
}
