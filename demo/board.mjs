// What the main thread and the workers tell each other without messages: one block of shared memory. The main
// thread writes the first part, worker i the counters of its own row.

const ROUND = 0; // the handle that is open now, counted from 1
const BEGUN = 1; // the latest round whose free was about to be called: written BEFORE the call
const REFUSING = 2; // the latest round whose free had begun for certain: written AFTER the call
const STOP = 3;
const TOKENS = 1024; // of the latest rounds

const counters = ['done', 'refused', 'bytes'];
const headBytes = 16;

export class Board {
  #state;
  #tokens;
  #rows;

  constructor(memory) {
    this.memory = memory;
    this.#state = new Int32Array(memory, 0, 4);
    this.#tokens = new BigInt64Array(memory, headBytes, TOKENS);
    this.#rows = new BigInt64Array(memory, headBytes + 8 * TOKENS);
  }

  static forWorkers(n) {
    return new Board(new SharedArrayBuffer(headBytes + 8 * (TOKENS + counters.length * n)));
  }

  /** Main thread: a handle is open. */
  open(token) {
    const round = this.#state[ROUND] + 1;
    Atomics.store(this.#tokens, round % TOKENS, BigInt(token));
    Atomics.store(this.#state, ROUND, round);
    Atomics.notify(this.#state, ROUND);
  }

  /** Main thread: the free of the present round is about to be called. */
  begin() {
    Atomics.store(this.#state, BEGUN, this.#state[ROUND]);
  }

  /** Main thread: the call has returned, so nobody enters any more. */
  refuse() {
    Atomics.store(this.#state, REFUSING, this.#state[ROUND]);
  }

  /** Main thread: the workers are to end. */
  stop() {
    Atomics.store(this.#state, STOP, 1);
    Atomics.notify(this.#state, ROUND);
  }

  /** Worker: blocks until another round than that is open, and returns it; 0 when there is none to come. */
  next(round) {
    while (!this.stopped) {
      const now = Atomics.load(this.#state, ROUND);
      if (now !== round) return now;
      Atomics.wait(this.#state, ROUND, round, 100);
    }
    return 0;
  }

  get stopped() {
    return Atomics.load(this.#state, STOP) === 1;
  }

  token(round) {
    return Number(Atomics.load(this.#tokens, round % TOKENS));
  }

  mayRefuse(round) {
    return Atomics.load(this.#state, BEGUN) >= round;
  }

  mustRefuse(round) {
    return Atomics.load(this.#state, REFUSING) >= round;
  }

  /** Worker: adds to one of its counters. */
  add(worker, counter, n) {
    Atomics.add(this.#rows, worker * counters.length + counters.indexOf(counter), BigInt(n));
  }

  /** The counters of each worker: [{ done, refused, bytes }]. */
  rows() {
    const rows = [];
    for (let at = 0; at < this.#rows.length; at += counters.length) {
      const row = counters.map((name, i) => [name, Number(Atomics.load(this.#rows, at + i))]);
      rows.push(Object.fromEntries(row));
    }
    return rows;
  }
}
