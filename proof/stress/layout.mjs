// What the workers of the stress share: the token of each worker's canary, and how many pairs they have made.

const CELLS = 64;

export const layout = {
  bytes: CELLS * 8 + 8,
  views: (memory) => ({
    cells: new BigInt64Array(memory, 0, CELLS),
    made: new Int32Array(memory, CELLS * 8, 2),
  }),
};
