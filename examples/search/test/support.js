'use strict';

const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/**
 * A path for an index, whose folder is gone after the test.
 * @param {import('node:test').TestContext} t
 */
function temporaryPath(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'search-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'index');
}

/**
 * Small documents with a number each, from one number to before another.
 * @param {number} from
 * @param {number} to
 * @returns {import('search').Document[]}
 */
function numbered(from, to) {
  return Array.from({ length: to - from }, (_, i) => ({
    id: String(from + i).padStart(5, '0'),
    title: `Number ${from + i}`,
    tags: [(from + i) % 2 === 0 ? 'even' : 'odd'],
  }));
}

/**
 * The ids of all that a query finds.
 * @param {import('search').Index} index
 */
async function idsOf(index, query = '*') {
  const ids = [];
  for await (const { id } of index.all(query)) ids.push(id);
  return ids;
}

module.exports = { temporaryPath, numbered, idsOf };
