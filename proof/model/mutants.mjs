// The mutants of guard.pml: what the protocol would be without one of its precautions. Each is a list of [text, other
// text]; a text that is not there exactly once, is a failure, so that a mutant cannot outlive what it breaks.

const store = [
  'short abandoned;',
  'short abandoned, seen[32]; /* what a thread has loaded and means to store */',
];
const addition = 'inline add(h) {\n  word[slot[h]] = (word[slot[h]] + 1) & WORD_MASK;\n  atomic {\n';
const leaving = '  :: atomic { h != 0 -> inside[h] = inside[h] - n; decrement(h, n) }; settle(h); break';
const parking = ':: atomic { permit[slot[h]] -> permit[slot[h]] = false }';
const publishing = '    word[slot[h]] = (word[slot[h]] + PUBLISH) & WORD_MASK;';
const beginning = '#define mayBegin(h)  accepts(h)';

/**
 * Each is { name, ground: the configuration that shows it, property: what the first error that is found there violates,
 * patches }. Any other error would show that the patch broke something else.
 */
export const mutants = [
  mutant('an enter does not look again after its add', 'small', 'EnteredTooLate', [
    ':: isOpen(word[slot[h]], generation[h]) -> entersNow(h); break',
    ':: true -> entersNow(h); break',
  ]),
  mutant('an enter loads, checks and stores', 'small', 'Leak', store, [
    addition,
    'inline add(h) {\n  seen[_pid] = word[slot[h]];\n  atomic {\n    word[slot[h]] = (seen[_pid] + 1) & WORD_MASK;\n',
  ]),
  mutant('a leave loads and stores', 'small', 'Underflow', store, [
    leaving,
    `  :: atomic { h != 0 -> inside[h] = inside[h] - n; seen[_pid] = word[slot[h]] };
    atomic { word[slot[h]] = seen[_pid]; decrement(h, n) }; settle(h); break`,
  ]),
  mutant('begin-free does not look whether another has won', 'small', 'TwoWinners', [
    beginning,
    '#define mayBegin(h)  (published >= h && word[slot[h]] >> SHIFT == generation[h])',
  ]),
  mutant('begin-free does not look at the generation', 'small', 'WrongIncarnation', [
    beginning,
    '#define mayBegin(h)  (published >= h && !(word[slot[h]] & FREEING))',
  ]),
  mutant("a refused enter's decrement wakes nobody", 'small', 'Leak', [
    '  atomic { decrement(h, 1) };\n  settle(h)\n}',
    '  atomic { decrement(h, 1) };\n  h = 0\n}',
  ]),
  mutant('a leaver wakes before it decrements', 'small', 'Leak', [
    leaving,
    `  :: atomic { h != 0 -> inside[h] = inside[h] - n; wake(slot[h]) }; atomic { decrement(h, n); h = 0 }; break`,
  ]),
  mutant('the winner does not look again after it made the parker', 'small', 'LostWakeUp', [
    '-> parkerMade[slot[h]] = true\n',
    '-> parkerMade[slot[h]] = true; atomic { permit[slot[h]] -> permit[slot[h]] = false }\n',
  ]),
  mutant('the winner does not look again after a wake-up', 'small', 'ReleasedUnderAnOp', [
    parking,
    ':: atomic { permit[slot[h]] -> permit[slot[h]] = false; startClose(h) }; break',
  ]),
  mutant('an abandoned release is taken by a load and a store', 'small', 'ReleasedTwice', [
    `  atomic {
    if
    :: (word[slot[h]] & ABANDONED) && ops(slot[h]) == 0 ->
      word[slot[h]] = word[slot[h]] & ~ABANDONED;
      abandoned--;
      startClose(entry[slot[h]]);
      h = 0;
      break
    :: else
    fi
  };`,
    `  if
  :: (word[slot[h]] & ABANDONED) && ops(slot[h]) == 0 ->
    atomic {
      word[slot[h]] = word[slot[h]] & ~ABANDONED;
      abandoned--;
      startClose(entry[slot[h]]);
      h = 0;
      break
    }
  :: else
  fi;`,
  ]),
  mutant('a time-out abandons though nobody is left to release', 'small', 'Leak', [
    ':: ops(slot[h]) == 0 -> startClose(h)\n  :: else -> word',
    ':: word',
  ]),
  mutant('the winner releases after a time-out', 'small', 'ReleasedTwice', [
    '| ABANDONED; abandoned++',
    '| ABANDONED; abandoned++; startClose(h)',
  ]),
  mutant(
    'recycling keeps the generation',
    'small',
    'WrongIncarnation',
    ['((1 << SHIFT) - FREEING)', '(-FREEING)'],
    ['((word[s] >> SHIFT) + 1) & LAST', '(word[s] >> SHIFT) & LAST'],
  ),
  mutant('recycling stores the word', 'small', 'Underflow', [
    publishing,
    '    word[slot[h]] = generation[h] << SHIFT;',
  ]),
  mutant(
    "the word is published before the table's entry",
    'small',
    'WrongEntry',
    [';\n  entry[s] = h\n}', '\n}'],
    ['    refusalsJustified\n  }\n}', '    refusalsJustified\n  };\n  entry[slot[h]] = h\n}'],
  ),
  mutant('generations wrap', 'retire', 'WrongIncarnation', [
    ':: generation[h] == LAST -> retired',
    ':: false -> retired',
  ]),
  mutant('each detach frees', 'envs', 'FreedUnderAttachment', [
    ':: attachments[h] == 0 -> wentLast(h)',
    ':: true -> wentLast(h)',
  ]),
  mutant('an attach succeeds after the last has gone', 'envs', 'LastTwice', [
    ':: attachments[h] == 0 -> demand(begun[h] || fallen[h], RefusedTooEarly)\n',
    ':: false\n',
  ]),
  mutant('a dying env gives its enters back twice', 'envs', 'Underflow', [
    'leave(h, held); held = 0',
    'leave(h, held); h = t; leave(h, held); held = 0',
  ]),
  mutant('a dying env gives nothing back', 'envs', 'Leak', ['leave(h, held); held = 0', 'held = 0']),
  mutant(
    'a child holds no enter of its parent',
    'family',
    'ParentClosedUnderChild',
    [' word[slot[p]]++ }', ' skip }'],
    ['    :: atomic { decrement(p, 1) }; settle(p); break\n', '    :: break\n'],
  ),
  mutant('an extension is refused once freeing began', 'family', 'ExtensionRefused', [
    'demand(ops(slot[p]) < OPS_LIMIT, ExtensionRefused)',
    'demand(accepts(p), ExtensionRefused)',
  ]),
  mutant('a late child is not freed', 'family', 'Leak', [
    '      :: else -> begin(c, BACKGROUND)\n',
    '      :: else\n',
  ]),
  mutant('the walk leaves no mark', 'family', 'Leak', ['walked = true; ', '']),
  mutant('a child is no attachment of its parent', 'family', 'FreedUnderAttachment', [
    ':: !walked -> attachHandle(1, ok)',
    ':: !walked -> ok = true',
  ]),
  mutant('an enter on a stripe does not look at the word', 'stripes', 'EnteredTooLate', [
    'if\n    :: isOpen(word[slot[opOf[i]]], generation[opOf[i]]) -> entersNow(opOf[i])',
    'if\n    :: true -> entersNow(opOf[i])',
  ]),
  mutant(
    'the winner does not look at stripes',
    'stripes',
    'ReleasedUnderAnOp',
    ['  :: striped[s] && none ->', '  :: striped[s] && none && false ->'],
    ['  :: !(striped[s] && none)\n', '  :: true\n'],
  ),
  mutant('who leaves a stripe does not look whether a free has begun', 'stripes', 'Leak', [
    'last = last && (word[s] & FREEING)',
    'last = false',
  ]),
  mutant(
    'who leaves a stripe looks at the word before',
    'stripes',
    'Leak',
    ['  :: atomic { k != 0 ->', '  :: k != 0 -> early = (word[s] & FREEING) != 0; atomic {'],
    ['last = last && (word[s] & FREEING)', 'last = last && early; early = false'],
    ['bool last, none, late;', 'bool last, none, late, early;'],
  ),
  mutant('an op leaves another stripe than it entered', 'stripes2', 'Underflow', [
    '  :: opOf[i] != 0 ->\n    leaveStripes(opOf[i], s, k,',
    '  :: opOf[i] != 0 ->\n    k = (k == 0 -> 0 : 3 - k); leaveStripes(opOf[i], s, k,',
  ]),
  mutant(
    'an op on a stripe extends itself in the word',
    'extends',
    'ReleasedUnderAnOp',
    [':: else -> at(s, k)++\n', ':: else -> word[s]++\n'],
    ['      units--;\n', '      units--; k = 0;\n'],
  ),
  mutant('the winner does not look again after it has given up', 'stripes', 'Leak', [
    'giveUp(h, slot[h], b, none); retake(h, slot[h], b, none); break',
    'giveUp(h, slot[h], b, none); break',
  ]),
  mutant('the second look is at whatever has the slot by then', 'stripes', 'WrongEntry', [
    ':: b >> SHIFT == generation[h]\n',
    ':: true\n',
  ]),
  mutant("a refused enter's decrement wakes nobody (liveness)", 'live', 'acceptance cycle', [
    '  atomic { decrement(h, 1) };\n  settle(h)\n}',
    '  atomic { decrement(h, 1) };\n  h = 0\n}',
  ]),
];

function mutant(name, ground, property, ...patches) {
  return { name, ground, property, patches };
}
