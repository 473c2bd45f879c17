// Where the workers of one history meet: the tokens that they share, and a barrier.

const CELLS = 2; // handles that are shared at a time
const SPINS = 2000; // before a worker that waits gives its processor away

export class Meeting {
  /** The shared tokens. */
  cells;
  #control; // [arrived, turn]
  #workers;

  constructor({ memory, workers }) {
    this.cells = new BigInt64Array(memory, 0, CELLS);
    this.#control = new Int32Array(memory, 128, 2);
    this.#workers = workers;
  }

  /** Blocks until all are here. */
  wait() {
    const turn = Atomics.load(this.#control, 1);
    if (Atomics.add(this.#control, 0, 1) === this.#workers - 1) {
      Atomics.store(this.#control, 0, 0);
      Atomics.add(this.#control, 1, 1);
      Atomics.notify(this.#control, 1);
      return;
    }
    for (let i = 0; i < SPINS; i++) if (Atomics.load(this.#control, 1) !== turn) return;
    // Again after each wake-up: it may be a late one, of the turn before.
    while (Atomics.load(this.#control, 1) === turn) Atomics.wait(this.#control, 1, turn);
  }

  /** Gives the processor away for a moment. */
  rest(ms) {
    Atomics.wait(this.#control, 1, Atomics.load(this.#control, 1), ms);
  }
}
