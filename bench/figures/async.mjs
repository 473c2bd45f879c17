// Calls that are answered by a promise.

const needs = ['test', 'rivals'];
const work = (inFlight, bar) => ({
  against: 'a Node-API async work item',
  measure: ['async', 'work', inFlight],
  bar,
});
const resolved = (inFlight) => ({
  against: '`await` of a resolved promise',
  measure: ['async', 'resolved', inFlight],
  limit: true,
});

export const asyncFigures = {
  'async-1': {
    what: 'an async method, one in flight',
    measure: ['async', 'method', '1'],
    needs,
    rivals: [work('1', { atMost: 1 }), resolved('1')],
  },
  'async-1000': {
    what: 'an async method, 1,000 in flight',
    measure: ['async', 'method', '1000'],
    needs,
    rivals: [work('1000', { atMost: 1 }), resolved('1000')],
    bar: { limit: 3000 },
    margin: 2,
  },
};
