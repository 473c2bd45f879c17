// Timing within one process.

const WARM_UP = 0.2; // of the rounds are not counted: V8 compiles

/** Times a function that does its thing n times, some by a promise. Resolves with the median time of one, in ns. */
export async function timeOf(contestant, turns) {
  const { only } = await takeTurns({ only: contestant }, turns);
  return only;
}

/**
 * Measures several of them, which take turns in short batches, so that whatever else the machine does hits all alike.
 * Resolves with the median time of one, in ns, for each name.
 */
export function takeTurns(contestants, { batch, rounds }) {
  const timed = Object.entries(contestants).map(([name, contestant]) => {
    const time = async () => {
      const start = process.hrtime.bigint();
      const pending = contestant(batch);
      if (pending) await pending;
      return Number(process.hrtime.bigint() - start) / batch;
    };
    return [name, time];
  });
  return alternate(Object.fromEntries(timed), rounds);
}

/** Has functions measure in turns, each by a promise. Resolves with the median of what each gave, by name. */
export async function alternate(measures, rounds) {
  const names = Object.keys(measures);
  const values = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    names.push(names.shift()); // no one always goes first
    for (const name of names) values[name].push(await measures[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(values[name].slice(rounds * WARM_UP))]));
}

export function median(list) {
  return quantile(list, 0.5);
}

/** What the given part of the list is not above, between two values in proportion. */
export function quantile(list, part) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at % 1);
}
