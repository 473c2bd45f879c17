// Takes the figures: each several times, every contestant in a fresh process each time, in a shuffled order.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Failure } from '../cli/run.mjs';
import { median } from './timing.mjs';

const start = promisify(execFile);
const script = fileURLToPath(new URL('measure.mjs', import.meta.url));

const times = 15; // of each figure, where it is not slow
const timeout = 10 * 60_000; // of one process

/** Resolves with the result of each of these figures, by name. `tell` hears of each round before it starts. */
export async function takeFigures(figures, { quick }, tell) {
  const names = Object.keys(figures);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  const rounds = shuffle(names.flatMap((name) => Array(timesOf(figures[name], quick)).fill(name)));
  for (const [i, name] of rounds.entries()) {
    tell(`${i + 1} of ${rounds.length}: ${name}`);
    samples[name].push(await takeRound(figures[name]));
  }
  return Object.fromEntries(names.map((name) => [name, resultOf(figures[name], samples[name])]));
}

function timesOf({ slow }, quick) {
  if (!slow) return times;
  return quick ? 1 : slow;
}

/** One round of a figure, its rivals beside it: [what its own process gave, what each rival's gave]. */
async function takeRound({ measure, rivals, pair }) {
  if (pair) {
    const { ours, rival, ...also } = await take(measure);
    need(measure, { ours, rival });
    return [{ value: ours, ...also }, { value: rival }];
  }
  const measures = [measure, ...rivals.map((rival) => rival.measure)];
  const found = [];
  for (const i of shuffle([...measures.keys()])) {
    found[i] = await take(measures[i]);
    need(measures[i], { value: found[i].value });
  }
  return found;
}

/** Throws unless each of the values is a number: a bar is not met by nothing. */
function need(measure, values) {
  for (const [key, value] of Object.entries(values)) {
    if (!Number.isFinite(value))
      throw new Failure(`bench/measure.mjs ${measure.join(' ')}: ${key} is ${value}`);
  }
}

async function take(measure) {
  const { stdout } = await start(process.execPath, [script, ...measure], { timeout, killSignal: 'SIGKILL' });
  return JSON.parse(stdout);
}

/** The medians over the rounds; a ratio is that of the two of one round. */
function resultOf({ rivals, bar, also = {} }, samples) {
  const medianOf = (value) => median(samples.map(value));
  const values = Object.fromEntries(Object.keys(also).map((key) => [key, medianOf(([ours]) => ours[key])]));
  const value = medianOf(([ours]) => ours.value);
  return {
    value,
    also: values,
    missed: bar !== undefined && value >= bar.limit,
    rivals: rivals.map(({ bar }, i) => {
      const ratio = medianOf((sample) => sample[0].value / sample[i + 1].value);
      const difference = medianOf((sample) => sample[0].value - sample[i + 1].value);
      const missed = bar !== undefined && isMissed(bar, { ratio, difference });
      return { value: medianOf((sample) => sample[i + 1].value), ratio, difference, missed };
    }),
    samples,
  };
}

function isMissed({ atMost, atLeast, more }, { ratio, difference }) {
  if (more !== undefined) return difference > more;
  return atLeast === undefined ? ratio > atMost : ratio < atLeast;
}

function shuffle(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
