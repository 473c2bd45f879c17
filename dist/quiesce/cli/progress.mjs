// What a build says while it runs, on stderr: steps that take longer than a moment, or all of them.

const moment = 1000;

export class Progress {
  #verbose;
  #begin = performance.now();

  constructor(verbose) {
    this.#verbose = verbose;
  }

  /** Runs a step and resolves to what it gives. It is named once it turns out to be slow, and timed at its end. */
  async step(title, body) {
    const begin = performance.now();
    const timer = setTimeout(() => console.error(`${title} ...`), moment);
    try {
      const result = await body();
      const ms = performance.now() - begin;
      if (this.#verbose || ms >= moment) console.error(`${title}: ${seconds(ms)}`);
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The time since the beginning. */
  get elapsed() {
    return seconds(performance.now() - this.#begin);
  }
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
