// npm run bench: see arguments.mjs for what it does.

import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { capture, Failure } from '../cli/run.mjs';
import { environment } from '../demo/environment.mjs';
import { UsageError } from '../demo/options.mjs';
import { Progress } from '../demo/progress.mjs';
import { readArguments, usage } from './arguments.mjs';
import { figures } from './figures.mjs';
import { report } from './report.mjs';
import { takeFigures } from './runs.mjs';

const names = Object.keys(figures);

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
  const options = readArguments(args, names);
  if (options.help) {
    console.log(usage.replace('%FIGURES%', names.join(', ')));
    return 0;
  }
  const ran = {
    ...environment(),
    quiesce: JSON.parse(readFileSync(new URL('../package.json', import.meta.url))).version,
    go: capture('go', ['version']).stdout.split(' ')[2],
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    load: loadavg()[0],
  };
  const progress = new Progress();
  progress.begin(`${options.names.length} figures: some minutes`);
  const results = await takeFigures(options.names, options, (line) => progress.update(line));
  progress.end();
  const document = { environment: ran, results };
  console.log(options.json ? JSON.stringify(document, null, 2) : report(document));
  return Object.values(results).some(({ missed }) => missed) ? 1 : 0;
}
