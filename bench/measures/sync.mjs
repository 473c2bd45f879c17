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

/** The same by the addon that crosses for each call of Node-API. */
export function perCall(name) {
  const { add, text: echo, sum } = rival('percall');
  return timeOf(callsOf(add, echo, (data) => sum(data))[name], turns);
}

/** The same through koffi, into a Go library. */
export function koffi(name) {
  const koffi = createRequire(new URL('../package.json', import.meta.url))('koffi');
  const library = koffi.load(rival('clib'));
  const owned = koffi.disposable('Owned', 'str'); // copied, then given to free()
  const add = library.func('double Add(double n)');
  const echo = library.func('Text', owned, ['str']);
  const sum = library.func('double Sum(const uint8_t *p, size_t n)');
  return timeOf(callsOf(add, echo, (data) => sum(data, data.length))[name], { batch: 20, rounds: 100 });
}

function callsOf(add, echo, sum) {
  return {
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
