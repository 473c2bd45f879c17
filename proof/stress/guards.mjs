// The same with bare guards: shared memory that is used by whoever has entered, and poisoned by whoever has freed.

import { createRequire } from 'node:module';
import { layout } from './layout.mjs';

const POISON = 0xdddddddd | 0;
const LOOKS = 16;
const deadline = 60_000; // what times out could not be poisoned: nobody tells when the last op has left

const require = createRequire(import.meta.url);
const { defineGuard } = require('../../lib/guard.js');

/** A worker's part: one guard at a time, which all the others enter. */
export class Guards {
  tally = { guardEntered: 0, guardRefused: 0, guardFrees: 0, guardBroken: 0 };
  #number;
  #workers;
  #views;
  #guarded;
  #attached = new Map(); // other worker -> wrapper of its latest guard
  #opened = 0;
  #own;
  #Guard;

  /** `guarded` is false for the control, which looks without having entered. */
  constructor({ addon, number, workers, memory, guarded }) {
    this.#Guard = defineGuard(addon); // of the same addon: two Go runtimes would be in each other's way
    this.#number = number;
    this.#workers = workers;
    this.#views = layout.views(memory);
    this.#guarded = guarded;
    this.#own = this.#open();
  }

  /** Opens a guard over the one of its two pieces of memory that the guard before does not have. */
  #open() {
    const place = 2 * this.#number + (++this.#opened % 2);
    const guard = new this.#Guard();
    this.#views.payloads[place].fill(contentOf(guard.token));
    Atomics.store(this.#views.guards, this.#number, BigInt(guard.token * 2 + (this.#opened % 2)));
    return { guard, place };
  }

  /** One op on the guard that another worker has now, or had a moment ago. */
  use(turn) {
    const other = (this.#number + 1 + (turn % (this.#workers - 1))) % this.#workers;
    const shared = Number(Atomics.load(this.#views.guards, other));
    const token = Math.floor(shared / 2);
    if (this.#attached.get(other)?.token !== token) this.#attach(other, token);
    const guard = this.#attached.get(other);
    if (!guard || (this.#guarded && !guard.tryEnter())) {
      this.tally.guardRefused++;
      return;
    }
    this.tally.guardEntered++;
    if (!looksWell(this.#views.payloads[2 * other + (shared % 2)], contentOf(token)))
      this.tally.guardBroken++;
    if (this.#guarded) guard.leave();
  }

  #attach(other, token) {
    this.#attached.delete(other); // the collector detaches what was there
    try {
      if (token !== 0) this.#attached.set(other, this.#Guard.attach(token));
    } catch (error) {
      if (error.code !== 'ERR_HANDLE_FREED') throw error;
    }
  }

  /** Opens the next guard and frees the one that the others use. */
  async replace(turn) {
    const old = this.#own;
    this.#own = this.#open();
    await this.#free(old, turn % 2 === 0);
  }

  async #free({ guard, place }, sync) {
    const outcome = sync ? guard.freeSync({ deadline }) : await guard.free({ deadline });
    if (outcome !== 'drained') throw new Error(`The only free of a guard is told: ${outcome}`);
    this.#views.payloads[place].fill(POISON);
    this.tally.guardFrees++;
  }

  async end() {
    await this.#free(this.#own, false);
    this.tally.guardFrees--; // it was not raced for
  }
}

/** What a payload holds: never the poison by chance, nor what the guard before had. */
function contentOf(token) {
  return (token % 2 ** 31) | 0;
}

function looksWell(payload, content) {
  for (let i = 0; i < LOOKS; i++) {
    for (let j = 0; j < payload.length; j++) if (Atomics.load(payload, j) !== content) return false;
  }
  return true;
}
