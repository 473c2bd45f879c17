// What a handle costs from open to release, and what many live ones cost.

const live = (what, op) => ({
  what: `${what}, among 1,000,000 live handles`,
  measure: ['golang', 'time', 'guard', `Live/1000000/${op}`],
  needs: ['guard'],
  rivals: ['10000', '10'].map((n) => ({
    against: `among ${Number(n).toLocaleString('en-US')}`,
    measure: ['golang', 'time', 'guard', `Live/${n}/${op}`],
  })),
});

export const lifetimeFigures = {
  'open-free': {
    what: '`Counter.open()` + `freeSync()`',
    measure: ['lifetime', 'openFree'],
    needs: ['test', 'rivals'],
    rivals: [{ against: 'two crossings into Go and back', measure: ['sync', 'twoCrossings'], limit: true }],
  },
  'live-enter': live('enter + leave', 'enter'),
  'live-open': live('open + free', 'open-free'),
  'live-stats': live('`stats()`', 'stats'),
  memory: {
    what: 'growth of the process by 10,000,000 times open + free',
    measure: ['lifetime', 'cycles'],
    unit: 'bytes',
    bar: { limit: 1e6 },
    needs: ['rivals'],
    rivals: [{ against: 'a 64-byte box leaked each time', measure: ['lifetime', 'leak'] }],
    slow: 1,
  },
  'memory-timeouts': {
    what: 'growth of the process by 1,000 frees that timed out',
    measure: ['lifetime', 'timeouts'],
    unit: 'bytes',
    bar: { limit: 1e6 },
    needs: ['test'],
    rivals: [],
    slow: 3,
  },
};
