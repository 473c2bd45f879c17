// npm run demo:bus: see arguments.mjs for what it does.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../environment.mjs';
import { UsageError } from '../options.mjs';
import { Progress } from '../progress.mjs';
import { format } from '../text.mjs';
import { readArguments, usage } from './arguments.mjs';
import { placeOf, report } from './report.mjs';
import { run } from './run.mjs';
import { countAlone, differences, writeWords } from './words.mjs';

// What says that the backend which was asked for is not to be had.
const unusable = ['ERR_BUS_DIR', 'ERR_BUS_DIR_IN_USE', 'ERR_BUS_UNREACHABLE', 'ERR_BUS_CREDENTIALS'];

const progress = new Progress();
const interrupt = new AbortController();

// Once: a second Ctrl-C ends the process the hard way.
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  progress.end();
  if (error instanceof UsageError) fail(2, error.message);
  else if (error.code === undefined) throw error;
  else fail(unusable.includes(error.code) ? 2 : 1, `${error.message} (${error.code})`);
}

function fail(code, message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

/** Runs the demo, and returns its exit code. */
async function main(argv) {
  const options = readArguments(argv);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const { signal } = interrupt;
  progress.begin(`Counting the words of ${options.path} by one thread`);
  const truth = await countAlone(options.path, signal);
  const before = process.memoryUsage.rss();
  progress.begin(`Publishing its lines; events ${placeOf(options.backend)}`);
  const result = await run(options, signal, show);
  progress.end();
  if (signal.aborted) {
    const { published, counted } = result;
    const events = `${format(counted.events)} of ${format(published.events)} events were counted`;
    process.stderr.write(`Interrupted: ${events}; the topics are deleted.\n`);
    return 130;
  }

  const memory = { before, peak: result.peak, after: process.memoryUsage.rss() };
  const output = path.join(await mkdtemp(path.join(tmpdir(), 'quiesce-demo-')), 'words.tsv');
  await writeWords(output, result.words);
  const wrong = differences(result.words, truth.words, result.passes);
  console.log(report({ options, environment: environment(), truth, result, memory, wrong, output }));
  return wrong.length === 0 ? 0 : 1;
}

function show({ seconds, published, counted, killed }) {
  progress.update(
    `${seconds.toFixed(0)} s: ${format(published)} events published, ${format(counted)} counted, ` +
      `${format(killed)} workers killed`,
  );
}
