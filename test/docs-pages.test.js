'use strict';

// The pages hang together: each block has a runner, each link leads somewhere, each page can be found.

const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { makeFile } = require('./support/files.js');
const {
  anchorsOf,
  blocksWhere,
  linksOf,
  pageNames,
  parsePage,
  readPage,
} = require('./support/docs/pages.js');
const { checkBlock, texts } = require('./support/docs/rules.js');

/** What is wrong with the links of a page. */
function brokenLinks(page) {
  return linksOf(page).filter((link) => !/^(?:https?|mailto):/.test(link) && !leadsSomewhere(page, link));
}

function leadsSomewhere(page, link) {
  const [target, anchor] = link.split('#');
  const name = target === '' ? page.name : path.posix.join(path.posix.dirname(page.name), decodeURI(target));
  if (target !== '' && !fs.existsSync(path.join(root, name))) return false;
  if (anchor === undefined) return true;
  if (!name.endsWith('.md')) return /^L\d+/.test(anchor);
  return anchorsOf(name === page.name ? page : readPage(name)).includes(anchor);
}

for (const name of pageNames()) {
  test(`${name}: its links lead somewhere`, () => assert.deepStrictEqual(brokenLinks(readPage(name)), []));
}

test('each block of each page has a runner, and one of text says what it is', (t) => {
  for (const block of blocksWhere(() => true)) checkBlock(block);
  for (const { where, marks } of blocksWhere(({ lang }) => lang === 'text'))
    t.diagnostic(`not run: ${where}: ${texts[marks.is]}`);
  for (const { where } of blocksWhere(({ lang }) => lang === 'mermaid'))
    t.diagnostic(`not run: ${where}: a drawing`);
});

test('a go.mod of a page is one', () => {
  const files = blocksWhere(({ marks }) => marks.is === 'gomod');
  assert.ok(files.length > 0);
  for (const { code, where } of files) {
    const { status, stderr } = spawnSync('go', ['mod', 'edit', '-json', makeFile(code)], {
      encoding: 'utf8',
    });
    assert.strictEqual(status, 0, `${where}: ${stderr}`);
  }
});

test('docs/README.md leads to every page of docs/', () => {
  const links = linksOf(readPage('docs/README.md')).map((link) => link.split('#')[0]);
  const pages = pageNames().filter((name) => name.startsWith('docs/') && name !== 'docs/README.md');
  assert.deepStrictEqual(
    pages.filter((name) => !links.includes(name.slice('docs/'.length))),
    [],
  );
});

test('the control: broken links, and blocks that nothing runs, are seen', () => {
  const page = parsePage(
    'docs/page.md',
    '# A `b()` → c\n[a](api.md) [b](api.md#guard) [c](#a-b--c) [d](none.md) [e](api.md#none) [f](#none) `[g](none)`',
  );
  assert.deepStrictEqual(brokenLinks(page), ['none.md', 'api.md#none', '#none']);
  const blocks = {
    '```\nx\n```': /the block names no language/,
    '```rust\nx\n```': /nothing runs blocks in 'rust'/,
    '<!-- run: skip -->\n```js\nx\n```': /unknown mark 'skip'/,
    '```text\nx\n```': /a text says what it is/,
    '<!-- run: is=toString -->\n```text\nx\n```': /a text says what it is/,
    '<!-- run: part -->\nwords\n```js\nx\n```': /a mark without a block/,
    '```js\nx': /the block has no end/,
  };
  for (const [text, message] of Object.entries(blocks))
    assert.throws(() => parsePage('page.md', text).blocks.forEach(checkBlock), { message });
});
