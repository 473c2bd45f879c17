// Timing within one process: contestants take turns in short batches, so that whatever else the machine does
// hits all of them alike.

const WARM_UP = 0.2; // of the rounds are not counted: V8 compiles

/**
 * Measures functions that do their thing n times, some by a promise. Resolves with the median time of one,
 * in ns, for each name.
 */
export async function takeTurns(contestants, { batch, rounds }) {
  const names = Object.keys(contestants);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    names.push(names.shift()); // no one always goes first
    for (const name of names) {
      const start = process.hrtime.bigint();
      const pending = contestants[name](batch);
      if (pending) await pending;
      times[name].push(Number(process.hrtime.bigint() - start) / batch);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name].slice(rounds * WARM_UP))]));
}

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
