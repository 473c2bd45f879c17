'use strict';

// The types that a build makes: they compile under both ways of resolution, allow and refuse what the classes do, and
// carry the comments of the Go code.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root } = require('./support/addon.js');
const { startProgram } = require('./support/cli.js');
const { folder, shapes } = require('./support/toolkit.js');

const text = fs.readFileSync(path.join(folder, 'index.d.ts'), 'utf8');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

for (const [how, ...args] of [
  ['node16'],
  ['bundler', '--module', 'preserve', '--moduleResolution', 'bundler'],
]) {
  test(`test/toolkit/types compiles under ${how}, each error in it where it is expected`, async () => {
    const all = [tsc, '-p', 'test/toolkit/types', ...args];
    const { code, stdout, stderr } = await startProgram(process.execPath, all, { cwd: root }).ended;
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
  });
}

/** The part of the declarations from the line that begins so, to the end of its block. */
function declaration(begins) {
  const start = text.indexOf(`\n${begins}`);
  assert.ok(start >= 0, begins);
  return text.slice(start + 1, text.indexOf('\n}', start) + 2);
}

/** The comment before a line, as one line of text. */
function commentOf(within, line) {
  const at = within.indexOf(line);
  assert.ok(at >= 0, `${line} is declared`);
  const before = within.slice(0, at).trimEnd();
  assert.ok(before.endsWith('*/'), `${line} has a comment`);
  const comment = before.slice(before.lastIndexOf('/**') + 3, -2);
  return comment
    .split('\n')
    .map((each) => each.trim().replace(/^\* ?/, ''))
    .join('\n')
    .trim();
}

test('all classes and functions are declared, with their methods', () => {
  for (const [name, value] of Object.entries(shapes)) {
    if (value.prototype === undefined || !Object.hasOwn(value, 'attach')) {
      assert.match(text, new RegExp(`^export function ${name}\\(`, 'm'));
      continue;
    }
    const body = declaration(`export class ${name} extends Handle {`);
    const own = (object) => Object.getOwnPropertyNames(object);
    for (const each of own(value.prototype)) assert.match(body, new RegExp(`^  (private )?${each}\\(`, 'm'));
    for (const each of own(value)) {
      if (!['length', 'name', 'prototype'].includes(each))
        assert.match(body, new RegExp(`^  static ${each}\\(`, 'm'));
    }
  }
});

test('the comment of the package comes first', () => {
  assert.match(text, /^\/\*\*\n \* Package shapes has something of everything that `quiesce build` maps/m);
  assert.ok(text.indexOf('Package shapes') < text.indexOf('import '));
});

test('classes, constructors, methods and functions have their comments, under their JavaScript names', () => {
  assert.equal(
    commentOf(text, 'export class Folder '),
    'A Folder is a class whose methods take and return handles.',
  );
  assert.equal(
    commentOf(text, 'export class Counter '),
    'A Meter is a class that is no struct, under another name.',
  );
  const folderBody = declaration('export class Folder ');
  for (const [line, comment] of [
    ['constructor(name: string)', 'new Folder makes a folder; without a name it makes none.'],
    ['static openIn(', 'openIn makes a folder that belongs to another.'],
    ['static load(', 'load makes a folder later.'],
    ['sub(', 'sub makes a folder in this one; without a name it makes none.'],
    ['path()', 'path returns the names of the folder and of those that it is in. It uses them.'],
  ]) {
    assert.equal(commentOf(folderBody, `  ${line}`), comment);
  }
  assert.equal(
    commentOf(declaration('export class IntSet '), '  add('),
    'add adds items.',
    'of a promoted method',
  );
  assert.equal(commentOf(declaration('export class Shelf '), '  weight()'), 'weight returns the weight.');
  assert.equal(
    commentOf(text, 'export function noteOn('),
    'noteOn takes a handle and returns one of another class.',
  );
});

test('structs, their fields and named types have their comments', () => {
  assert.equal(
    commentOf(text, 'export interface Entry '),
    'An Entry is a word and how often it was counted.',
  );
  const entry = declaration('export interface Entry ');
  assert.deepEqual([commentOf(entry, 'word:'), commentOf(entry, 'count:')], ['in lower case', 'at least 1']);
  assert.equal(commentOf(declaration('export interface Everything '), 'took:'), 'In milliseconds.');
  assert.equal(commentOf(text, 'export type Lang ='), 'A Lang is a language.');
  assert.match(text, /^export type Lang = 'en' \| 'de';$/m);
  assert.match(text, /^export type Level = 0 \| 1;$/m);
});

test('a comment keeps its lists, code and links, ends no comment, makes no tag, and tells what is deprecated', () => {
  const comment = commentOf(text, 'export function shoutOut(');
  assert.match(
    comment,
    /^shoutOut has a name of its own, .*: \*\\\/ too\. See \{@link Folder\.sub\}, \{@link Lives\}\.\n/,
  );
  assert.match(comment, /\n- one\n- two\n/);
  assert.match(comment, /\n```\nShout\("a"\) == "a!"\n```\n/);
  assert.match(comment, /\n\\@text is no tag\.\n/);
  assert.match(comment, /\n@deprecated speak softly\.$/);
});

test('no directive is left in the comments', () => {
  assert.ok(!text.includes('quiesce:'));
});
