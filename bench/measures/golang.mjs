// Benchmarks in Go: the test programs that setup.mjs has compiled.

import { spawnSync } from 'node:child_process';
import { programPath } from '../setup.mjs';

/** The time of one op, in ns. */
export function time(program, name) {
  return metrics(program, name, '200ms').ns;
}

/** The median and the 99th percentile of a latency, in ns. */
export function latency(program, name) {
  const found = metrics(program, name, '300x');
  return { value: 1000 * found['median-us'], p99: 1000 * found['p99-us'] };
}

/** What the line of one benchmark tells: { ns, ... }. */
function metrics(program, name, benchtime) {
  const pattern = name
    .split('/')
    .map((part) => `^${part}$`)
    .join('/')
    .replace('^', '^Benchmark');
  const args = ['-test.run=^$', `-test.bench=${pattern}`, `-test.benchtime=${benchtime}`];
  const { status, stdout, stderr } = spawnSync(programPath(program), args, { encoding: 'utf8' });
  const line = stdout.split('\n').find((each) => each.startsWith(`Benchmark${name}`));
  if (status !== 0 || !line) throw new Error(`${name} failed: ${stdout}${stderr}`);
  const pairs = line.matchAll(/([\d.]+) (\S+)/g);
  const found = Object.fromEntries([...pairs].map(([, value, unit]) => [unit, Number(value)]));
  return { ...found, ns: found['ns/op'] };
}
