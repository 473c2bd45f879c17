// The process that raceUnguarded() starts: the race, with the addon that has no guard.

import { writeSync } from 'node:fs';
import { race } from './race.mjs';
import { findTruth } from './truth.mjs';

const { path, pattern, ...options } = JSON.parse(process.argv[2]);

let state = { frees: 0, wrong: 0, told: [] };

/** Says what is known so far, at once: the process may not live to flush a stream. */
function tell(more) {
  state = { ...state, ...more };
  writeSync(1, `${JSON.stringify(state)}\n`);
}

// What fails in an orderly way is no proof of anything: it is told, and the exit code stays 0.
try {
  await race({
    ...options,
    path,
    truth: findTruth(path, pattern),
    library: new URL('unguarded-library.mjs', import.meta.url).href,
    onProgress: ({ latencies, violations, told }) =>
      tell({ frees: latencies.length, wrong: violations.wrong, told }),
  });
} catch (error) {
  tell({ failure: error.message });
}
