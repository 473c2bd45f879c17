// All figures. `measure` names a module and a function of it, which gives { ours, rival, ... }. A bar is on the
// ratio of the two, or a limit on ours. Times are in ns. `also` names what else is told.

export const figures = {
  'enter-leave': {
    measure: ['sync', 'enterLeave'],
    what: 'guard.tryEnter() + guard.leave()',
    against: 'two empty Node-API calls',
    bar: { ratio: 2.5 },
  },
  'no-op': {
    measure: ['sync', 'noOp'],
    what: 'a method without arguments',
    against: 'the same, unguarded',
    bar: { ratio: 1.3 },
  },
  number: {
    measure: ['sync', 'number'],
    what: 'a method that takes and returns a number',
    against: 'the same, unguarded',
  },
  generated: {
    measure: ['toolkit', 'noOp'],
    what: 'a generated method without arguments',
    against: 'the same, registered by hand',
    bar: { ratio: 1.1 },
  },
  'generated-number': {
    measure: ['toolkit', 'number'],
    what: 'a generated method that takes and returns a number',
    against: 'the same, registered by hand',
    bar: { ratio: 1.1 },
  },
  structs: {
    measure: ['toolkit', 'structs'],
    what: 'a generated method that returns 10 structs',
    against: 'a string of JSON, and JSON.parse()',
  },
  items: {
    measure: ['toolkit', 'items'],
    what: 'an item of a generated iteration',
    against: 'an item of a JavaScript async generator',
  },
  string: {
    measure: ['sync', 'string'],
    what: 'a function that takes and returns 16 letters',
    against: 'an empty Node-API call',
  },
  bytes: {
    measure: ['sync', 'bytes'],
    what: 'a function that takes 128 bytes',
    against: 'an empty Node-API call',
  },
  read: { measure: ['sync', 'read'], what: 'file.read() of 128 bytes', against: 'fs.readSync() of them' },
  'async-1': {
    measure: ['async', 'oneInFlight'],
    what: 'an async method, one in flight',
    against: "libuv's thread pool",
    also: { resolved: 'await of what is there already' },
  },
  'async-1000': {
    measure: ['async', 'thousandInFlight'],
    what: 'an async method, 1,000 in flight',
    against: "libuv's thread pool",
    also: { resolved: 'await of what is there already' },
  },
  'open-free': { measure: ['lifetime', 'openFree'], what: 'Counter.open() + freeSync()' },
  'open-free-file': {
    measure: ['lifetime', 'openFreeFile'],
    what: 'MappedFile.open() + free()',
    against: 'fs.promises: open() + close()',
  },
  'drain-parks': {
    measure: ['drain', 'leaverParks'],
    what: 'begin-free after the last leave, leaver parks',
    against: 'polling each 1 ms',
    also: { oursP99: 'its 99th percentile' },
    bar: { limit: 100_000 },
  },
  'drain-busy': {
    measure: ['drain', 'leaverStaysBusy'],
    what: 'begin-free after the last leave, leaver stays busy',
    against: 'polling each 1 ms',
    also: { oursP99: 'its 99th percentile' },
    bar: { limit: 400_000 },
  },
  memory: {
    measure: ['lifetime', 'memory'],
    what: 'RSS growth by 1,000,000 times open + free',
    unit: 'bytes',
    bar: { limit: 1e6 },
    isLong: true,
  },
};
