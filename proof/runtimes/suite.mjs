// One file of test/ on one runtime, by that runtime's own runner of node:test.

import path from 'node:path';

/** What stands for the process that ran a file: it may crash, hang or fail with all tests passed. */
export const wholeFile = '(the file itself)';

const runners = {
  node: (file) => ['--test-reporter=tap', file],
  bun: (file) => ['test', '--timeout', '120000', `./${file}`],
  deno: (file) => ['test', '-A', '--no-check', '--reporter=tap', file],
};

/**
 * Runs the file; returns { results, output } where results maps each test's name to 'pass', 'fail' or 'skip'. The
 * lines are read as they come: what had passed before a crash or a hang is known.
 */
export async function runTestFile(context, runtime, file, timeout) {
  const results = new Map();
  const note = (line) => {
    const [name, result] = readLine(runtime.kind, line) ?? [];
    if (name === undefined) return;
    context.say(`${runtime.name}: ${file}: ${name}`);
    results.set(name, results.get(name) === 'fail' ? 'fail' : result); // two tests may have one name
  };
  const args = runners[runtime.kind](path.join('test', file));
  const env = { ...process.env, NO_COLOR: '1', NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined };
  const ended = await context.run(runtime.binary, args, { env, timeout, onLine: note });
  const failed = [...results.values()].includes('fail');
  const good = !ended.timedOut && !ended.signal && (ended.status === 0 || (failed && ended.status === 1));
  results.set(wholeFile, good ? 'pass' : 'fail');
  const how = ended.timedOut ? 'it hung' : `ended by ${ended.signal ?? `exit code ${ended.status}`}`;
  return { results, output: `${ended.stdout}\n${ended.stderr}\n${how}` };
}

function readLine(kind, line) {
  const text = line.trimEnd();
  if (kind === 'bun') {
    const found = /^\((pass|fail|skip|todo)\) (.*?)(?: \[[\d.]+m?s\])?$/.exec(text);
    return found && [found[2], found[1]];
  }
  const found = /^(ok|not ok) \d+ - (.*?)(?: # (SKIP|TODO).*)?$/.exec(text);
  if (!found) return undefined;
  const name = found[2].replace(/\\(.)/g, '$1');
  return [name, found[3] ? 'skip' : found[1] === 'ok' ? 'pass' : 'fail'];
}
