// Problems that are told at the end, so that one does not keep the others from being found.

import { Failure } from '../../cli/run.mjs';

/** Resolves to what the proof gave; to nothing if it failed, with its message among the problems then. */
export async function gather(problems, proof) {
  try {
    return await proof;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problems.push(error.message);
  }
}
