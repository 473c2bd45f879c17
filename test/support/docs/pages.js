'use strict';

// The pages that a user reads, and what is in them: code blocks, headings and links.

const fs = require('node:fs');
const path = require('node:path');
const { root } = require('../addon.js');

const marker = /^<!-- run: (.*) -->$/;

/** Every page, by its path from the root with slashes. */
function pageNames() {
  const inFolder = (folder) =>
    fs
      .readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => (folder === '.' ? name : `${folder}/${name}`));
  const examples = fs
    .readdirSync(path.join(root, 'examples'))
    .map((name) => `examples/${name}/README.md`)
    .filter((name) => fs.existsSync(path.join(root, name)));
  return [...inFolder('.'), ...inFolder('docs'), ...examples, 'cli/template/README.md.tmpl'];
}

function readPage(name) {
  return parsePage(name, fs.readFileSync(path.join(root, name), 'utf8'));
}

/** A page: { name, text, blocks, prose }, the prose without its code blocks. */
function parsePage(name, text) {
  const lines = text.split('\n');
  const prose = [];
  const blocks = [];
  let pending; // a marker whose block has not come yet
  for (let i = 0; i < lines.length; i++) {
    const fence = /^( *)(`{3,})(.*)$/.exec(lines[i]);
    const mark = marker.exec(lines[i]);
    if (fence) {
      const end = lines.indexOf(fence[1] + fence[2], i + 1);
      if (end < 0) throw new Error(`${name}:${i + 1}: the block has no end`);
      const code = lines.slice(i + 1, end).map((line) => line.slice(fence[1].length));
      blocks.push(makeBlock(name, i + 1, fence[3].trim(), code.join('\n'), pending));
      pending = undefined;
      i = end;
    } else if (mark) pending = { line: i + 1, text: mark[1] };
    else if (pending && lines[i].trim() !== '') throw unused(name, pending);
    else prose.push(lines[i]);
  }
  if (pending) throw unused(name, pending);
  return { name, text, blocks, prose: prose.join('\n') };
}

function unused(name, { line }) {
  return new Error(`${name}:${line}: a mark without a block right below it`);
}

/** A block: { page, line, where, lang, code, marks }; its marks are words, or KEY=VALUE. */
function makeBlock(page, line, lang, code, pending) {
  const marks = {};
  for (const [, key, quoted, bare] of (pending?.text ?? '').matchAll(/([a-z]+)(?:="([^"]*)"|=(\S+))?/g))
    marks[key] = quoted ?? bare ?? true;
  return { page, line, where: `${page}:${line}`, lang, code, marks };
}

/** All blocks of all pages that `choose` takes. */
function blocksWhere(choose) {
  return pageNames()
    .flatMap((name) => readPage(name).blocks)
    .filter(choose);
}

/** The anchors of a page's headings, by GitHub's rule. */
function anchorsOf({ prose }) {
  const seen = new Map();
  return [...prose.matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading]) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** Where a page's links and pictures lead. */
function linksOf({ prose }) {
  const text = prose.replaceAll(/`[^`\n]*`/g, (code) => 'x'.repeat(code.length));
  return [...text.matchAll(/\]\(([^()\s]+(?:\([^()]*\))?[^()\s]*)\)/g)].map(([, target]) => target);
}

module.exports = { anchorsOf, blocksWhere, linksOf, pageNames, parsePage, readPage };
