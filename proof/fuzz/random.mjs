// Numbers that look random and come again with their seed: xorshift of 32 bits.

export class Random {
  #state;

  constructor(seed) {
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ (seed >>> 7)) | 1;
    for (let i = 0; i < 8; i++) this.bits();
  }

  bits() {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }

  /** An integer from 0 to n - 1. */
  below(n) {
    return this.bits() % n;
  }

  /** True once in n times. */
  once(n) {
    return this.below(n) === 0;
  }

  pick(list) {
    return list[this.below(list.length)];
  }
}
