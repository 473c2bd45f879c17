// What one worker does in one history, call by call, and the record of it. The handles are either bare guards, which
// are entered and left by hand, or canaries, whose ops and Close tell when they ran.

import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';

const ACTIONS = 4; // of each worker, besides giving back what it has
const OPS = 2; // that a worker has in flight at a time

const require = createRequire(import.meta.url);
const { Guard } = require('../../index.js');
const { Canary } = require('../../test/support/addon.js').loadTestAddon(workerData.variant);

let opened = 0; // by this worker; makes the canaries' numbers

export class Player {
  calls = [];
  #meeting;
  #bare;
  #async;
  #number;
  #random;
  #known = []; // tokens, most of them stale by and by
  #wrappers = new Map(); // token -> those that are attached
  #kept = []; // wrappers: to be collected is a detach that nobody records
  #own = []; // of the handles that it has opened
  #entered = []; // wrappers of guards
  #pending = [];

  /**
   * `bare` says that the handles are guards; `async`, that half of the canaries' ops are. An async op is an attachment
   * too, which goes when nobody looks: nobody detaches then, so that one more or less makes no difference.
   */
  constructor({ meeting, bare, async, number, seed }) {
    this.#meeting = meeting;
    this.#bare = bare;
    this.#async = async;
    this.#number = number;
    this.#random = randomOf(seed);
  }

  /** A few things at random; then gives back its ops. */
  async act() {
    for (let i = 0; i < ACTIONS; i++) {
      if (this.#below(4) === 0) this.#meeting.rest(0.02);
      await this.#choose(this.#pick());
    }
    while (this.#entered.length > 0) this.#leave();
    await Promise.all(this.#pending);
  }

  async #choose(token) {
    const n = this.#below(16);
    if (n >= 14) return this.open(this.#below(this.#meeting.cells.length));
    if (n >= 12) return this.#attach(token);
    const wrapper = this.#wrappers.get(token)?.at(-1) ?? this.#attach(token);
    if (!wrapper) return undefined;
    if (n >= 11 && !this.#async) return this.#detach(token);
    if (n >= 7) return this.#free(wrapper);
    if (!this.#bare) return this.#use(wrapper);
    return n < 4 && this.#entered.length < OPS ? this.#enter(wrapper) : this.#leave();
  }

  #below(n) {
    return this.#random() % n;
  }

  #pick() {
    if (this.#known.length > 0 && this.#below(4) === 0) return this.#known[this.#below(this.#known.length)];
    const token = Number(Atomics.load(this.#meeting.cells, this.#below(this.#meeting.cells.length)));
    this.#known.push(token);
    return token;
  }

  /** Writes a call down; whatever it throws has to be a refusal. */
  #record(kind, token, call) {
    const entry = { thread: this.#number, kind, token, result: 'ok', call: Canary.now() };
    let value;
    try {
      value = call(entry);
    } catch (error) {
      entry.result = resultOf(error);
    }
    entry.return = Canary.now();
    this.calls.push(entry);
    return { entry, value };
  }

  open(cell) {
    const number = ++opened * 64 + this.#number;
    const { entry, value } = this.#record('open', 0, () =>
      this.#bare ? new Guard() : Canary.openKept(number),
    );
    Object.assign(entry, { token: value.token, number });
    this.#own.push(value);
    this.#keep(value);
    Atomics.store(this.#meeting.cells, cell, BigInt(value.token));
  }

  #keep(wrapper) {
    const { token } = wrapper;
    this.#kept.push(wrapper);
    this.#wrappers.set(token, [...(this.#wrappers.get(token) ?? []), wrapper]);
  }

  #attach(token) {
    const { value } = this.#record('attach', token, () => (this.#bare ? Guard : Canary).attach(token));
    if (value) this.#keep(value);
    return value;
  }

  #detach(token) {
    const wrapper = this.#wrappers.get(token).pop();
    this.#record('detach', token, (entry) => {
      entry.result = ''; // JS is not told whether it was the last
      wrapper.detach();
    });
  }

  #enter(wrapper) {
    this.#record('enter', wrapper.token, (entry) => {
      if (wrapper.tryEnter()) this.#entered.push(wrapper);
      else entry.result = 'freed';
    });
  }

  #leave() {
    const wrapper = this.#entered.shift();
    if (!wrapper) return;
    this.#record('leave', wrapper.token, (entry) => {
      entry.result = '';
      wrapper.leave();
    });
  }

  /** One op, which enters before its first moment and leaves after its last one. */
  #use(wrapper) {
    if (this.#async && this.#below(2) === 0) {
      this.#pending.push(this.#useAsync(wrapper));
      return;
    }
    const { entry, value } = this.#record('enter', wrapper.token, () => wrapper.times(this.#below(200)));
    if (entry.result !== 'ok') return;
    const [first, last] = value.split(' ').map(Number);
    this.calls.push({ ...entry, kind: 'leave', result: '', call: last });
    entry.return = first;
  }

  /** One op that ends behind our back, before its promise is settled. It takes no notice of a free. */
  async #useAsync(wrapper) {
    const { entry, value } = this.#record('enter', wrapper.token, () => wrapper.lookAsync(this.#below(500)));
    try {
      if (!(await value)) entry.result = 'poison'; // which nothing explains
      const { thread, token, call } = entry; // it may have left before the call has returned
      this.calls.push({ thread, kind: 'leave', token, result: '', call, return: Canary.now() });
    } catch (error) {
      entry.result = resultOf(error);
    }
  }

  /** Blocks only for a moment while it is inside: two that wait for each other's op would wait for the deadline. */
  #free(wrapper) {
    const deadline = [0, 0, 0.02, 1, 5000][this.#below(this.#entered.length > 0 ? 4 : 5)];
    if (this.#below(2) === 0) this.#pending.push(this.#freeAsync(wrapper, deadline));
    else if (!this.#entered.some(({ token }) => token === wrapper.token)) this.#freeSync(wrapper, deadline);
  }

  #freeSync(wrapper, deadline) {
    this.#record('free', wrapper.token, (entry) => {
      entry.deadline = deadline * 1e6;
      entry.result = wrapper.freeSync({ deadline });
    });
  }

  async #freeAsync(wrapper, deadline) {
    const { entry, value } = this.#record('free', wrapper.token, () => wrapper.free({ deadline }));
    entry.deadline = deadline * 1e6;
    entry.result = await value;
    entry.settled = Canary.now();
  }

  /** Frees what it has opened and nobody has freed. */
  freeOwn() {
    for (const { freed, token } of this.#own) {
      if (!freed) this.#freeSync(this.#wrappers.get(token).at(-1) ?? this.#attach(token), 5000);
    }
  }

  /** Adds what the canaries have told of their Closes. */
  addCloses(list) {
    for (const [number, call, end] of list) {
      this.calls.push({ thread: -1, kind: 'close', number, result: '', call, return: end });
    }
  }
}

function resultOf(error) {
  if (error.code === 'ERR_HANDLE_FREED') return 'freed';
  throw error;
}

/** A small generator (mulberry32), so that a seed gives the same choices; the races remain. */
function randomOf(seed) {
  let a = seed * 0x9e3779b9;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}
