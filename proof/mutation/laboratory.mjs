// One mutant: the guard built with one text replaced, and its tests run. The tree is not touched: the compiler is told
// to read one file from elsewhere (go build -overlay).

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Failure, root } from '../../cli/run.mjs';
import { writeOverlay } from '../runner/overlay.mjs';

const guard = path.join(root, 'guard');

// How long a run may take, in seconds: of one test, or of the short ones, which take less than one; of all.
const timeouts = { short: 20, all: 90 };

// What a test says when it has waited for as long as it may.
const hung = /panic: test timed out|a round hung|it never came/;

export class Laboratory {
  #context;
  #number = 0;
  #patience;

  /** `patience` is what a test grants a wait, in seconds. */
  constructor(context, patience) {
    this.#context = context;
    this.#patience = patience;
  }

  /** The names of the guard's tests. */
  async testNames() {
    return this.#build(undefined, async ({ program }) => {
      const { stdout } = await this.#context.must(program, ['-test.list', '.'], { cwd: guard });
      return stdout.split('\n').filter(Boolean);
    });
  }

  /**
   * Builds a mutant { file, take, put, offset } and runs one test, `times` over or until it fails. Resolves to what
   * each run came to, { killed, hung, by }, or to nothing for a mutant that does not compile.
   */
  async examineBy(test, mutant, { times, untilKilled }) {
    return this.#build(mutant, async ({ program, compiled }) => {
      if (!compiled) return undefined;
      const runs = [];
      while (runs.length < times && !(untilKilled && runs.at(-1)?.killed)) {
        runs.push(await this.#run(program, timeouts.short, `-test.run=^${test}$`));
      }
      return runs;
    });
  }

  /** The same for all tests; the long ones wait until the short ones have missed it. */
  async examine(mutant) {
    return this.#build(mutant, async ({ program, compiled }) => {
      if (!compiled) return undefined;
      const short = await this.#run(program, timeouts.short, '-test.short');
      return short.killed ? short : this.#run(program, timeouts.all);
    });
  }

  async #build(mutant, use) {
    const folder = path.join(this.#context.folder, `mutant-${++this.#number}`);
    mkdirSync(folder);
    try {
      const program = path.join(folder, 'guard.test');
      const flags = ['-vet=off', '-ldflags=-s -w', ...overlay(folder, mutant), '-o', program];
      const { status } = await this.#context.run('go', ['test', '-c', ...flags, './guard']);
      if (status !== 0 && !mutant) throw new Failure('The tests of guard/ do not compile: go vet ./guard');
      return await use({ program, compiled: status === 0 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async #run(program, timeout, ...flags) {
    const { status, stdout, stderr, timedOut } = await this.#context.run(
      program,
      ['-test.v', '-test.failfast', `-test.timeout=${timeout}s`, ...flags],
      {
        cwd: guard,
        env: { ...process.env, QUIESCE_TEST_PATIENCE: `${this.#patience}s` },
        timeout: 2000 * timeout,
      },
    );
    const output = stdout + stderr;
    return {
      killed: status !== 0,
      hung: status !== 0 && (timedOut || hung.test(output)),
      by: status !== 0 ? culprit(output) : undefined,
    };
  }
}

/** The flag by which the compiler reads the mutant. */
function overlay(folder, mutant) {
  if (!mutant) return [];
  const changed = mutate(mutant, readFileSync(path.join(guard, mutant.file)));
  return [`-overlay=${writeOverlay(folder, { [`guard/${mutant.file}`]: changed })}`];
}

/** Replaces the text at the offset, or the one place that has it. */
function mutate({ file, take, put, offset }, bytes) {
  const at = offset ?? bytes.indexOf(take);
  const end = at + Buffer.byteLength(take);
  if (at < 0 || !bytes.subarray(at, end).equals(Buffer.from(take))) {
    throw new Failure(`guard/${file} has no longer what a mutant replaces:\n${take}`);
  }
  if (offset === undefined && bytes.indexOf(take, at + 1) > 0) {
    throw new Failure(`guard/${file} has more than once what a mutant replaces:\n${take}`);
  }
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(end)]);
}

/** The test that failed, or the one that ran when the process ended. */
function culprit(output) {
  const failed = /^--- FAIL: (\w+)/m.exec(output) ?? /running tests:\s+(\w+)/.exec(output);
  return failed?.[1] ?? [...output.matchAll(/^=== RUN +(\w+)/gm)].at(-1)?.[1];
}
