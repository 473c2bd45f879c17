// MappedFile, on the Node binary.

export const fileFigures = {
  read: {
    what: '`file.read()` of 128 bytes',
    measure: ['files', 'read'],
    rivals: [{ against: '`fs.readSync()` of them', measure: ['files', 'readSync'] }],
  },
  count: {
    what: '`file.count()` by a worker on each core, on each',
    measure: ['files', 'count'],
    unit: 'bytes/s',
    rivals: [
      { against: '`grep -c` on each core', measure: ['files', 'grep'], bar: { atLeast: 1 } },
      { against: '`memchr` through as much memory on each core', measure: ['files', 'memchr'], limit: true },
    ],
    margin: 1.6,
  },
  'count-memory': {
    what: '`file.count()` in eight workers: what each of them adds to the process',
    measure: ['files', 'countMemory'],
    unit: 'bytes',
    rivals: [
      {
        against: '`fs.readFileSync()` in each',
        measure: ['files', 'readMemory'],
        bar: { atMost: 1 / 3 },
      },
    ],
  },
  'open-free-file': {
    what: '`MappedFile.open()` + `free()`',
    measure: ['files', 'openFree'],
    rivals: [{ against: '`fs.promises`: `open()` + `close()`', measure: ['files', 'openClose'] }],
  },
};
