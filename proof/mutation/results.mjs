// Examining many mutants, and what is told of them.

import { availableParallelism } from 'node:os';

/** Examines a list side by side, one on each processor; resolves to the results in its order. */
export async function examineAll(context, list, examine) {
  const results = new Array(list.length);
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const i = next++;
      context.say(`mutant ${i + 1} of ${list.length}`);
      results[i] = await examine(list[i]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  return results;
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
