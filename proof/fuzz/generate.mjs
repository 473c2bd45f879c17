// Makes cases of random calls. A case is plain JSON, so that it can be kept, shrunk and run again:
// { surface, mode, threads: [[call, ...], ...] }, each call one of
//   { label, this?: [owner, nth], value?: a description for `this`, args: [description, ...], wait }
//   { op: 'turn' | 'collect' | 'terminate' | 'iterate', ... }

import { anyValue } from './values.mjs';

const lengths = { tokens: 16, arguments: 14, sequences: 22 };

/** Makes a case for a surface. */
export function makeCase(surface, name, mode, random) {
  const members = chosen(surface, mode);
  const threads = mode === 'sequences' || random.once(4) ? 1 + random.below(3) : 1;
  const make = (thread) => () => makeCall(surface, members, mode, random, thread, threads);
  return {
    surface: name,
    mode,
    threads: Array.from({ length: threads }, (_, thread) =>
      Array.from({ length: 4 + random.below(lengths[mode]) }, make(thread)),
    ),
  };
}

const takesToken = ({ label }) =>
  label.endsWith('.attach') ||
  label.startsWith('raw ') ||
  /^native\.(is|free|share|set|det|bind)/.test(label);
const isLifecycle = ({ name, label }) =>
  /^(attach|share|detach|free|freeSync|freeAll|token|freed|handles|stats|enter|tryEnter|leave|run|@.*dispose)/i.test(
    name ?? label,
  );

/** The members for a mode; in sequences half of the calls are those that begin and end something. */
function chosen({ members }, mode) {
  if (mode === 'tokens') return members.filter(takesToken);
  if (mode === 'arguments') return members;
  const usual = members.filter(({ label }) => !label.startsWith('raw ') && !label.startsWith('native.'));
  const lifecycle = usual.filter(isLifecycle);
  const copies = Math.max(1, Math.floor(usual.length / lifecycle.length));
  return [...usual, ...Array(copies).fill(lifecycle).flat()];
}

function makeCall(surface, members, mode, random, thread, threads) {
  if (mode === 'sequences' && random.once(6)) return makeOp(random, thread, threads);
  const member = random.pick(members);
  const args = argumentsFor(surface, member, mode, random);
  const call = { label: member.label, args, wait: random.once(3) };
  if (!member.owner || member.isStatic || member.isNew) return call;
  if (mode === 'arguments' && random.once(8)) return { ...call, value: anyValue(random, 1) };
  const owner = random.once(12) ? 'any' : member.owner;
  return { ...call, this: [owner, random.below(6)] };
}

function makeOp(random, thread, threads) {
  if (thread === 0 && threads > 1 && random.once(24))
    return { op: 'terminate', thread: 1 + random.below(threads - 1) };
  return random.once(10) ? { op: 'collect' } : { op: 'turn', turns: 1 + random.below(3) };
}

function argumentsFor({ params }, { label }, mode, random) {
  const known = params.get(label) ?? plausible(label)?.(random);
  if (mode === 'tokens' && !label.startsWith('raw '))
    return [['token', ...tokenDetails(random)], ...rest(label, random)];
  if (Array.isArray(known?.[0]))
    return random.once(mode === 'sequences' ? 8 : 2) ? anyArguments(random) : known;
  if (!known) return isLifecycleOption(label) && mode !== 'arguments' ? [] : anyArguments(random);
  const count = random.once(8) ? random.below(known.length + 2) : known.length;
  return Array.from({ length: count }, (_, i) => argumentFor(known[i], mode, random));
}

const isLifecycleOption = (label) => /\.(free|detach|share|@\w+)/.test(label);

const anyArguments = (random) => Array.from({ length: random.below(4) }, () => anyValue(random));

const details = [
  'same',
  'bit',
  'plus',
  'negative',
  'fraction',
  'twice',
  'string',
  'bigint',
  'boxed',
  'valueOf',
];

function tokenDetails(random) {
  return [random.below(8), random.pick(details), random.below(53)];
}

/** After the token of a native function: a deadline, a class, a site. */
function rest(label, random) {
  return label.startsWith('native.') ? [['number', String(random.below(20))]] : [];
}

function argumentFor(param, mode, random) {
  if (param?.kind === 'token') return ['token', ...tokenDetails(random)];
  const isWild = random.once(mode === 'sequences' ? 12 : 2);
  const value = !param || isWild ? anyValue(random) : fitting(param, random);
  const isLarge = param?.most !== undefined && ['number', 'bigint', 'token'].includes(value[0]);
  return isLarge ? ['number', String(random.below(param.most))] : value;
}

/** A value of the kind that the parameter takes. */
function fitting({ kind, name, rest: isRest, schema }, random) {
  switch (kind) {
    case 'boolean':
      return ['boolean', random.once(2)];
    case 'string':
      return ['string', random.pick(['a', '', 'wait', name, 'plain', 'error', 'ä'])];
    case 'bytes':
    case 'data':
      return random.pick([
        ['buffer', 64],
        ['shared', 64, true],
        ['resizable', 64],
        ['bytes', 0, 4096],
      ]);
    case 'handle':
      return ['handle', random.below(8)];
    case 'callback':
      return [
        'function',
        random.pick(['nothing', 'throw', 'free', 'freeSync', 'detach', 'collect']),
        random.below(6),
      ];
    case 'date':
      return ['date', '1000'];
    case 'encoded':
      return isRest ? ['json', 'x'] : encoded(schema, random);
    default:
      return ['number', String(random.below(12))];
  }
}

function encoded(schema, random) {
  if (schema?.list !== undefined) return ['list', [encoded(schema.list, random)]];
  if (schema === 'string') return ['string', 'a'];
  return random.pick([
    ['json', {}],
    ['json', []],
    ['json', null],
    ['number', '1'],
    ['deep', 10],
  ]);
}

const options = (...list) => ['object', list];
const text = (value) => ['string', value];
const number = (value) => ['number', String(value)];

const token = (random) => [['token', random.below(6), 'same', 0]];
const deadline = (random) => [options(['deadline', number(random.pick([0, 1, 20]))])];

/** Arguments that are right, of what has no description. */
const usual = {
  'Handle.attach': token,
  'Guard.run': (random) => [
    ['function', random.pick(['nothing', 'free', 'detach', 'throw']), random.below(6)],
  ],
  'MappedFile.read': (random) => [number(random.below(900)), number(random.below(90))],
  'MappedFile.count': () => [text('o'), options(['signal', ['signal', 'soon']])],
  'MappedFile.indexOf': (random) => [text('three'), number(random.below(700))],
  'MappedFile.lines': (random) => [number(random.below(50)), number(3)],
  'Bus.topic': (random) => [text(random.pick(['t', 'u', 'v']))],
  'Bus.open': () => [['undefined']],
  'Bus.deleteTopic': (random) => [text(random.pick(['t', 'v']))],
  'Topic.publish': (random) => [['buffer', 64], options(['id', text(random.pick(['a', 'b']))])],
  'Topic.post': (random) => [random.pick([['buffer', 64], text('posted'), ['shared', 64, true]])],
  'Topic.publishBatch': () => [
    ['list', [text('a'), options(['data', text('b')], ['headers', ['json', { h: 'v' }]])]],
  ],
  'Topic.subscribe': (random) => [
    random.pick([
      options(['from', text('first')]),
      options(['group', text('g')]),
      options(['batch', number(3)], ['lost', text('skip')]),
    ]),
  ],
  'Topic.read': (random) => [number(1 + random.below(3)), number(2)],
  'Topic.restore': (random) => [
    ['iterable', random.pick(['sync', 'async', 'stalls']), ['buffer', 8], 'nothing', 0],
  ],
  'Topic.deleteGroup': () => [text('g')],
  'Subscription.ack': () => [['event']],
  'Subscription.nak': () => [['event'], options(['delay', number(5)])],
};

function plausible(label) {
  if (label.endsWith('.attach')) return token;
  if (label.endsWith('.free') || label.endsWith('.freeSync')) return deadline;
  if (label.endsWith('.share')) return () => [options(['ttl', number(20)])];
  return usual[label];
}
