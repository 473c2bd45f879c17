// What all threads of the demo see: how far each side is, and when to stop. The events themselves, and what is
// found in them, go by the bus alone.

const STOP = 0;
const PASSES = 1; // how often the file was read, this time included; with ENDED set, nobody begins another time
const ENDED = 1 << 30;

const counters = ['published', 'publishedBytes', 'counted', 'countedBytes', 'readings'];
const headBytes = 8;

const OVERHEAD = 64; // bytes that an event is taken for besides its data, so that empty lines count for something

export class Board {
  #state;
  #counters;

  constructor(memory = new SharedArrayBuffer(headBytes + 8 * counters.length)) {
    this.memory = memory;
    this.#state = new Int32Array(memory, 0, 2);
    this.#counters = new BigInt64Array(memory, headBytes);
  }

  /** Publisher: whether it is to read the file for the pass-th time. All publishers make the same passes. */
  begin(pass) {
    for (;;) {
      const now = Atomics.load(this.#state, PASSES);
      if (pass <= (now & ~ENDED)) return true;
      if (now & ENDED) return false;
      if (Atomics.compareExchange(this.#state, PASSES, now, pass) === now) return true;
    }
  }

  /** Main thread: the passes that have begun are the last. */
  endPasses() {
    Atomics.or(this.#state, PASSES, ENDED);
  }

  get passes() {
    return Atomics.load(this.#state, PASSES) & ~ENDED;
  }

  /** Main thread: the publishers are to end where they are. */
  stop() {
    Atomics.store(this.#state, STOP, 1);
  }

  get stopped() {
    return Atomics.load(this.#state, STOP) === 1;
  }

  add(counter, n) {
    Atomics.add(this.#counters, counters.indexOf(counter), BigInt(n));
  }

  get(counter) {
    return Number(Atomics.load(this.#counters, counters.indexOf(counter)));
  }

  /** How many bytes of events were published and are not counted yet. */
  get ahead() {
    const events = this.get('published') - this.get('counted');
    return this.get('publishedBytes') - this.get('countedBytes') + events * OVERHEAD;
  }
}
