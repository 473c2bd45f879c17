// What the demo claims, each claim held against what the race gave.

import { format, megabytes } from './text.mjs';

// What V8 and malloc keep of workers that have ended. A leaked mapping would take the file's size each time.
const roomFor = (workers) => 32e6 + 12e6 * workers;

/** [{ claim, holds, detail }] */
export function checkAll({ options, counted, truth, race, unguarded, stats, memory }) {
  const { wrong, early, entered, error } = race.violations;
  const { drained, 'timed-out': timedOut } = race.outcomes;
  const refused = race.workers.reduce((sum, worker) => sum + worker.refused, 0);
  const done = race.workers.reduce((sum, worker) => sum + worker.done, 0);
  return [
    check(
      `${options.frees} frees were won while an op was in flight`,
      race.underLoad >= options.frees,
      `${race.underLoad} of ${drained + timedOut}`,
    ),
    check(
      'every free drained before its deadline',
      timedOut === 0,
      `${drained} drained, ${timedOut} timed out`,
    ),
    check(
      'the count agrees with one made in plain JS',
      counted === truth.count,
      `${format(counted)} and ${format(truth.count)} times '${options.pattern}'`,
    ),
    check('no op gave a wrong answer', wrong === 0 && error === 0, `${wrong + error} of ${format(done)}`),
    check(
      'no op was refused before its free had begun',
      early === 0,
      `${early} of ${format(refused)} refusals`,
    ),
    check('no op was let in after its free had begun', entered === 0, `${entered} of ${format(done)}`),
    check(
      'every handle that was opened is released',
      stats.opened === stats.released + stats.live && stats.live === 0 && stats.abandoned === 0,
      `opened ${stats.opened} = released ${stats.released} + live ${stats.live}; abandoned ${stats.abandoned}`,
    ),
    check(
      'the memory came back',
      memory.after - memory.before < roomFor(options.workers),
      `RSS ${megabytes(memory.before)} before, ${megabytes(memory.peak)} at most, ${megabytes(memory.after)} after`,
    ),
    check('without the guard the same race kills its process', unguarded.died, describeEnd(unguarded)),
  ];
}

function check(claim, holds, detail) {
  return { claim, holds, detail };
}

/** How the race without the guard ended, in one line. */
export function describeEnd({ died, failure, signal, code, frees, seconds, wrong }) {
  if (failure) return `it could not be run: ${failure}`;
  const end = !died ? 'it survived' : signal ? `killed by ${signal}` : `exit code ${code}`;
  const errors = wrong > 0 ? `, after ${wrong} wrong answers` : '';
  return `${end} after ${seconds.toFixed(1)} s, in round ${format(frees + 1)}${errors}`;
}
