// The platforms that an addon can be built for, and what the packages with its binaries are called.

import { Failure } from './run.mjs';

/**
 * Each with its names for npm (os, cpu, libc) and for Go, and the C compilers that make it on another platform, as
 * Debian and others name them.
 */
export const targets = [
  {
    name: 'linux-x64',
    os: 'linux',
    cpu: 'x64',
    libc: 'glibc',
    GOOS: 'linux',
    GOARCH: 'amd64',
    compiler: 'x86_64-linux-gnu-gcc',
    debian: 'gcc-x86-64-linux-gnu',
  },
  {
    name: 'linux-arm64',
    os: 'linux',
    cpu: 'arm64',
    libc: 'glibc',
    GOOS: 'linux',
    GOARCH: 'arm64',
    compiler: 'aarch64-linux-gnu-gcc',
    debian: 'gcc-aarch64-linux-gnu',
  },
  {
    name: 'win32-x64',
    os: 'win32',
    cpu: 'x64',
    GOOS: 'windows',
    GOARCH: 'amd64',
    compiler: 'x86_64-w64-mingw32-gcc',
    debian: 'gcc-mingw-w64-x86-64',
  },
  { name: 'darwin-x64', os: 'darwin', cpu: 'x64', GOOS: 'darwin', GOARCH: 'amd64' },
  { name: 'darwin-arm64', os: 'darwin', cpu: 'arm64', GOOS: 'darwin', GOARCH: 'arm64' },
];

/** The target of this node. */
export const host = `${process.platform}-${process.arch}`;

/** The target of that name. */
export function findTarget(name) {
  const found = targets.find((each) => each.name === name);
  if (found) return found;
  throw new Failure(
    `There is no target '${name}'. The targets: ${targets.map((each) => each.name).join(', ')}.`,
  );
}

/** The name of the package with the binaries of that target, of the package `name`. */
export function platformPackage(name, target) {
  return `${name}-${target}`;
}

/**
 * The variables that have Go build for a target: a compiler named in CC_FOR_goos_goarch, as Go's own build has it; else
 * the environment's CC where the target is this platform, and the usual name of a cross compiler where it is not.
 */
export function variablesFor(target, env = process.env) {
  const { GOOS, GOARCH, compiler } = target;
  const named = env[`CC_FOR_${GOOS}_${GOARCH}`];
  const own = { ...env, GOOS, GOARCH };
  if (named) return { ...own, CC: named };
  if (target.name === host) return own;
  if (process.platform === 'darwin' && target.os === 'darwin') return own; // clang makes both
  if (compiler) return { ...own, CC: compiler };
  throw new Failure(
    `${target.name} can be built on macOS only, or by a compiler that CC_FOR_${GOOS}_${GOARCH} names; ` +
      `the workflow that 'quiesce package --workflow' writes does so on a hosted runner.`,
  );
}
