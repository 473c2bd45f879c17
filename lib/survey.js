'use strict';

// Adding up what several addons tell.

/** The sum of records of numbers and lists. */
function sumStats(records) {
  return records.reduce((a, b) =>
    Object.fromEntries(
      Object.entries(a).map(([key, value]) => [
        key,
        Array.isArray(value) ? value.concat(b[key]) : value + (b[key] ?? 0), // an addon of before may lack it
      ]),
    ),
  );
}

/** Adds up what is told under the same names. */
function merge(list, names, add) {
  const all = new Map();
  for (const each of list) {
    const key = JSON.stringify(names.map((name) => each[name]));
    const before = all.get(key);
    all.set(key, before ? add(before, each) : each);
  }
  return [...all.values()];
}

const isBusy = ({ state, inFlight }) => state !== 'open' || inFlight > 0;

/** Makes one survey of several: with at most `limit` handles, the busy ones first. */
function mergeSurveys(surveys, limit = Infinity) {
  const handles = surveys.flatMap((each) => each.handles);
  const list =
    surveys.length > 1 ? [...handles.filter(isBusy), ...handles.filter((each) => !isBusy(each))] : handles;
  return {
    total: surveys.reduce((sum, { total }) => sum + total, 0),
    states: merge(
      surveys.flatMap((each) => each.states),
      ['class', 'state'],
      (a, b) => ({ ...a, count: a.count + b.count }),
    ),
    methods: merge(
      surveys.flatMap((each) => each.methods),
      ['class', 'method'],
      (a, b) => ({ ...a, count: a.count + b.count, oldest: Math.max(a.oldest, b.oldest) }),
    ),
    handles: list.slice(0, limit),
  };
}

module.exports = { mergeSurveys, sumStats };
