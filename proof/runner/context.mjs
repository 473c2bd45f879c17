// What a part of the proof is given: its size, a folder, commands that end, and the table that it fills.

import { spawn } from 'node:child_process';
import { Failure, root } from '../../cli/run.mjs';
import { Progress } from '../../demo/progress.mjs';

const minute = 60_000;
const tail = 40; // lines of a failed command that are shown

export class Context {
  /** True for the run in CI: everything once, little of each. */
  quick;
  /** A folder of this part's own, gone afterwards. */
  folder;
  /** The sections that were asked for, by name; undefined for all. */
  on;
  #rows = [];
  #versions = new Map();
  #sections = new Map(); // name -> context
  #proven; // what result() was then
  #progress;
  #begin = performance.now();

  constructor({ quick, folder, on, progress = new Progress() }) {
    Object.assign(this, { quick, folder, on });
    this.#progress = progress;
  }

  /**
   * A context for a section of the part: its table has a place of its own in the page, and what was `proven()` there
   * is written whatever becomes of the others.
   */
  section(name) {
    const { quick, folder } = this;
    const section = new Context({ quick, folder, progress: this.#progress });
    this.#sections.set(name, section);
    return section;
  }

  /** Says that all of this section was proven. */
  proven() {
    this.#proven = this.result();
  }

  /** One of two sizes: that of the quick run, or that of the long one. */
  size(quick, long) {
    return this.quick ? quick : long;
  }

  /** Says what starts now. */
  begin(line) {
    this.#progress.begin(line);
  }

  /** Says how far it is; shown every few seconds. */
  say(line) {
    this.#progress.update(line);
  }

  /** Takes the progress off a terminal. */
  end() {
    this.#progress.end();
  }

  /**
   * Adds a row to the table: what was checked, what came out, and what had to. Where the page has room for more than a
   * terminal, `onPage` stands there in the figure's place.
   */
  row(check, figure, bar = '', { onPage } = {}) {
    this.#progress.end();
    console.log(`${check}: ${figure}${bar && ` (bar: ${bar})`}`);
    this.#rows.push({ check, figure: String(figure), bar, onPage });
  }

  /** Names a program that the part rests on. */
  version(name, value) {
    this.#versions.set(name, value);
  }

  /** Fails the part unless the condition holds. */
  demand(condition, message) {
    if (!condition) throw new Failure(message);
  }

  /** The rows, the versions, and how long it took. */
  result() {
    return {
      rows: [...this.#rows, ...[...this.#sections.values()].flatMap((section) => section.result().rows)],
      versions: [...this.#versions].map((pair) => pair.join(' ')),
      seconds: (performance.now() - this.#begin) / 1000,
    };
  }

  /** What was found in the sections that were proven: [[name, result]]. */
  sections() {
    return [...this.#sections].flatMap(([name, section]) =>
      section.#proven ? [[name, section.#proven]] : [],
    );
  }

  /**
   * Runs a command, however it ends: { status, signal, stdout, stderr, timedOut }. After `timeout` ms it is killed
   * with all that it started. `onLine(line)` hears of each line of its output. A program that is not there is a
   * Failure.
   */
  async run(command, args, options = {}) {
    const { timeout = 10 * minute, onLine, ...rest } = options;
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...rest,
    });
    const result = { stdout: '', stderr: '', timedOut: false };
    for (const name of ['stdout', 'stderr']) collect(child[name], result, name, onLine);
    const kill = () => killGroup(child.pid);
    process.prependListener('exit', kill); // before the folder goes that they write to
    const timer = setTimeout(() => {
      result.timedOut = true;
      kill();
    }, timeout);
    try {
      [result.status, result.signal] = await ended(child, command);
      return result;
    } finally {
      clearTimeout(timer);
      process.off('exit', kill);
    }
  }

  /** The same for a command that must succeed. */
  async must(command, args, options = {}) {
    const result = await this.run(command, args, options);
    if (result.status === 0 && !result.timedOut) return result;
    const output = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-tail).join('\n');
    const line = [command, ...args].join(' ').replaceAll(`${root}/`, '');
    const how = result.timedOut
      ? 'took too long'
      : `ended by ${result.signal ?? `exit code ${result.status}`}`;
    throw new Failure(`${line} ${how}:\n${output}`);
  }
}

function collect(stream, result, name, onLine) {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text) => {
    result[name] += text;
    if (!onLine) return;
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach((line) => {
      onLine(line);
    });
  });
}

function ended(child, command) {
  return new Promise((resolve, reject) => {
    child.on('error', (err) =>
      reject(err.code === 'ENOENT' ? new Failure(`'${command}' is not on the PATH.`) : err),
    );
    child.on('close', (...how) => resolve(how));
  });
}

function killGroup(pid) {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch (err) {
    if (err.code !== 'ESRCH') throw err;
  }
}

// A group of its own does not get the terminal's Ctrl+C; by this it ends with us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, (_, number) => process.exit(128 + number));
}
