// What the benchmark needs: its own npm packages, the addons, the rivals, programs of Go. Each is made when it is needed.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildFlags, goEnvironment } from '../cli/go.mjs';
import { capture, Failure, root } from '../cli/run.mjs';
import { rivalPath } from './rivals.mjs';

const folder = path.join(root, 'bench');
const rivals = path.join(folder, 'rivals');
const library = path.join(root, 'build', 'bench');

const parts = {
  packages: installPackages, // for the plot
  koffi() {
    installPackages();
    buildLibrary('clib');
  },
  rivals() {
    buildEmpty();
    buildLibrary('percall');
  },
  tally: () => buildPackage('bench/tally', 'build/toolkit/tally'),
  minify: () => buildPackage('examples/minify', 'build/bench/minify'),
  guard: () => compile('guard', ['test', '-c'], './guard/', root),
  busload: () => compile('busload', ['build'], './cmd/busload', path.join(root, 'bus')),
  'minify-go': () => compile('minify-go', ['test', '-c'], '.', path.join(root, 'examples', 'minify')),
};

/** Makes all that is named; names that are not of this list are those of addons (scripts/variants.mjs). */
export function setUp(names, tell) {
  mkdirSync(library, { recursive: true });
  const addons = ['quiesce', ...[...names].filter((name) => !(name in parts))];
  tell(`Building ${addons.join(', ')}`);
  run(process.execPath, ['scripts/ensure.mjs', ...addons], root);
  for (const [name, make] of Object.entries(parts)) {
    if (!names.has(name)) continue;
    tell(`Making '${name}'`);
    make();
  }
}

/** Where a program of Go is once it is compiled. */
export function programPath(name) {
  return path.join(library, `${name}.exe`);
}

/** koffi and echarts, as bench/package-lock.json names them. */
function installPackages() {
  const { dependencies } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const isInstalled = ([name, version]) => {
    const file = path.join(folder, 'node_modules', name, 'package.json');
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version;
  };
  if (Object.entries(dependencies).every(isInstalled)) return;
  run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], folder);
}

function buildEmpty() {
  const { env, settings } = goEnvironment();
  const [compiler, ...own] = settings.CC.split(' ');
  const includes = env.CGO_CFLAGS.match(/-I\S+|'-I[^']*'|"-I[^"]*"/g).map((each) =>
    each.replaceAll(/['"]/g, ''),
  );
  const flags = ['-O2', '-shared', '-fPIC'];
  if (process.platform === 'darwin') flags.push('-undefined', 'dynamic_lookup');
  run(compiler, [...own, ...flags, ...includes, '-o', rivalPath('empty'), 'empty.c'], rivals);
}

function buildLibrary(name) {
  run('go', ['build', ...buildFlags, '-o', rivalPath(name), `./${name}`], rivals, goEnvironment().env);
}

function buildPackage(source, out) {
  run(process.execPath, ['cli/quiesce.mjs', 'build', source, '--out', out], root);
}

function compile(name, args, source, cwd) {
  run('go', [...args, '-o', programPath(name), source], cwd, { ...process.env, CGO_ENABLED: '0' });
}

function run(command, args, cwd, env = process.env) {
  const { missing, status, stdout, stderr } = capture(command, args, { cwd, env });
  if (missing) throw new Failure(`'${command}' is not on the PATH.`);
  if (status !== 0) throw new Failure(`${command} ${args.join(' ')} failed:\n${(stdout + stderr).trim()}`);
}
