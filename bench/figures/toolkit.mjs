// What the toolkit generates.

export const toolkitFigures = {
  generated: {
    what: 'a generated method without arguments',
    measure: ['toolkit', 'noOp'],
    needs: ['tally', 'test'],
    rivals: [
      {
        against: 'the same, registered by hand',
        measure: ['sync', 'method', 'test', 'value'],
        bar: { atMost: 1.1 },
      },
    ],
    margin: 1.3,
  },
  'generated-number': {
    what: 'a generated method that takes and returns a number',
    measure: ['toolkit', 'number'],
    needs: ['tally', 'test'],
    rivals: [
      {
        against: 'the same, registered by hand',
        measure: ['sync', 'method', 'test', 'number'],
        bar: { atMost: 1.1 },
      },
    ],
  },
  structs: {
    what: 'a generated method that returns 10 structs',
    measure: ['toolkit', 'structs'],
    needs: ['tally'],
    rivals: [{ against: 'a string of JSON, and `JSON.parse()`', measure: ['toolkit', 'json'] }],
  },
  items: {
    what: 'an item of a generated iteration',
    measure: ['toolkit', 'items'],
    needs: ['tally'],
    rivals: [{ against: 'an item of a JavaScript async generator', measure: ['toolkit', 'generator'] }],
  },
  minify: {
    what: '`minifySync()` of 10 kB of HTML (examples/minify)',
    measure: ['toolkit', 'minify'],
    needs: ['minify', 'minify-go'],
    rivals: [
      {
        against: 'the Go library, called from Go',
        measure: ['golang', 'time', 'minify-go', 'Library'],
        limit: true,
        bar: { atMost: 1.2 },
      },
    ],
  },
};
