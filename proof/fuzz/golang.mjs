// Go's own fuzzing, of every target that there is: they are found in the tests, so that none is forgotten.

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { goEnvironment } from '../../cli/go.mjs';
import { Failure, root } from '../../cli/run.mjs';
import { replaceOnce, writeOverlay } from '../runner/overlay.mjs';
import { groupBy } from './group.mjs';

const ignored = new Set(['node_modules', 'build', 'testdata', '.git']);
const minute = 60_000;

// Only our own packages are instrumented: what leads the fuzzer is their branches, and the libraries below them stay
// as Go's cache has them.
const instrument = '-gcflags=github.com/quiesce/quiesce/...=-d=libfuzzer';

/** All fuzz targets: [{ module, package, name }], paths being those of folders. */
export function findTargets() {
  const targets = [];
  const visit = (folder, module) => {
    const entries = readdirSync(folder, { withFileTypes: true });
    const inside = entries.some(({ name }) => name === 'go.mod') ? folder : module;
    for (const each of entries) {
      const file = path.join(folder, each.name);
      if (each.isDirectory() && !ignored.has(each.name)) visit(file, inside);
      else if (each.name.endsWith('_test.go')) {
        for (const [, name] of readFileSync(file, 'utf8').matchAll(/^func (Fuzz\w+)\(/gm)) {
          targets.push({ module: inside, package: folder, name });
        }
      }
    }
  };
  visit(root, root);
  return targets;
}

/** Builds the tests of all packages that have targets; returns the program of each package. */
export async function buildPrograms(context, targets) {
  const programs = new Map();
  const modules = groupBy(targets, (each) => each.module);
  for (const [module, list] of modules) {
    const folders = [...new Set(list.map((each) => each.package))];
    context.say(`go test -c ${path.relative(root, module) || '.'}`);
    const out = path.join(context.folder, 'programs', path.basename(module), path.sep);
    await buildTests(context, module, folders, ['-o', out]);
    for (const each of folders) programs.set(each, path.join(out, `${path.basename(each)}.test`));
  }
  return programs;
}

async function buildTests(context, module, folders, flags) {
  const out = flags[flags.indexOf('-o') + 1];
  mkdirSync(out, { recursive: true });
  const names = folders.map((each) => `./${path.relative(module, each)}`);
  const { env } = goEnvironment();
  await context.must('go', ['test', '-c', instrument, ...flags, ...names], { cwd: module, env });
}

/**
 * Until Go 1.27 a target may fail with this and nothing else, though its input did not: the coordinator takes the end of
 * its own -fuzztime for an error of a worker (golang/go#75804). Then it runs again.
 */
const endOfTime = /^--- FAIL: \w+ \([\d.]+s\)\n {4}context deadline exceeded\nFAIL\s*$/;
const tries = 3;

/** Runs one target for a `time` such as 10s or 1000x; throws a Failure that names the input if one fails. */
export async function fuzz(context, program, target, time, cache, left = tries - 1) {
  const { package: folder, name } = target;
  const { status, stdout, stderr, timedOut } = await runTarget(context, program, name, folder, time, cache);
  const label = `${name} of ${path.relative(root, folder)}`;
  if (timedOut) throw new Failure(`${label} did not end.`);
  if (status === 0) return figuresIn(stderr, label);
  if (left > 0 && endOfTime.test(stdout.trimEnd())) {
    return fuzz(context, program, target, time, cache, left - 1);
  }
  const [, input] = /Failing input written to (\S+)/.exec(stdout) ?? [];
  const what = `${stdout}\n${stderr}`.trim().split('\n').slice(-30).join('\n');
  const where = input ? ` with ${path.relative(root, path.join(folder, input))}` : '';
  throw new Failure(`${label} fails${where}:\n${what}`);
}

function runTarget(context, program, name, cwd, time, cache) {
  const folder = path.join(cache, name);
  mkdirSync(folder, { recursive: true });
  const flags = [
    `-test.fuzz=^${name}$`,
    `-test.fuzztime=${time}`,
    `-test.fuzzcachedir=${folder}`,
    '-test.parallel=2',
    '-test.fuzzminimizetime=1s',
  ];
  return context.run(program, ['-test.run=^$', ...flags], { cwd, timeout: 30 * minute });
}

/** What the last line that has them says: { executions, interesting, corpus }. */
function figuresIn(progress, label) {
  const found = [...progress.matchAll(/execs: (\d+).*new interesting: (\d+) \(total: (\d+)\)/g)].at(-1);
  if (!found || found[1] === '0') throw new Failure(`${label} was not fuzzed: ${progress}`);
  const [executions, interesting, corpus] = found.slice(1).map(Number);
  return { executions, interesting, corpus, label };
}

const planted = {
  file: 'bus/internal/record/record.go',
  check: 'total > uint64(len(b)) || ',
  target: 'FuzzCheck',
};

/** Plants a bug, a length that is believed, and lets the fuzzer find it. */
export async function findPlanted(context) {
  const original = path.join(root, planted.file);
  const text = replaceOnce(readFileSync(original, 'utf8'), planted.check, '', planted.file);
  const module = path.join(root, 'bus');
  const out = path.join(context.folder, 'planted', path.sep);
  const overlay = writeOverlay(out, { [planted.file]: text });
  await buildTests(context, module, [path.dirname(original)], ['-overlay', overlay, '-o', out]);
  const program = path.join(out, 'record.test');
  const { status, stdout } = await runTarget(
    context,
    program,
    planted.target,
    out,
    '60s',
    path.join(out, 'cache'),
  );
  context.demand(
    status !== 0 &&
      stdout.includes('Failing input written to') &&
      stdout.includes('slice bounds out of range'),
    `The fuzzer has not found a length that ${planted.target} believes:\n${stdout.slice(-2000)}`,
  );
}
