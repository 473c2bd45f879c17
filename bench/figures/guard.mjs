// The guard of Go code, without JavaScript. Its contestants are benchmarks of guard/.

const alone = (name) => ['golang', 'time', 'guard', `EnterLeave/${name}/alone`];
const parallel = (name) => ['golang', 'time', 'guard', `EnterLeave/${name}/parallel`];
const latency = (name) => ['golang', 'latency', 'guard', `DrainLatency${name}/guard`];
const adds = (bar) => ({
  against: 'two atomic adds, not inlined',
  measure: alone('two-atomic-adds'),
  limit: true,
  bar,
});
const wakeUp = (name) => ({
  against: 'the wake-up of a goroutine by a channel',
  measure: ['golang', 'latency', 'guard', `DrainLatency${name}/channel`],
  limit: true,
});
const polling = (name) => ({
  against: 'polling each 1 ms',
  measure: ['golang', 'latency', 'guard', `DrainLatency${name}/polls-each-ms`],
});

export const guardFigures = {
  'go-guard': {
    what: 'enter + leave of a `Guard`, one thread',
    measure: alone('guard'),
    needs: ['guard'],
    rivals: [
      adds({ atMost: 1.15 }),
      { against: '`sync.RWMutex`, to read', measure: alone('rwmutex'), bar: { atMost: 1, found: 1.1 } },
      { against: 'a flag and a counter', measure: alone('classic-two-words'), bar: { atMost: 1 } },
    ],
    margin: 1.8,
  },
  'go-token': {
    what: 'the same by a token',
    measure: alone('token'),
    needs: ['guard'],
    rivals: [
      adds({ atMost: 1.3, found: 1.5 }),
      { against: '`sync.RWMutex`, to read', measure: alone('rwmutex'), bar: { atMost: 1, found: 1.5 } },
    ],
    margin: 2.2,
  },
  'go-parallel': {
    what: 'enter + leave of one `Guard` on all cores',
    measure: parallel('guard'),
    needs: ['guard'],
    rivals: [
      { against: 'a flag and a counter', measure: parallel('classic-two-words'), bar: { atMost: 0.5 } },
      { against: '`sync.RWMutex`, to read', measure: parallel('rwmutex') },
      {
        against: 'two adds on a counter of its own',
        measure: ['golang', 'time', 'guard', 'OwnCounters'],
        limit: true,
      },
    ],
  },
  'drain-parks': {
    what: 'begin-free returns after the last leave, the leaver parks',
    measure: latency('LeaverParks'),
    needs: ['guard'],
    rivals: [{ ...polling('LeaverParks'), bar: { atMost: 1 / 25 } }, wakeUp('LeaverParks')],
    bar: { limit: 30_000 },
    also: { p99: 'its 99th percentile' },
    margin: 2,
  },
  'drain-busy': {
    what: 'the same, the leaver stays busy',
    measure: latency('LeaverStaysBusy'),
    needs: ['guard'],
    rivals: [{ ...polling('LeaverStaysBusy'), bar: { atMost: 1 / 5 } }, wakeUp('LeaverStaysBusy')],
    bar: { limit: 200_000 },
    also: { p99: 'its 99th percentile' },
  },
};
