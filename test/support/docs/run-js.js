'use strict';

// Runs the JavaScript of a page, each block as a program of its own, in a folder in which `quiesce` is installed.

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { root } = require('../addon.js');
const { startProgram, writeFiles } = require('../cli.js');
const { setups } = require('./setups.js');

/** Makes a folder what npm makes of one with these dependencies: { name: folder of the package }. */
function linkPackages(folder, packages = {}) {
  for (const [name, target] of Object.entries({ quiesce: root, ...packages })) {
    const link = path.join(folder, 'node_modules', name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    if (!fs.existsSync(link)) fs.symlinkSync(target, link, 'junction');
  }
  return folder;
}

/** The name that a block gives itself in its first line, or one by its line. */
function fileNameOf({ code, line, lang }) {
  const [, given] = /^\/\/ ([\w-]+\.[cm]?[jt]s)\b/.exec(code) ?? [];
  if (given) return given;
  if (lang === 'ts') return `block-${line}.mts`;
  return `block-${line}.${/\brequire\(|^module\.exports/m.test(code) ? 'cjs' : 'mjs'}`;
}

/** The program that a block is, with its setup around it. */
function programOf(block) {
  const { setup } = block.marks;
  if (setup === undefined) return block.code;
  const around = setups[setup];
  if (around === undefined) throw new Error(`${block.where}: there is no setup '${setup}'`);
  return around.replace('BLOCK', () => block.code);
}

/** What comments say that a block prints: of a line that ends in `console.log(...); // text`, the text. */
function claimsOf({ code }) {
  const claims = [];
  for (const [, after] of code.matchAll(/\bconsole\.log(\(.*)$/gm)) {
    const [, claim] = /^\)*; \/\/ (.+)$/.exec(after.slice(endOfParentheses(after))) ?? [];
    if (claim !== undefined) claims.push(claim.trim());
  }
  return claims;
}

/** Where the parenthesis with which the text begins is closed. */
function endOfParentheses(text) {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return i + 1;
  }
  return text.length;
}

/** Writes the blocks of a page into a folder. Those that are parts of others are there for them, and not run. */
function writeBlocks(folder, blocks) {
  writeFiles(Object.fromEntries(blocks.map((block) => [fileNameOf(block), programOf(block)])), folder);
}

/** Runs a block that lies in the folder, and demands that it ends well and prints what the page says. */
async function runBlock(block, { folder, parts = [], file = fileNameOf(block), timeout = 40_000 }) {
  const { forever } = block.marks;
  const { child, ended } = startProgram(process.execPath, [file], { cwd: folder, timeout });
  if (forever) setTimeout(() => child.kill('SIGTERM'), 3000);
  const { code, signal, stdout, stderr } = await ended;
  const got = `${block.where} printed\n${stdout}${stderr}`;
  const isWell = forever ? signal === 'SIGTERM' : code === 0;
  assert.ok(isWell && stderr === '', `It ended with ${signal ?? code}. ${got}`);
  checkOutput(block, parts, stdout, got);
}

function checkOutput(block, parts, stdout, got) {
  const lines = stdout.trimEnd().split('\n');
  const isOrdered = !block.code.includes('isMainThread'); // else two threads print
  let from = 0;
  for (const claim of claimsOf(block)) {
    const at = lines.indexOf(claim, from);
    assert.ok(at >= 0, `the page says that it prints '${claim}'. ${got}`);
    if (isOrdered) from = at + 1;
  }
  for (const claim of parts.flatMap(claimsOf))
    assert.ok(lines.includes(claim), `the page says that a part of it prints '${claim}'. ${got}`);
  const { prints } = block.marks;
  if (prints !== undefined) assert.match(stdout, new RegExp(prints, 'm'), got);
}

module.exports = { claimsOf, fileNameOf, linkPackages, programOf, runBlock, writeBlocks };
