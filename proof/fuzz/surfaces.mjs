// What is called: all that the modules export, found by looking, so that nothing new is left out.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { inspect } from 'node:util';
import { root } from '../../cli/run.mjs';

const require = createRequire(import.meta.url);
const fileOf = (folder) => path.join(folder, 'words.txt');

/** Why something is not called with any argument, or at all. */
export const left = {
  'Panicker.goexit': 'runtime.Goexit on the JS thread is fatal, as documented',
  'Process.start': 'starts any program',
  'Process.startPlain': 'starts any program',
  'Process.wait': 'waits for any process',
  'Runtime.signalThreads': 'sends any signal to this process',
  'Runtime.spinAndGC': 'a second of spinning, and no arguments',
  'Runtime.spinAndGCAsync': 'a second of spinning, and no arguments',
  'Runtime.addOps': 'writes to a state word',
  'Runtime.starve': 'takes the memory of this process away',
  'Runtime.feed': 'gives back what Runtime.starve took',
  'Runtime.descend': 'half a second, and no arguments',
  'shapes.spinAndCollect': 'a second of spinning, and no arguments',
  'shapes.greetLater': "has no handle, and never ends with 'wait'",
  'Source.entries': "has no context, and never ends with 'wait'",
  'native.setup': 'replaces what the shim calls, once for each env',
  'native.trace': 'turns tracing on for the whole process',
};

// Of the test addons: how long, how often, how much. Not to wait for an hour is no finding.
const amounts = [
  'ms',
  'closeMs',
  'n',
  'length',
  'rounds',
  'each',
  'goroutines',
  'depth',
  'last',
  'half',
  'size',
  'to',
  'from',
];
const mostAmount = 12;

/** Loads a surface: { classes, functions, open(folder), misuse() }. */
export function loadSurface(name, variant) {
  if (name === 'test') return testSurface(variant);
  if (name === 'shapes') return shapesSurface();
  const exported = require(name === 'bus' ? path.join(root, 'lib', 'bus') : root);
  const { freeAll, handles, stats } = exported;
  const { Guard, MappedFile, Handle, Bus, Topic, Subscription, BusEvent } = exported;
  const classes =
    name === 'bus' ? { Bus, Topic, Subscription, Handle, BusEvent } : { Guard, MappedFile, Handle };
  const open = name === 'bus' ? openBus(Bus) : openHandles(exported);
  return surface({
    classes,
    functions: { freeAll, handles, stats },
    prefix: `${name}.`,
    open,
    overview: exported,
  });
}

const openHandles =
  ({ Guard, MappedFile }) =>
  async (folder) => {
    writeFileSync(fileOf(folder), 'one two\nthree\n'.repeat(50));
    return [
      new Guard(),
      await MappedFile.open(fileOf(folder)),
      new Guard(),
      await MappedFile.open(fileOf(folder)),
    ];
  };

const openBus = (Bus) => async () => {
  const bus = await Bus.open();
  const topic = await bus.topic('t');
  await topic.publishBatch(['one', { data: 'two', headers: { a: 'b' } }]);
  const plain = await topic.subscribe({ from: 'first' });
  return [
    bus,
    topic,
    plain,
    await topic.subscribe({ group: 'g', batch: 2 }),
    await bus.topic('u', { maxEvents: 3 }),
  ];
};

function testSurface(variant = 'test') {
  const { addon, native, ...classes } = require(path.join(root, 'test', 'support', 'addon.js')).loadTestAddon(
    variant,
  );
  const { Counter, Sleeper, Panicker } = classes;
  const open = async () => {
    const counter = Counter.open(1);
    return [counter, Sleeper.open(1), Panicker.open(), counter.child('child'), Sleeper.open()];
  };
  const misuse = () => Counter.usedAfterClose();
  const { members, ...functions } = native;
  delete functions.empty; // an empty call, for benchmarks
  const raw = Object.fromEntries(members.map((call, i) => [labelOf(addon, i), call]));
  return surface({
    classes,
    functions: { ...functions, ...raw },
    prefix: 'native.',
    open,
    misuse,
    described: addon,
  });
}

function labelOf({ members, classes }, i) {
  return `${classes[members[i].class] ?? ''}.${members[i].name}`;
}

function shapesSurface() {
  const exported = require(path.join(root, 'build', 'toolkit', 'shapes'));
  const list = Object.entries(exported);
  const isClass = ([, value]) => value.prototype?.free !== undefined;
  const classes = Object.fromEntries(list.filter(isClass));
  const functions = Object.fromEntries(list.filter((entry) => !isClass(entry)));
  const { Task, Source, Folder, Bell } = classes;
  const open = async () => {
    const folder = new Folder('root');
    return [new Task(), new Source(), folder, folder.sub('below'), new Bell()];
  };
  const { loadNative } = require(path.join(root, 'lib', 'load.js'));
  const described = JSON.parse(
    loadNative({ file: path.join(root, 'build', 'toolkit', 'shapes', 'shapes.node') }).describe(),
  );
  const misuse = () => exported.countLives().misused;
  return surface({ classes, functions, prefix: 'shapes.', open, misuse, described });
}

function surface({ classes, functions, prefix, open, misuse = () => 0, overview, described }) {
  const { freeAll, handles, stats } = overview ?? require(path.join(root, 'lib', 'overview.js'));
  const members = [];
  for (const [name, Class] of Object.entries(classes)) members.push(...membersOf(name, Class));
  for (const name of Object.keys(functions))
    members.push({ name, label: `${name.includes('.') ? 'raw ' : prefix}${name}` });
  const called = members.filter(({ label }) => left[label.replace('raw ', '')] === undefined);
  const params = described ? parametersOf(described, prefix === 'native.') : new Map();
  return { classes, functions, members: called, params, open, misuse, freeAll, handles, stats };
}

function membersOf(owner, Class) {
  const members = [{ owner, isNew: true, label: `new ${owner}` }];
  for (const key of Reflect.ownKeys(Class)) {
    if (typeof Class[key] === 'function') members.push({ owner, isStatic: true, ...named(key, owner) });
  }
  const keys = new Set();
  for (let each = Class.prototype; each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const key of Reflect.ownKeys(each))
      if (key !== 'constructor' && key !== inspect.custom) keys.add(key);
  }
  for (const key of keys) members.push({ owner, ...named(key, owner) });
  return members;
}

function named(key, owner) {
  const name = typeof key === 'symbol' ? `@${key.description}` : key;
  return { name, label: `${owner}.${name}` };
}

/** The property of that name; symbols are written with an @. */
export function keyOf(target, name) {
  if (!name.startsWith('@')) return name;
  for (let each = Object(target); each; each = Object.getPrototypeOf(each)) {
    const key = Object.getOwnPropertySymbols(each).find(({ description }) => `@${description}` === name);
    if (key) return key;
  }
  return name;
}

/** What is known of parameters, by label: [{ name, kind, most }]; `most` bounds an amount. */
function parametersOf({ members, classes }, isRaw) {
  const map = new Map();
  for (const { class: number, name, params, construct, static: isStatic } of members) {
    const found = params.map((param) => ({
      ...param,
      most: amounts.includes(param.name) ? mostAmount : undefined,
    }));
    const label = number < 0 ? `shapes.${name}` : `${classes[number]}.${name}`;
    map.set(construct ? `new ${classes[number]}` : label, found);
    const token = isStatic ? [] : [{ name: 'token', kind: 'token' }];
    if (isRaw) map.set(`raw ${classes[number]}.${name}`, [...token, ...found]);
  }
  return map;
}
