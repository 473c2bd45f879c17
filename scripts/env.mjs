// What Go needs around it to compile the addon: one place for the build, the linters and the tests.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { capture, Failure, root } from './run.mjs';

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
  ...['CC', 'CGO_CFLAGS', 'CGO_CPPFLAGS', 'CGO_LDFLAGS'],
];

/**
 * The environment for go, with cgo on and Node-API's headers on the include path, and the settings that Go
 * made of it. The target is the processor of the node that runs this, unless the caller or GOARCH names another.
 */
export function goEnvironment(targetArch) {
  const env = { ...process.env, CGO_ENABLED: '1' };
  env.GOARCH = targetArch ? goArch(targetArch) : env.GOARCH || goArch(process.arch);
  const settings = goSettings(env);
  env.CGO_CFLAGS = `${settings.CGO_CFLAGS} ${quoted(`-I${headersFolder()}`)}`;
  return { env, settings };
}

/** Throws unless the C compiler that Go would use can be started. */
export function checkCompiler(settings) {
  const compiler = settings.CC.split(' ')[0];
  if (capture(compiler, ['--version']).missing) {
    throw new Failure(
      `The C compiler '${compiler}' is not on the PATH. Install gcc or clang (Debian: apt-get install gcc ` +
        'libc6-dev; macOS: xcode-select --install), or name yours in CC, and try again.',
    );
  }
}

/** True if these settings build for another processor than this node's. */
export function isForeign(settings) {
  return settings.GOARCH !== goArch(process.arch);
}

function goArch(nodeArch) {
  const found = goArchs.get(nodeArch);
  if (!found) throw new Failure(`Go cannot build for the processor '${nodeArch}'.`);
  return found;
}

function goSettings(env) {
  const needed = /^go (\S+)/m.exec(readFileSync(path.join(root, 'go.mod'), 'utf8'))[1];
  const tooOld = (what) =>
    new Failure(
      `Quiesce needs Go ${needed} or later, and this is ${what}. Install a newer Go and try again.`,
    );

  const asked = capture('go', ['env', '-json', ...settingNames], { env });
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

function isOlder(version, needed) {
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
    throw new Failure(`Node-API's headers are not installed: run 'npm install' in the repository first.`);
  }
}

// Go splits CGO_CFLAGS at spaces and knows quotes, but no escapes.
function quoted(flag) {
  if (!/[\s'"]/.test(flag)) return flag;
  return flag.includes("'") ? `"${flag}"` : `'${flag}'`;
}
