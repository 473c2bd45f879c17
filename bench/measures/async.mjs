// Calls that are answered by a promise: the time of one, in ns.

import { openCounter } from '../addons.mjs';
import { rival } from '../rivals.mjs';
import { timeOf } from '../timing.mjs';

/** `inFlight` calls at a time. */
function timeOfCalls(call, inFlight) {
  if (inFlight === '1') {
    const oneAtATime = async (n) => {
      for (let i = 0; i < n; i++) await call();
    };
    return timeOf(oneAtATime, { batch: 500, rounds: 40 });
  }
  const atOnce = (n) => Promise.all(Array.from({ length: n }, call));
  return timeOf(atOnce, { batch: Number(inFlight), rounds: 200 });
}

export function method(inFlight) {
  const { counter } = openCounter('test');
  return timeOfCalls(() => counter.addAsync(1), inFlight);
}

export function work(inFlight) {
  const { work } = rival('empty');
  return timeOfCalls(() => work(), inFlight);
}

export function resolved(inFlight) {
  return timeOfCalls(async () => undefined, inFlight);
}
