// Which lines of guard.pml some search has reached: a line that none reaches is proven nothing about.

/** Gathers the lines over all searches. */
export class Reached {
  #lines;
  #all = new Set();
  #reached = new Set();

  /** Of the model's text; the lines that end a block or a process count for nothing. */
  constructor(text) {
    this.#lines = text.split('\n');
  }

  /**
   * Takes a verifier's source, whose tables give each state's line and whether it counts, and its report, which lists
   * the states that were not reached. Lines of inlines stand in several processes; one that reaches them is enough.
   */
  add(source, report) {
    const left = unreachedStates(report);
    for (const [number, name] of processNames(source).entries()) {
      const lines = tableOf(source, `src_ln${number}`);
      const ignored = tableOf(source, `reached${number}`);
      for (const [state, line] of lines.entries()) {
        if (line === 0 || ignored[state] !== 0 || this.#lines[line - 1] === '}') continue;
        this.#all.add(line);
        if (!left.has(`${name} ${state}`)) this.#reached.add(line);
      }
    }
  }

  /** The lines that stand in some search and were reached in none. */
  get missing() {
    const missing = [...this.#all].filter((line) => !this.#reached.has(line));
    return missing.sort((a, b) => a - b).map((line) => this.#lines[line - 1].trim());
  }

  /** How many lines some search reached. */
  get count() {
    return this.#reached.size;
  }

  /** How many lines stand in some search. */
  get size() {
    return this.#all.size;
  }
}

function unreachedStates(report) {
  const states = new Set();
  let name = '';
  for (const line of report.split('\n')) {
    name = /^unreached in (?:proctype )?(\S+)/.exec(line)?.[1] ?? name;
    const state = /^\t\S+:\d+, state (\d+), /.exec(line)?.[1];
    if (state) states.add(`${name === 'init' ? ':init:' : name} ${state}`);
  }
  return states;
}

function processNames(source) {
  const names = /char \*procname\[\] = \{([^}]*)\}/.exec(source)[1];
  return [...names.matchAll(/"([^"]+)"/g)].map((match) => match[1]).filter((name) => name !== ':np_:');
}

function tableOf(source, name) {
  const table = new RegExp(`\\b${name} \\[\\] = \\{([^}]*)\\}`).exec(source)?.[1] ?? '';
  return table.split(',').map((value) => Number(value));
}
