// The Go programs that figures need.

import path from 'node:path';
import { capture, Failure, root } from '../cli/run.mjs';

const programs = {
  guard: { args: ['test', '-c'], package: './guard/', folder: root }, // its benchmarks
  busload: { args: ['build'], package: './cmd/busload', folder: path.join(root, 'bus') },
};

/** Compiles those that are named, and returns their paths, by name. */
export function compilePrograms(names, tell) {
  const found = Object.entries(programs).filter(([name]) => names.has(name));
  return Object.fromEntries(found.map(([name, program]) => [name, compile(name, program, tell)]));
}

function compile(name, { args, package: source, folder }, tell) {
  tell(`Compiling the Go program '${name}'`);
  const out = path.join(root, 'build', `${name}.bench.exe`);
  const { missing, status, stderr } = capture('go', [...args, '-o', out, source], { cwd: folder });
  if (missing) throw new Failure("'go' is not on the PATH.");
  if (status !== 0) throw new Failure(`'${source}' could not be compiled:\n${stderr.trim()}`);
  return out;
}
