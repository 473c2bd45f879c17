// One run: publishers, the group and its results, from the opening of the bus to its end.

import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bus } from '../../lib/bus/index.mjs';
import { Board } from './board.mjs';
import { Crew, publish } from './crew.mjs';
import { shareOut } from './lines.mjs';
import { Fold } from './results.mjs';

const LOOK = 50; // ms between two looks at how far it is
const STUCK = 120; // s without an event being counted, after which nobody expects more
const LIMITS = { maxBytes: 64 << 20 };

/** Opens the bus and runs. Its topics are its own, and are deleted afterwards: DIR or the servers stay as they were. */
export async function run(options, signal, onProgress) {
  const bus = await Bus.open(options.backend);
  const name = `quiesce-demo.${process.pid}.${Date.now()}`;
  try {
    const lines = await bus.topic(`${name}.lines`, LIMITS);
    const results = await bus.topic(`${name}.results`, LIMITS);
    try {
      return await new Run(options, lines, results, onProgress).go(signal);
    } finally {
      for (const topic of [lines, results]) await bus.deleteTopic(topic.name);
    }
  } finally {
    await bus.free();
  }
}

class Run {
  #options;
  #lines;
  #results;
  #onProgress;
  #board = new Board();
  #stop = new AbortController();
  #failure;
  #begun = performance.now();
  #latencies = createHistogram(); // us
  #fold;
  #peak = 0; // bytes of RSS

  constructor(options, lines, results, onProgress) {
    this.#options = options;
    this.#lines = lines;
    this.#results = results;
    this.#onProgress = onProgress;
    this.#fold = new Fold(async (seq) => (await lines.read(seq))[0]);
  }

  async go(signal) {
    signal.addEventListener('abort', () => this.#stop.abort());
    if (signal.aborted) this.#stop.abort();
    const { path, publishers, workers } = this.#options;
    const memory = this.#board.memory;
    const fail = (error) => this.#fail(error);

    const found = await this.#results.subscribe({ from: 'first' });
    const folding = this.#add(found).catch(fail);
    const crew = new Crew(workers, { lines: this.#lines.token, results: this.#results.token }, fail);
    const killing = crew.killAtRandom(this.#stop.signal);

    let publishing; // seconds that it took
    const shares = shareOut(path, publishers);
    const mayFail = this.#options.backend.servers !== undefined;
    const published = publish(shares, { memory, token: this.#lines.token, path, mayFail })
      .then(() => {
        publishing = this.#seconds;
      })
      .catch(fail);
    await this.#watch(crew, () => publishing !== undefined);

    this.#board.stop();
    this.#stop.abort(); // nobody is killed any more
    await Promise.all([published, killing]);
    const counting = this.#seconds;
    const [group] = (await this.#lines.stats()).groups;
    await crew.end().catch(fail);
    await found.free();
    await folding;
    if (this.#failure) throw this.#failure;
    return this.#resultOf({
      publishing,
      counting,
      redelivered: group?.redelivered ?? 0,
      killed: crew.killed,
    });
  }

  get #seconds() {
    return (performance.now() - this.#begun) / 1000;
  }

  #fail(error) {
    this.#failure ??= error;
    this.#stop.abort();
  }

  /** Adds up what the workers find. */
  async #add(found) {
    for await (const event of found) {
      for (const latency of await this.#fold.add(event.text())) this.#latencies.record(Math.max(1, latency));
      const board = this.#board;
      board.add('counted', this.#fold.events - board.get('counted'));
      board.add('countedBytes', this.#fold.bytes - board.get('countedBytes'));
    }
  }

  /** Waits until all that was published is counted, or somebody says stop. */
  async #watch(crew, isPublished) {
    const board = this.#board;
    const last = { counted: 0, at: 0 };
    while (!this.#stop.signal.aborted && !(isPublished() && board.get('counted') >= board.get('published'))) {
      await sleep(LOOK);
      const seconds = this.#seconds;
      const counted = board.get('counted');
      if (seconds >= this.#options.seconds) board.endPasses();
      if (counted > last.counted) Object.assign(last, { counted, at: seconds });
      if (seconds - last.at > STUCK) this.#fail(new Error(`No event was counted for ${STUCK} s.`));
      this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
      this.#onProgress({ seconds, counted, published: board.get('published'), killed: crew.killed });
    }
  }

  #resultOf(measured) {
    const { words, events, bytes, repeated } = this.#fold;
    const quantile = (n) => this.#latencies.percentile(n) / 1000;
    return {
      ...measured,
      passes: this.#board.passes,
      published: { events: this.#board.get('published'), bytes: this.#board.get('publishedBytes') },
      counted: { events, bytes },
      words,
      repeated,
      latency: { p50: quantile(50), p99: quantile(99) }, // ms
      peak: this.#peak,
    };
  }
}
