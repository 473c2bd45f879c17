// Takes the figures: each several times, every time in a fresh process, in a shuffled order.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { figures } from './figures.mjs';
import { compilePrograms } from './programs.mjs';
import { median } from './timing.mjs';

const start = promisify(execFile);
const script = fileURLToPath(new URL('measure.mjs', import.meta.url));

/** Resolves with the result of each figure, by name. `tell` hears of each process before it starts. */
export async function takeFigures(names, { quick }, tell) {
  const programs = compilePrograms(new Set(names.map((name) => figures[name].program)), tell);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  const runs = shuffle(names.flatMap((name) => Array(timesOf(name, quick)).fill(name)));
  for (const [i, name] of runs.entries()) {
    tell(`${i + 1} of ${runs.length}: ${name}`);
    samples[name].push(await takeOnce(name, programs[figures[name].program]));
  }
  return Object.fromEntries(names.map((name) => [name, resultOf(figures[name], samples[name])]));
}

function timesOf(name, quick) {
  if (figures[name].isLong) return quick ? 1 : 3;
  return quick ? 3 : 7;
}

async function takeOnce(name, program = '') {
  const { stdout } = await start(process.execPath, [script, ...figures[name].measure, program]);
  return JSON.parse(stdout);
}

/** The medians over the processes; the ratio is that of each process's own pair. */
function resultOf({ bar }, samples) {
  const keys = Object.keys(samples[0]);
  const values = Object.fromEntries(keys.map((key) => [key, median(samples.map((each) => each[key]))]));
  const ratio = 'rival' in values ? median(samples.map(({ ours, rival }) => ours / rival)) : undefined;
  return { ratio, ...values, missed: bar !== undefined && isMissed(bar, ratio, values.ours), samples };
}

function isMissed({ ratio: atMost, atLeast, limit }, ratio, ours) {
  if (limit !== undefined) return ours >= limit;
  return atLeast === undefined ? ratio > atMost : ratio < atLeast;
}

function shuffle(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
