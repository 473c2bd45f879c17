'use strict';

const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/**
 * A folder that is gone after the test.
 * @param {import('node:test').TestContext} t
 */
function temporaryFolder(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'minify-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

module.exports = { temporaryFolder };
