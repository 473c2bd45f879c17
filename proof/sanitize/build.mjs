// Sanitized addons, each in a copy of what the tests need: no test file knows that it runs in one.

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { goEnvironment } from '../../cli/go.mjs';
import { root } from '../../cli/run.mjs';
import { findVariant } from '../../scripts/variants.mjs';
import { plant } from './plants.mjs';

const compiler = path.join(root, 'proof', 'sanitize', 'cc');

// Symbols stay in, so that a report names functions; nothing is inlined, so that they are those of the source. gcc
// warns that ThreadSanitizer does not see the fence in calls.c; what that orders is atomic all the same.
const readable = '-g -O1 -fno-omit-frame-pointer -fno-inline -Wno-tsan -fsanitize-recover=address';

const built = ['quiesce', 'test'].map(findVariant);

/** The addons in a folder that buildCopy() made. */
export const addonsOf = (folder) => built.map(({ out }) => path.join(folder, out));

/** Go's environment for a build whose shim is instrumented by the sanitizer. */
function environment(sanitizer) {
  const { env } = goEnvironment();
  // Go looks its own results up by the compiler's flags, not by what the compiler does.
  const digest = createHash('sha256').update(readFileSync(compiler)).digest('hex').slice(0, 16);
  const flags = `${env.CGO_CFLAGS} ${readable} -DQS_SANITIZER=${sanitizer} -DQS_COMPILER=${digest}`;
  return { ...env, CC: `'${compiler}'`, CGO_CFLAGS: flags };
}

/**
 * Copies the package into a folder of that name and builds the addons `quiesce` and `test` in it, with the planted
 * bugs or without; returns where it is.
 */
export async function buildCopy(context, sanitizer, { planted = false } = {}) {
  const folder = path.join(context.folder, planted ? `${sanitizer}-planted` : sanitizer);
  for (const each of ['index.js', 'package.json', 'lib', 'test']) {
    cpSync(path.join(root, each), path.join(folder, each), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const overlay = planted ? ['-overlay', plant(sanitizer, path.join(folder, 'overlay'))] : [];
  for (const variant of built) {
    const out = path.join(folder, variant.out);
    mkdirSync(path.dirname(out), { recursive: true });
    const args = ['build', '-trimpath', '-buildmode=c-shared', '-buildvcs=false', ...overlay];
    await context.must('go', [...args, '-o', out, variant.package], { env: environment(sanitizer) });
  }
  return folder;
}

/** Builds the C host with the test addon in it, under Go's race detector; returns where it is. */
export async function buildHost(context, { planted = false } = {}) {
  const folder = path.join(context.folder, planted ? 'race-planted' : 'race');
  mkdirSync(folder);
  const { env } = goEnvironment();
  const overlay = planted ? ['-overlay', plant('race', folder)] : [];
  const archive = path.join(folder, 'goaddon.a');
  const args = ['build', '-race', '-trimpath', '-buildmode=c-archive', '-buildvcs=false', ...overlay];
  await context.must('go', [...args, '-o', archive, findVariant('test').package], { env });

  const headers = env.CGO_CFLAGS.split(' ').at(-1).replace(/^'|'$/g, '');
  const sources = ['host.c', 'host_calls.c'].map((name) => path.join('proof', 'sanitize', name));
  const host = path.join(folder, 'host');
  // Only what the shim calls of Node-API is missing, which this host never calls but for the one that it has.
  const link = ['-no-pie', '-pthread', '-Wl,--unresolved-symbols=ignore-all'];
  const compile = [
    '-std=c11',
    '-D_GNU_SOURCE',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-g',
    '-O1',
    '-Iaddon',
    headers,
  ];
  await context.must('gcc', [...compile, '-o', host, ...sources, archive, ...link]);
  return host;
}
