// npm run proof: see runner/arguments.mjs for what it does.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '../cli/run.mjs';
import { UsageError } from '../demo/options.mjs';
import { ensureInstalled } from '../scripts/install.mjs';
import { describeMachine } from '../scripts/page.mjs';
import { parts } from './parts.mjs';
import { readArguments, usage } from './runner/arguments.mjs';
import { Context } from './runner/context.mjs';
import { lackingPackages } from './runner/debian.mjs';
import { printTable, writeTable } from './runner/report.mjs';

const compiler = ['gcc', 'libc6-dev']; // what every part builds its addons with

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

/** Runs the parts, and returns the exit code. */
async function main(args) {
  const options = readArguments(args, parts);
  if (options.help) {
    console.log(usage(parts));
    return 0;
  }
  const command = ['npm run proof', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  const chosen = parts.filter(({ name }) => options.names.includes(name));
  ensureInstalled();
  console.log(
    `${command}: ${chosen.length > 1 ? `${chosen.length} parts, in order of cost` : chosen[0].name}\n${describeMachine()}`,
  );
  const failed = [];
  const begin = performance.now();
  for (const [i, part] of chosen.entries()) {
    console.log(`\n=== ${i + 1}/${chosen.length} ${part.name}: ${part.title} ===`);
    if (!(await prove(part, options, command))) failed.push(part.name);
  }
  const minutes = ((performance.now() - begin) / 60_000).toFixed(1);
  if (failed.length > 0) console.error(`\nNot proven: ${failed.join(', ')} (${minutes} min).`);
  else console.log(`\nProven: ${chosen.map(({ name }) => name).join(', ')} (${minutes} min).`);
  return failed.length > 0 ? 1 : 0;
}

/**
 * Runs one part and prints its table; the long run's also goes into docs/proof.md, and of a part in sections those that
 * were proven.
 */
async function prove(part, { quick, on }, command) {
  const folder = mkdtempSync(path.join(tmpdir(), `quiesce-proof-${part.name}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.on('exit', remove); // when a signal ends it
  const context = new Context({ folder, quick, on });
  try {
    try {
      const lacking = await lackingPackages([...new Set([...compiler, ...part.packages])]);
      if (lacking) throw new Failure(lacking);
      await part.prove(context);
    } finally {
      context.end();
      printTable(context.result());
    }
    if (!quick && !part.sections) writeTable(part.name, { ...context.result(), command });
    return true;
  } catch (error) {
    console.error(`FAILED: ${part.name}: ${error instanceof Failure ? error.message : error.stack}`);
    return false;
  } finally {
    for (const [name, result] of quick ? [] : context.sections()) {
      writeTable(`${part.name}: ${name}`, { ...result, command });
    }
    remove();
    process.off('exit', remove);
  }
}
