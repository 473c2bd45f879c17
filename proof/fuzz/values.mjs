// Values of every kind, as JSON tells them: [kind, ...details]. A case that was found is such JSON, and comes again.

import { common, effect, effectNames } from './effects.mjs';

const numbers = [
  '0',
  '-0',
  'NaN',
  'Infinity',
  '-Infinity',
  '-1',
  '1',
  '0.5',
  '5e-324',
  '1e300',
  '2147483647',
];
numbers.push('2147483648', '4294967296', '9007199254740991', '9007199254740992', '-9007199254740993');
const bigints = [
  '0',
  '-1',
  '1',
  '9007199254740993',
  '-9223372036854775808',
  '18446744073709551615',
  `1${'0'.repeat(40)}`,
];
const strings = [
  '',
  'a',
  '0',
  'b.c',
  '..',
  '\0',
  '\ud800',
  'ä€𝄞',
  '__proto__',
  'constructor',
  'wait',
  'first',
  'new',
];
const arrays = [Uint8Array, Int8Array, Uint16Array, Float32Array, Float64Array, BigInt64Array, DataView];
const sizes = [0, 1, 7, 8, 64, 4096, 70_000];
const names = [
  'deadline',
  'ttl',
  'signal',
  'headers',
  'id',
  'from',
  'group',
  'batch',
  'maxInFlight',
  'ackWait',
  'lost',
];
names.push(
  'delay',
  'maxEvents',
  'maxBytes',
  'maxAge',
  'data',
  'word',
  'count',
  'label',
  'limit',
  'name',
  'left',
  'seq',
);

// None that has freeSync() wait for ever for a thread that waits for this one.
const deadlines = ['0', '1', '20', '-1', 'NaN', 'Infinity'];

/** Makes the description of any value; `depth` bounds how deep it goes. */
export function anyValue(random, depth = 2) {
  const kinds = depth > 0 ? [...simple, ...compound] : simple;
  const kind = random.pick(kinds);
  return [kind, ...(details[kind]?.(random, depth - 1) ?? [])];
}

export const tokenChanges = [
  'same',
  'bit',
  'plus',
  'negative',
  'string',
  'bigint',
  'boxed',
  'valueOf',
  'fraction',
  'twice',
];

const simple = [
  'undefined',
  'null',
  'boolean',
  'number',
  'bigint',
  'string',
  'symbol',
  'long',
  'token',
  'handle',
  'bytes',
  'buffer',
];
simple.push('shared', 'resizable', 'detached', 'date', 'function', 'signal', 'json', 'event');
const compound = ['object', 'list', 'proxy', 'getters', 'thenable', 'iterable', 'round', 'hostile', 'deep'];

const effectOf = (random) => [random.pick(effectNames), random.below(6)];

const details = {
  boolean: (random) => [random.once(2)],
  number: (random) => [random.once(3) ? String(random.below(300)) : random.pick(numbers)],
  bigint: (random) => [random.pick(bigints)],
  string: (random) => [random.pick(strings)],
  long: (random) => [random.pick([300, 70_000]), random.pick(['x', '€'])],
  token: (random) => [random.below(8), random.pick(tokenChanges), random.below(53)],
  handle: (random) => [random.below(8)],
  bytes: (random) => [random.below(arrays.length), random.pick(sizes)],
  buffer: (random) => [random.pick(sizes)],
  shared: (random) => [random.pick(sizes), random.once(2)],
  resizable: (random) => [random.pick(sizes)],
  date: (random) => [random.pick(['0', '1e15', '8.64e15', 'NaN', '-1'])],
  function: effectOf,
  signal: (random) => [random.pick(['idle', 'aborted', 'soon', 'fake'])],
  json: (random) => [random.pick([true, 'x', 5, [], {}, [[1]], { a: { b: null } }])],
  object: (random, depth) => [entries(random, depth)],
  getters: (random, depth) => [entries(random, depth), ...effectOf(random)],
  proxy: (random, depth) => [anyValue(random, depth), ...effectOf(random)],
  list: (random, depth) => [Array.from({ length: random.below(4) }, () => anyValue(random, depth))],
  thenable: (random) => [random.pick(['resolves', 'rejects', 'twice', 'throws']), ...effectOf(random)],
  iterable: (random, depth) => [
    random.pick(['sync', 'async', 'broken', 'stalls']),
    anyValue(random, depth),
    ...effectOf(random),
  ],
  hostile: (random) => [...effectOf(random)],
  deep: (random) => [random.pick([10, 1100])],
};

function entries(random, depth) {
  return Array.from({ length: random.below(3) }, () => {
    const name = random.pick(names);
    return [name, name === 'deadline' ? ['number', random.pick(deadlines)] : anyValue(random, depth)];
  });
}

/** Makes the value of a description, for a call in this world. */
export function makeValue(world, [kind, ...rest]) {
  return makers[kind](world, ...rest);
}

const registered = (world, buffer) => {
  world.buffers.push(buffer);
  return buffer;
};

const makers = {
  undefined: () => undefined,
  null: () => null,
  boolean: (_, value) => value,
  number: (_, text) => Number(text),
  bigint: (_, text) => BigInt(text),
  string: (_, text) => text,
  symbol: () => Symbol('any'),
  long: (_, length, unit) => unit.repeat(length),
  json: (_, value) => structuredClone(value),
  date: (_, ms) => new Date(Number(ms)),
  event: (world) => world.events.at(-1) ?? { seq: 1 },
  token: (world, which, change, amount) => changed(world.token(which), change, amount),
  handle: (world, which) => world.handle(which),
  bytes(world, type, size) {
    const buffer = registered(world, new ArrayBuffer(size - (size % 8) + 8));
    return new arrays[type](buffer, 0, arrays[type].BYTES_PER_ELEMENT ? Math.floor(size / 8) : size);
  },
  buffer: (_, size) => Buffer.alloc(size, 7),
  shared: (_, size, isView) => (isView ? new Uint8Array(common, 0, size) : common),
  resizable(world, size) {
    const buffer = registered(world, new ArrayBuffer(size, { maxByteLength: size + 100_000 }));
    return new Uint8Array(buffer);
  },
  detached() {
    const view = new Uint8Array(64);
    structuredClone(view.buffer, { transfer: [view.buffer] });
    return view;
  },
  function:
    (world, ...doing) =>
    () =>
      effect(world, ...doing),
  signal: (world, when) => signalOf(world, when),
  object: (world, list) => Object.fromEntries(list.map(([name, value]) => [name, makeValue(world, value)])),
  getters(world, list, ...doing) {
    const get = (value) => () => {
      effect(world, ...doing);
      return value;
    };
    const made = list.map(([name, value]) => [name, { get: get(makeValue(world, value)), enumerable: true }]);
    return Object.defineProperties({}, Object.fromEntries(made));
  },
  proxy(world, target, ...doing) {
    const inner = Object(makeValue(world, target));
    const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'].map((trap) => [
      trap,
      (...args) => {
        effect(world, ...doing);
        return Reflect[trap](...args);
      },
    ]);
    return new Proxy(inner, Object.fromEntries(traps));
  },
  list: (world, list) => list.map((each) => makeValue(world, each)),
  thenable: (world, how, ...doing) => thenable(world, how, doing),
  iterable: (world, how, item, ...doing) => iterable(world, how, makeValue(world, item), doing),
  round() {
    const round = { list: [] };
    round.list.push(round);
    return round;
  },
  hostile(world, ...doing) {
    const run = () => {
      effect(world, ...doing);
      return 1;
    };
    return { valueOf: run, toString: run, toJSON: run, [Symbol.toPrimitive]: run };
  },
  deep(_, depth) {
    let tree = null;
    for (let i = 0; i < depth; i++) tree = { name: '', left: tree };
    return tree;
  },
};

function changed(token, change, amount) {
  switch (change) {
    case 'bit':
      return Number((BigInt(token) ^ (1n << BigInt(amount))) & ((1n << 64n) - 1n));
    case 'plus':
      return token + amount - 26;
    case 'negative':
      return -token;
    case 'fraction':
      return token / 2 + 0.5;
    case 'twice':
      return token * 2 ** amount;
    case 'string':
      return String(token);
    case 'bigint':
      return BigInt(token);
    case 'boxed':
      return Object(token);
    case 'valueOf':
      return { valueOf: () => token };
    default:
      return token;
  }
}

function signalOf(world, when) {
  if (when === 'fake') return { aborted: false, addEventListener() {}, removeEventListener() {} };
  const controller = new AbortController();
  world.controllers.push(controller);
  if (when === 'aborted') controller.abort();
  if (when === 'soon') setImmediate(() => controller.abort());
  return controller.signal;
}

function thenable(world, how, doing) {
  return {
    // biome-ignore lint/suspicious/noThenProperty: that is what it is for
    then(resolve, reject) {
      effect(world, ...doing);
      if (how === 'throws') effect(world, 'throw');
      if (how !== 'rejects') resolve(1);
      if (how !== 'resolves') reject(new Error('rejected'));
    },
  };
}

function iterable(world, how, item, doing) {
  let left = 3;
  const step = () => {
    effect(world, ...doing);
    if (how === 'broken') return 5;
    if (how === 'stalls') return new Promise(() => {});
    const result = { done: left-- === 0, value: item };
    return how === 'async' ? Promise.resolve(result) : result;
  };
  const iterator = { next: step, return: () => ({ done: true }) };
  return { [how === 'sync' ? Symbol.iterator : Symbol.asyncIterator]: () => iterator };
}
