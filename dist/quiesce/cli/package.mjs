// The author's Go package: where it is, and what Go knows of it, its module and its workspace.

import { realpathSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { Failure, start } from './run.mjs';

/**
 * Finds the package that the author named, by its folder or its import path, as Go sees it without us. Resolves
 * to { dir, name, module, workFile, goVersion }; `module` is { Path, Dir, GoVersion }, `workFile` is the author's own
 * go.work, if one applies, and `goVersion` is that of the toolchain which Go has chosen for all this.
 */
export async function findPackage(asked, env) {
  const folder = findFolder(asked);
  const cwd = folder ?? process.cwd();
  const go = (...args) => start('go', args, { cwd, env });
  const [listed, settings] = await Promise.all([
    go('list', '-find', '-json=Dir,Name,Module,Standard', '--', folder ? '.' : asked),
    go('env', '-json', 'GOMOD', 'GOWORK', 'GOVERSION'),
  ]);
  const { GOMOD, GOWORK, GOVERSION } = settings.status === 0 ? JSON.parse(settings.stdout) : {};
  if (listed.status !== 0) throw whyNotListed(listed.stderr, GOMOD, cwd);

  const found = onlyOne(listed.stdout, asked);
  checkOwned(found, asked);
  const workFile = GOWORK && GOWORK !== 'off' ? GOWORK : undefined;
  const { Dir: dir, Name: name, Module: module } = found;
  return { dir: realpathSync(dir), name, module, workFile, goVersion: GOVERSION };
}

/** The folder that the author means, or undefined if what he wrote can only be an import path. */
function findFolder(asked) {
  const entry = statSync(asked, { throwIfNoEntry: false });
  if (entry?.isDirectory()) return path.resolve(asked);
  if (entry) throw new Failure(`${asked} is a file: name the folder of the Go package.`);
  const isPath = /^\.{0,2}[/\\]/.test(asked) || path.isAbsolute(asked);
  if (isPath && !asked.includes('...')) throw new Failure(`There is no folder ${asked}.`);
  return undefined;
}

function whyNotListed(messages, goMod, cwd) {
  // That is Go's name for none.
  if (goMod === devNull) {
    return new Failure(
      `${cwd} is in no Go module: there is no go.mod in it or above it. ` +
        `Make one with 'go mod init example.com/yours'.`,
    );
  }
  return new Failure(messages.trim());
}

function onlyOne(listed, asked) {
  try {
    return JSON.parse(listed);
  } catch {
    throw new Failure(`${asked} names several Go packages, and an addon is made of one.`);
  }
}

function checkOwned({ Dir, Name, Module, Standard }, asked) {
  if (Standard || !Module?.Main) {
    const owner = Standard ? "Go's standard library" : `the module ${Module?.Path}, which is not yours`;
    throw new Failure(`${asked} is of ${owner}: write a package that wraps it, and build that.`);
  }
  if (Name === 'main') {
    throw new Failure(
      `${Dir} is a package main, which nothing can import; the main package of an addon is made by this build. ` +
        `Give it another name, or move its types to a package of their own.`,
    );
  }
}
