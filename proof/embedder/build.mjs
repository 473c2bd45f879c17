// Builds the embedder on Debian's libnode. That conflicts with the nodejs of others, so its packages are unpacked
// into a folder of their own and never installed.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../cli/run.mjs';
import { downloadPackages } from '../runner/debian.mjs';

// With what libnode is linked to or reads, where other packages do not bring it.
const packages = [
  'libnode-dev',
  'libnode108',
  'libuv1',
  'libuv1-dev',
  'libc-ares2',
  'node-acorn',
  'node-cjs-module-lexer',
  'node-undici',
];

const here = import.meta.dirname;
const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-cast-function-type'];

/** Returns { embedder, probe, version }: the program, an addon that wants external buffers, and the Node inside. */
export async function buildEmbedder(context) {
  const unpacked = path.join(context.folder, 'libnode');
  await unpack(context, unpacked);
  const includes = ['src', 'deps/v8/include', 'deps/uv/include'].flatMap((name) => [
    '-isystem',
    path.join(unpacked, 'usr/include/nodejs', name),
  ]);
  const libraries = path.join(unpacked, 'usr/lib/x86_64-linux-gnu');
  const embedder = path.join(context.folder, 'embedder');
  const probe = path.join(context.folder, 'probe.node');
  const sources = ['embedder.cc', 'interposed.cc'].map((name) => path.join(here, name));
  context.begin('compiling the embedder');
  await context.must('g++', [
    ...['-std=c++17', '-O1', ...warnings, ...includes, `-DUNPACKED="${unpacked}"`],
    ...['-o', embedder, ...sources],
    '-rdynamic', // addons find the program's functions, and Node's
    ...[`-L${libraries}`, `-Wl,-rpath,${libraries}`, '-Wl,--disable-new-dtags', '-lnode', '-luv', '-pthread'],
  ]);
  const shared = ['-O1', ...warnings, ...includes, '-shared', '-fPIC'];
  await context.must('gcc', [...shared, '-o', probe, path.join(here, 'probe.c')]);
  return { embedder, probe };
}

async function unpack(context, folder) {
  mkdirSync(folder);
  context.begin(`downloading ${packages.join(', ')}`);
  const problem = downloadPackages(packages, folder);
  if (problem) throw new Failure(problem);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await context.must('dpkg', ['-x', path.join(folder, file), folder]);
    if (file.startsWith('libnode108')) context.version('libnode', file.split('_')[1]);
  }
  if (!existsSync(path.join(folder, 'usr/include/nodejs/src/node.h'))) {
    throw new Failure('The package libnode-dev holds no node.h.');
  }
}
