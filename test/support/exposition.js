'use strict';

// A strict reader of Prometheus's text format, version 0.0.4. What a scraper would forgive is an error here: a family
// without HELP or TYPE, one in two places, a sample twice.

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"';
const sample = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`);
const number = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/i;
const unescaped = { '\\\\': '\\', '\\n': '\n', '\\"': '"' };

function fail(line, why) {
  throw new Error(`${why}: ${JSON.stringify(line)}`);
}

function labelsOf(line, text = '') {
  const labels = {};
  for (const [, name, value] of text.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)) {
    if (name in labels) fail(line, 'a label twice');
    labels[name] = value.replace(/\\./g, (each) => unescaped[each]);
  }
  return labels;
}

/** Reads a text: a Map of names to { type, help, samples: [{ labels, value }] }. */
function readExposition(text) {
  if (!text.endsWith('\n')) fail(text.slice(-20), 'the last line has no end');
  const families = new Map();
  let current;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name, rest] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? [];
    if (keyword === 'HELP') {
      if (families.has(name)) fail(line, 'a family twice');
      current = { name, help: rest, samples: [] };
      families.set(name, current);
    } else if (keyword === 'TYPE') {
      if (current?.name !== name || current.type) fail(line, 'TYPE without its HELP');
      if (!['counter', 'gauge'].includes(rest)) fail(line, 'unknown type');
      current.type = rest;
    } else {
      addSample(current, line);
    }
  }
  return families;
}

function addSample(family, line) {
  const [, name, labels, value] = sample.exec(line) ?? fail(line, 'no sample');
  if (!family?.type || family.name !== name) fail(line, 'a sample outside of its family');
  if (!number.test(value)) fail(line, 'no number');
  const read = { labels: labelsOf(line, labels), value: Number(value) };
  const key = JSON.stringify(read.labels);
  if (family.samples.some((each) => JSON.stringify(each.labels) === key)) fail(line, 'a sample twice');
  if (family.type === 'counter' && !(read.value >= 0)) fail(line, 'a counter below 0');
  family.samples.push(read);
}

module.exports = { readExposition };
