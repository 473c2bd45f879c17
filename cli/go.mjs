// What Go needs around it to compile an addon: one place for `quiesce build` and for the scripts of the repository.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { capture, Failure, isClone, root } from './run.mjs';

/** How every addon is built. */
export const buildFlags = [
  '-trimpath',
  '-buildmode=c-shared',
  '-buildvcs=false',
  '-ldflags',
  '-s -w -buildid=', // Go's id of a build tells the folders it ran in
];

// Node's name for a processor, as in --target_arch, to Go's.
const goArchs = new Map([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
  ['ia32', '386'],
  ['arm', 'arm'],
  ['ppc64', 'ppc64le'],
  ['s390x', 's390x'],
  ['riscv64', 'riscv64'],
  ['loong64', 'loong64'],
]);

// The settings that change what the compilers make, besides the sources.
const settingNames = [
  ...['GOVERSION', 'GOOS', 'GOARCH', 'GOFLAGS', 'GOEXPERIMENT', 'GOAMD64', 'GOARM', 'GOARM64'],
  ...['GOHOSTOS', 'GOHOSTARCH'],
  ...['CC', 'CGO_CFLAGS', 'CGO_CPPFLAGS', 'CGO_LDFLAGS'],
];

/**
 * The environment for go, with cgo on and Node-API's headers on the include path, and the settings that Go
 * made of it. The target is the processor of the node that runs this, unless the caller or GOARCH names another.
 */
export function goEnvironment(targetArch, given = process.env) {
  const env = { ...given, CGO_ENABLED: '1' };
  env.GOARCH = targetArch ? goArch(targetArch) : env.GOARCH || goArch(process.arch);
  const settings = goSettings(env);
  env.CGO_CFLAGS = `${settings.CGO_CFLAGS} ${quoted(`-I${headersFolder()}`)}`;
  return { env, settings };
}

/** The same for an addon that is to load on older systems than this one. */
export function addonEnvironment(targetArch, given) {
  const { env, settings } = goEnvironment(targetArch, given);
  if (settings.GOOS === 'linux') {
    env.CGO_CFLAGS += ` -include ${quoted(path.join(root, 'addon', 'glibc.h'))}`;
  }
  return { env, settings };
}

/** Throws unless the C compiler that Go would use can be started; `target`, of targets.mjs, is what it is for. */
export function checkCompiler(settings, target) {
  const compiler = settings.CC.split(' ')[0];
  if (capture(compiler, ['--version']).missing) {
    if (compiler === target?.compiler) {
      throw new Failure(
        `The C compiler for ${target.name}, '${compiler}', is not on the PATH. Install it (Debian: apt-get install ` +
          `${target.debian}), or name yours in CC_FOR_${target.GOOS}_${target.GOARCH}, and try again.`,
      );
    }
    throw new Failure(
      `The C compiler '${compiler}' is not on the PATH. Install gcc or clang (Debian: apt-get install gcc ` +
        'libc6-dev; macOS: xcode-select --install), or name yours in CC, and try again.',
    );
  }
}

/** What a build that failed adds to Go's messages if it was for another processor than this node's. */
export function foreignHint(settings) {
  if (settings.GOARCH === goArch(process.arch)) return '';
  return ' Another processor needs a C compiler for it, named in CC.';
}

function goArch(nodeArch) {
  const found = goArchs.get(nodeArch);
  if (!found) throw new Failure(`Go cannot build for the processor '${nodeArch}'.`);
  return found;
}

/** The version of Go in this package's own go.mod. */
export function goNeeded() {
  return /^go (\S+)/m.exec(readFileSync(path.join(root, 'go.mod'), 'utf8'))[1];
}

function goSettings(env) {
  const needed = goNeeded();
  const tooOld = (what) =>
    new Failure(
      `Quiesce needs Go ${needed} or later, and this is ${what}. Install a newer Go and try again.`,
    );

  // In this package's folder, where its go.mod may have Go fetch the toolchain that it needs.
  const asked = capture('go', ['env', '-json', ...settingNames], { env: { ...env, GOWORK: 'off' } });
  if (asked.missing) {
    throw new Failure(`'go' is not on the PATH. Install Go ${needed} or later, and try again.`);
  }
  if (asked.status !== 0) {
    // A Go that is older than go.mod asks for may refuse to do anything in this module.
    if (/requires go|invalid go version/.test(asked.stderr)) throw tooOld('older');
    throw new Failure(`'go env' failed: ${asked.stderr.trim()}`);
  }
  const settings = JSON.parse(asked.stdout);
  if (isOlder(settings.GOVERSION, needed)) throw tooOld(settings.GOVERSION);
  return settings;
}

/** Compares two versions of Go, such as go1.26.1 and 1.26. */
export function isOlder(version, needed) {
  const [have, want] = [version, needed].map((text) => (text.match(/\d+/g) ?? []).slice(0, 3).map(Number));
  // A release candidate or a private build has no third number; it is as good as its first release.
  for (let i = 0; i < 3; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function headersFolder() {
  try {
    return createRequire(import.meta.url)('node-api-headers').include_dir;
  } catch (err) {
    if (err.code !== 'MODULE_NOT_FOUND') throw err;
    const where = isClone ? root : 'your package';
    throw new Failure(
      `Node-API's headers (the npm package node-api-headers) are not installed: run 'npm install' in ${where}.`,
    );
  }
}

// Go splits CGO_CFLAGS at spaces and knows quotes, but no escapes.
function quoted(flag) {
  if (!/[\s'"]/.test(flag)) return flag;
  if (!flag.includes("'")) return `'${flag}'`;
  if (!flag.includes('"')) return `"${flag}"`;
  throw new Failure(`Go cannot be given ${flag}: a path with both kinds of quotes. Rename the folder.`);
}
