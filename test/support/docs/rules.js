'use strict';

// Who runs a block. Each language has one runner, and marks that it understands; what has none is refused, so that no
// block of a page goes unrun because nobody thought of it.

const marksOf = {
  js: ['setup', 'part', 'prints', 'package', 'forever'],
  ts: ['prints'],
  go: ['package', 'prints'],
  sh: ['package'],
  json: ['package'],
  text: ['is', 'package'],
  mermaid: [],
};

/** What a `text` block may be, and why it is not run. */
const texts = {
  output: 'what a program prints, which its own test looks at',
  drawing: 'a drawing',
  example: 'an example of words, not of code',
  gomod: 'a go.mod; it is parsed',
  message: 'a message of the build, which the tests of toolkit/analyze look at',
};

/** Throws unless the block has a runner that understands its marks. */
function checkBlock(block) {
  const known = marksOf[block.lang];
  if (block.lang === '') throw new Error(`${block.where}: the block names no language`);
  if (!known) throw new Error(`${block.where}: nothing runs blocks in '${block.lang}'`);
  const unknown = Object.keys(block.marks).find((mark) => !known.includes(mark));
  if (unknown) throw new Error(`${block.where}: unknown mark '${unknown}'`);
  if (block.lang === 'text' && !Object.hasOwn(texts, block.marks.is ?? ''))
    throw new Error(`${block.where}: a text says what it is: ${Object.keys(texts).join(', ')}`);
}

/** Blocks about packages that have to be built first. */
function isElsewhere({ page, marks }) {
  return page.startsWith('examples/') || page.startsWith('cli/') || marks.package !== undefined;
}

module.exports = { checkBlock, isElsewhere, texts };
