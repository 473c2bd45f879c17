// npm run bench: see arguments.mjs for what it does.

import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { capture, Failure } from '../cli/run.mjs';
import { environment } from '../demo/environment.mjs';
import { UsageError } from '../demo/options.mjs';
import { Progress } from '../demo/progress.mjs';
import { chosenOf, readArguments, usage } from './arguments.mjs';
import { figures } from './figures.mjs';
import { writePage } from './page.mjs';
import { named, report } from './report.mjs';
import { takeFigures } from './runs.mjs';
import { setUp } from './setup.mjs';

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  if (!isUsage && !(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = isUsage ? 2 : 1;
}

/** Runs the benchmarks, and returns the exit code. */
async function main(args) {
  const options = readArguments(args, figures);
  if (options.help) {
    console.log(usage.replace('%FIGURES%', Object.keys(figures).join(', ')));
    return 0;
  }
  const ran = {
    ...environment(),
    quiesce: JSON.parse(readFileSync(new URL('../package.json', import.meta.url))).version,
    go: capture('go', ['version']).stdout.split(' ')[2],
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    load: loadavg()[0],
  };
  const chosen = chosenOf(options, figures);
  const isWhole = !options.quick && options.names.length === 0;
  const progress = new Progress();
  progress.begin('Setting up');
  const tell = (line) => progress.update(line);
  const contestants = Object.values(chosen).flatMap((figure) => [figure, ...figure.rivals]);
  const needed = contestants.flatMap(({ needs = [] }) => needs);
  setUp(new Set(isWhole ? ['packages', ...needed] : needed), tell);
  const count = Object.keys(chosen).length;
  progress.begin(count === 1 ? '1 figure' : `${count} figures`);
  const start = performance.now();
  const results = await takeFigures(chosen, options, tell);
  progress.end();
  const document = { environment: ran, results, seconds: (performance.now() - start) / 1000 };
  const text = options.json ? JSON.stringify(named(document, chosen), null, 2) : report(document, chosen);
  console.log(text);
  if (isWhole) writePage(document);
  const isMissed = ({ missed, rivals }) => missed || rivals.some((rival) => rival.missed);
  return Object.values(results).some(isMissed) ? 1 : 0;
}
