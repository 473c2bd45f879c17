// How soon a begin-free returns after the last op has left, in ns: the benchmarks of guard/, which bench.mjs
// has compiled.

import { spawnSync } from 'node:child_process';

function drain(benchmark, program) {
  const args = ['-test.run=^$', `-test.bench=^${benchmark}$`, '-test.benchtime=300x'];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${benchmark} failed: ${stdout}${stderr}`);
  const [ours, rival] = ['guard', 'polls-each-ms'].map((name) => metricsOf(stdout, `${benchmark}/${name}`));
  return { ours: ours['median-us'], oursP99: ours['p99-us'], rival: rival['median-us'] };
}

/** What one line of Go's output tells: { unit: value }, microseconds made nanoseconds. */
function metricsOf(output, name) {
  const line = output.split('\n').find((each) => new RegExp(`^${name}(-\\d+)?\\s`).test(each));
  if (!line) throw new Error(`${name} is not in:\n${output}`);
  const pairs = line.matchAll(/([\d.]+) ([a-z]\S*-us)/g);
  return Object.fromEntries([...pairs].map(([, value, unit]) => [unit, 1000 * Number(value)]));
}

export const leaverParks = (program) => drain('BenchmarkDrainLatencyLeaverParks', program);
export const leaverStaysBusy = (program) => drain('BenchmarkDrainLatencyLeaverStaysBusy', program);
