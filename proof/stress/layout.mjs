// What the workers of the stress share.

const WORKERS = 64; // at most
const WORDS = 16; // of a guard's payload

const tokens = 8 * WORKERS;
const payloads = 2 * tokens + 8;

export const layout = {
  bytes: payloads + 2 * WORKERS * WORDS * 4,
  views: (memory) => ({
    /** The token of each worker's canary. */
    canaries: new BigInt64Array(memory, 0, WORKERS),
    /** That of its guard, doubled, and 1 more if the guard is over the second of its payloads. */
    guards: new BigInt64Array(memory, tokens, WORKERS),
    /** How many pairs were made. */
    made: new Int32Array(memory, 2 * tokens, 1),
    /** Two for each worker. */
    payloads: Array.from(
      { length: 2 * WORKERS },
      (_, i) => new Int32Array(memory, payloads + i * WORDS * 4, WORDS),
    ),
  }),
};
