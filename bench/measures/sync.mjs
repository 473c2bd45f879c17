// Calls that run on the JS thread: the time of one, in ns.

import { createRequire } from 'node:module';
import { openCounter } from '../addons.mjs';
import { rival } from '../rivals.mjs';
import { timeOf } from '../timing.mjs';

const turns = { batch: 20_000, rounds: 100 };
const text = 'sixteen letters!';
const bytes = new Uint8Array(128).fill(1);

export function enterLeave() {
  const { Guard } = createRequire(import.meta.url)('../../index.js');
  const guard = new Guard();
  return timeOf((n) => {
    for (let i = 0; i < n; i++) {
      guard.tryEnter();
      guard.leave();
    }
  }, turns);
}

export function twoEmpty() {
  const { empty } = rival('empty');
  return timeOf((n) => {
    for (let i = 0; i < n; i++) {
      empty();
      empty();
    }
  }, turns);
}

/** The same, where each also finds a counter and adds to it by a locked instruction. */
export function twoAdds() {
  const { add, subtract } = rival('empty');
  return timeOf((n) => {
    for (let i = 0; i < n; i++) {
      add();
      subtract();
    }
  }, turns);
}

export function empty() {
  const { empty } = rival('empty');
  return timeOf((n) => {
    for (let i = 0; i < n; i++) empty();
  }, turns);
}

/** A method of the test addon, in one of its variants. */
export function method(variant, name) {
  const { counter, Echo } = openCounter(variant);
  const loops = {
    value: (n) => {
      for (let i = 0; i < n; i++) counter.value();
    },
    number: (n) => {
      for (let i = 0; i < n; i++) counter.add(1);
    },
    string: (n) => {
      for (let i = 0; i < n; i++) Echo.string(text);
    },
    bytes: (n) => {
      for (let i = 0; i < n; i++) Echo.sum(bytes);
    },
  };
  return timeOf(loops[name], turns);
}

/** A generated method that takes a number, a text and bytes. */
export function take() {
  const tally = createRequire(import.meta.url)('../../build/toolkit/tally').Counter.open();
  return timeOf((n) => {
    for (let i = 0; i < n; i++) tally.take(1, text, bytes);
  }, turns);
}

/** From JavaScript into Go and back, and nothing else. */
export function crossing() {
  const { nothing } = rival('percall');
  return timeOf((n) => {
    for (let i = 0; i < n; i++) nothing();
  }, turns);
}

/** The same with a number that stands for an object, and a number as the result. */
export function value() {
  const { value } = rival('percall');
  return timeOf((n) => {
    for (let i = 0; i < n; i++) value(1);
  }, turns);
}

/** The same with a number, a text and bytes. */
export function takeOnce() {
  const { takeOnce } = rival('percall');
  return timeOf((n) => {
    for (let i = 0; i < n; i++) takeOnce(1, text, bytes);
  }, turns);
}

export function twoCrossings() {
  const { nothing } = rival('percall');
  return timeOf((n) => {
    for (let i = 0; i < n; i++) {
      nothing();
      nothing();
    }
  }, turns);
}

/** The same by the addon that crosses for each call of Node-API. */
export function perCall(name) {
  const { take, add, text: echo, sum } = rival('percall');
  return timeOf(callsOf(take, add, echo, sum)[name], turns);
}

/** The same through koffi, into a Go library. */
export function koffi(name) {
  const koffi = createRequire(new URL('../package.json', import.meta.url))('koffi');
  const library = koffi.load(rival('clib'));
  const owned = koffi.disposable('Owned', 'str'); // copied, then given to free()
  const add = library.func('double Add(double n)');
  const echo = library.func('Text', owned, ['str']);
  const sum = library.func('double Sum(const uint8_t *p, size_t n)');
  const take = library.func('double Take(double n, const char *s, const uint8_t *p, size_t length)');
  const calls = callsOf(
    (number, letters, data) => take(number, letters, data, data.length),
    add,
    echo,
    (data) => sum(data, data.length),
  );
  return timeOf(calls[name], { batch: 20, rounds: 100 }); // a call into Go takes a fifth of a millisecond
}

function callsOf(take, add, echo, sum) {
  return {
    take: (n) => {
      for (let i = 0; i < n; i++) take(1, text, bytes);
    },
    number: (n) => {
      for (let i = 0; i < n; i++) add(1);
    },
    string: (n) => {
      for (let i = 0; i < n; i++) echo(text);
    },
    bytes: (n) => {
      for (let i = 0; i < n; i++) sum(bytes);
    },
  };
}
