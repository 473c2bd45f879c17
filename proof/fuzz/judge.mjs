// Which errors may come out: those that the documentation names, those of Node and V8 about values, and our own.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';

const pages = ['api.md', 'bus.md', 'toolkit.md'].map((name) =>
  readFileSync(path.join(root, 'docs', name), 'utf8'),
);
const documented = new Set(pages.join('').match(/\b(?:ERR_[A-Z_]+|ABORT_ERR)\b/g));

// Of files and addresses, as node:fs and node:url have them.
const nodes = /^(E[A-Z0-9]+|ERR_INVALID_URL|ERR_INVALID_FILE_URL_\w+|ERR_INVALID_URL_SCHEME|DataCloneError)$/;

// What a slip in a check of ours looks like: the value was used before it was known to be good.
const slip = /of undefined|of null|is not a function|is not iterable|is not a constructor/;

/** Names an error for the count, or says what is wrong with it: { name } or { name, wrong }. */
export function judge(error, { surface, isOwn = true }) {
  if (error === null || typeof error !== 'object')
    return { name: 'not an error', wrong: `threw ${typeof error}` };
  if (error.planted) return { name: 'planted' };
  const isFixture = surface === 'test' || surface === 'shapes';
  const { code } = error;
  if (code === 'ERR_GO_PANIC' && !isFixture) return { name: code, wrong: describe(error) };
  if (documented.has(code)) return { name: code };
  if (typeof code === 'string' && (nodes.test(code) || isFixture))
    return { name: isFixture ? "an author's" : code };
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) {
    if (isOwn && slip.test(error.message)) return { name: error.name, wrong: describe(error) };
    return { name: `${error.name} of V8` };
  }
  if (isFixture) return { name: "an author's" };
  return { name: 'no code', wrong: describe(error) };
}

export function describe(error) {
  const lines = String(error?.stack ?? error)
    .split('\n')
    .slice(0, 6);
  return `${error?.code ?? 'no code'}: ${lines.join('\n    ').replaceAll(`${root}/`, '')}`;
}

// Warnings that these cases ask for.
const expected = new Set([
  'QUIESCE_LEAK',
  'QUIESCE_SHARE_EXPIRED',
  'QUIESCE_TIMEOUT',
  'QUIESCE_CALLBACK_OVERFLOW',
]);

export const isExpected = (warning) => expected.has(warning.code) || warning.name === 'ExperimentalWarning';
