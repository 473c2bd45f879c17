// Calls on the JS thread.

const perCall = (what, bar) => ({
  against: 'an addon in Go that crosses for each call of Node-API',
  measure: ['sync', 'perCall', what],
  bar,
});
const koffi = (what) => ({ against: 'koffi and a Go library', measure: ['sync', 'koffi', what] });
const needs = ['test', 'rivals'];

export const syncFigures = {
  'enter-leave': {
    what: '`guard.tryEnter()` + `guard.leave()`',
    measure: ['sync', 'enterLeave'],
    needs: ['rivals'],
    rivals: [{ against: 'two empty Node-API calls', measure: ['sync', 'twoEmpty'], bar: { atMost: 1.8 } }],
    margin: 1.25,
  },
  'no-op': {
    what: 'a method without arguments',
    measure: ['sync', 'method', 'test', 'value'],
    needs: ['test', 'unguarded-test', 'rivals'],
    rivals: [
      {
        against: 'a crossing into Go and back, and nothing else',
        measure: ['sync', 'crossing'],
        bar: { atMost: 1.25 },
      },
      { against: 'the same, unguarded', measure: ['sync', 'method', 'unguarded-test', 'value'] },
      { against: 'an empty Node-API call', measure: ['sync', 'empty'] },
    ],
    margin: 1.2,
  },
  take: {
    what: 'a generated method that takes a number, 16 letters and 128 bytes',
    measure: ['sync', 'take'],
    needs: ['tally', 'rivals'],
    rivals: [perCall('take', { atMost: 1 / 4 }), koffi('take')],
    margin: 1.25,
  },
  number: {
    what: 'a method that takes and returns a number',
    measure: ['sync', 'method', 'test', 'number'],
    needs,
    rivals: [perCall('number'), koffi('number')],
  },
  string: {
    what: 'a function that takes and returns 16 letters',
    measure: ['sync', 'method', 'test', 'string'],
    needs,
    rivals: [perCall('string'), koffi('string')],
  },
  bytes: {
    what: 'a function that takes 128 bytes',
    measure: ['sync', 'method', 'test', 'bytes'],
    needs,
    rivals: [perCall('bytes'), koffi('bytes')],
  },
  loading: {
    what: '`require()` of the package: time',
    measure: ['loading', 'time', 'quiesce'],
    needs: ['rivals'],
    rivals: [
      { against: 'an empty Node-API addon', measure: ['loading', 'time', 'empty'], bar: { more: 8e6 } },
    ],
  },
  'loading-memory': {
    what: 'the same: what is resident afterwards and was not before',
    measure: ['loading', 'memory', 'quiesce'],
    unit: 'bytes',
    needs: ['rivals'],
    rivals: [
      { against: 'an empty Node-API addon', measure: ['loading', 'memory', 'empty'], bar: { more: 6e6 } },
    ],
  },
  'loading-threads': {
    what: 'the same: new threads',
    measure: ['loading', 'threads', 'quiesce'],
    unit: 'count',
    needs: ['rivals'],
    rivals: [{ against: 'an empty Node-API addon', measure: ['loading', 'threads', 'empty'] }],
  },
};
