// Examining many mutants, and what is told of them.

import { availableParallelism } from 'node:os';
import { inLanes } from '../runner/lanes.mjs';

/** Examines a list side by side, one on each processor; resolves to the results in its order. */
export function examineAll(context, list, examine) {
  return inLanes(Math.min(4, availableParallelism()), list, (mutant, i) => {
    context.say(`mutant ${i + 1} of ${list.length}`);
    return examine(mutant);
  });
}

/** The results by what `key` says of their mutants. */
export function grouped(results, key) {
  const names = new Set(results.map(({ mutant }) => key(mutant)));
  return [...names].map((name) => [name, results.filter(({ mutant }) => key(mutant) === name)]);
}

/** How many there are of { killed }. */
export function count(results) {
  return { killed: results.filter(({ killed }) => killed).length, total: results.length };
}

/** The same in words; what was killed by a test that hung is told apart. */
export function tally(results) {
  const hung = results.filter((result) => result.hung).length;
  return ratio(count(results)) + (hung > 0 ? `; ${hung} of them by hanging` : '');
}

/** For people. */
export function ratio({ killed, total }) {
  return `${killed} of ${total} (${((100 * killed) / total).toFixed(1)} %)`;
}
