// Every addon that this repository builds. A `copyOf` is the same file under a second inode, which the dynamic
// loader maps anew: two Go runtimes in one process, as when two packages built on Quiesce meet.

import { Failure } from '../cli/run.mjs';

const test = './test/goaddon';

export const variants = [
  { name: 'quiesce', package: './cmd/addon', tags: [], out: 'build/Release/quiesce.node' },
  // Made by `quiesce build`, as an author's addon is.
  { name: 'bus', toolkit: 'bus', tags: [], out: 'build/bus/bus.node' },
  variant('unguarded', './cmd/addon', ['quiesce_unguarded']),
  variant('test', test, []),
  { ...variant('test-second', test, []), copyOf: 'test' },
  variant('unguarded-test', test, ['quiesce_unguarded']),
  // The controls: each leaves one protection out, so that a test can show what it protects from.
  variant('nochain', test, ['quiesce_control_sigurg']),
  { ...variant('nochain-second', test, ['quiesce_control_sigurg']), copyOf: 'nochain' },
  variant('nomask', test, ['quiesce_control_sigmask', 'quiesce_control_onstack']),
  variant('noonstack', test, ['quiesce_control_onstack']),
  variant('nowake', test, ['quiesce_control_wake']),
  variant('noteardown', test, ['quiesce_control_teardown']),
  variant('careless', test, ['quiesce_control_giveback', 'quiesce_control_copy']),
];

/** The variant of that name. */
export function findVariant(name) {
  const found = variants.find((each) => each.name === name);
  if (found) return found;
  const names = variants.map((each) => each.name).join(', ');
  throw new Failure(`There is no variant '${name}'. The variants: ${names}.`);
}

/** The distinct lists of build tags, the empty one first. */
export function tagSets() {
  return [...new Set(variants.map((each) => each.tags.join(',')))];
}

function variant(name, pkg, tags) {
  return { name, package: pkg, tags, out: `build/variants/${name}.node` };
}
