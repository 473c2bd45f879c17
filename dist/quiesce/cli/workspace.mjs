// A Go workspace of the author's module and Quiesce's Go half. It is written outside the author's tree, so that
// his go.mod and go.sum stay as they are, and both halves of Quiesce are of one version.

import { copyFileSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { goNeeded, isOlder } from './go.mjs';
import { Failure, root, start } from './run.mjs';

const ownModule = 'github.com/quiesce/quiesce';

/** Writes `folder`/go.work for that package and returns its path. A go.work of the author's is taken over in it. */
export async function writeWorkspace(folder, { module, workFile }, env) {
  const own = workFile ? await readWorkFile(workFile, env) : { go: module.GoVersion, uses: [module.Dir] };
  const uses = own.uses.map((each) => realpathSync(each)).filter((each) => moduleIn(each) !== ownModule);
  const go = own.go && isOlder(goNeeded(), own.go) ? own.go : goNeeded();
  const lines = [
    `go ${go}`,
    ...[...uses, root].map((each) => `use ${quote(each)}`),
    ...(own.replaces ?? []).filter(({ Old }) => Old.Path !== ownModule).map(replaceLine),
  ];
  const file = path.join(folder, 'go.work');
  writeFileSync(file, `${lines.join('\n')}\n`);
  if (workFile && existsSync(`${workFile}.sum`)) copyFileSync(`${workFile}.sum`, `${file}.sum`);
  return file;
}

async function readWorkFile(file, env) {
  const read = await start('go', ['work', 'edit', '-json', file], { env });
  if (read.status !== 0) throw new Failure(read.stderr.trim());
  const { Go, Use, Replace } = JSON.parse(read.stdout);
  const resolve = (each) => path.resolve(path.dirname(file), each);
  return {
    go: Go,
    uses: (Use ?? []).map((each) => resolve(each.DiskPath)),
    // Without a version the replacement is a folder.
    replaces: (Replace ?? []).map(({ Old, New }) => ({
      Old,
      New: New.Version ? New : { Path: resolve(New.Path) },
    })),
  };
}

function replaceLine({ Old, New }) {
  const side = ({ Path, Version }) => [quote(Path), Version].filter(Boolean).join(' ');
  return `replace ${side(Old)} => ${side(New)}`;
}

function moduleIn(folder) {
  return /^module\s+"?([^\s"]+)/m.exec(readFileSync(path.join(folder, 'go.mod'), 'utf8'))?.[1];
}

// JSON's strings are strings of Go too.
function quote(text) {
  return JSON.stringify(text);
}
