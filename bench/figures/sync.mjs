// Calls on the JS thread.

const perCall = (what, bar) => ({
  against: 'an addon in Go that crosses for each call of Node-API',
  measure: ['sync', 'perCall', what],
  bar,
});
const koffi = (what) => ({
  against: 'koffi and a Go library',
  measure: ['sync', 'koffi', what],
  needs: ['koffi'],
});
const crossing = {
  against: 'a crossing into Go and back, and nothing else',
  measure: ['sync', 'crossing'],
  limit: true,
};
const loaded = (what, bar) => [
  { against: 'an empty Node-API addon', measure: ['loading', what, 'empty'], bar },
  { against: 'an addon in Go that does next to nothing', measure: ['loading', what, 'percall'], limit: true },
];
const needs = ['test', 'rivals'];

export const syncFigures = {
  'enter-leave': {
    what: '`guard.tryEnter()` + `guard.leave()`',
    measure: ['sync', 'enterLeave'],
    needs: ['rivals'],
    rivals: [
      {
        against: 'two empty Node-API calls',
        measure: ['sync', 'twoEmpty'],
        limit: true,
        bar: { atMost: 1.8, found: 2.3 },
      },
      {
        against: 'two Node-API calls that add to a counter and take it off again',
        measure: ['sync', 'twoAdds'],
        limit: true,
        bar: { atMost: 1.3, found: 1.15 },
      },
    ],
    margin: 1.35,
  },
  'no-op': {
    what: 'a method without arguments',
    measure: ['sync', 'method', 'test', 'value'],
    needs: ['test', 'unguarded-test', 'rivals'],
    rivals: [
      {
        against: 'the same crossing, by hand: no guard, no door, no checks',
        measure: ['sync', 'value'],
        bar: { atMost: 1.25, found: 1.65 },
      },
      crossing,
      { against: 'the same, unguarded', measure: ['sync', 'method', 'unguarded-test', 'value'] },
      { against: 'an empty Node-API call', measure: ['sync', 'empty'] },
    ],
    margin: 1.3,
  },
  take: {
    what: 'a generated method that takes a number, 16 letters and 128 bytes',
    measure: ['sync', 'take'],
    needs: ['tally', 'rivals'],
    rivals: [
      perCall('take', { atMost: 1 / 4, found: 0.6 }),
      koffi('take'),
      {
        against: 'one crossing with the same arguments, by hand',
        measure: ['sync', 'takeOnce'],
        limit: true,
      },
    ],
    margin: 1.35,
  },
  number: {
    what: 'a method that takes and returns a number',
    measure: ['sync', 'method', 'test', 'number'],
    needs,
    rivals: [perCall('number'), koffi('number'), crossing],
  },
  string: {
    what: 'a function that takes and returns 16 letters',
    measure: ['sync', 'method', 'test', 'string'],
    needs,
    rivals: [perCall('string'), koffi('string'), crossing],
  },
  bytes: {
    what: 'a function that takes 128 bytes',
    measure: ['sync', 'method', 'test', 'bytes'],
    needs,
    rivals: [perCall('bytes'), koffi('bytes'), crossing],
  },
  loading: {
    what: '`require()` of the package: time',
    measure: ['loading', 'time', 'quiesce'],
    needs: ['rivals'],
    rivals: loaded('time', { more: 8e6 }),
  },
  'loading-memory': {
    what: 'the same: what is resident afterwards and was not before',
    measure: ['loading', 'memory', 'quiesce'],
    unit: 'bytes',
    needs: ['rivals'],
    rivals: loaded('memory', { more: 6e6 }),
  },
  'loading-threads': {
    what: 'the same: new threads',
    measure: ['loading', 'threads', 'quiesce'],
    unit: 'count',
    needs: ['rivals'],
    rivals: loaded('threads'),
  },
};
