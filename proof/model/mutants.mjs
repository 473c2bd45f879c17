// The mutants of guard.pml: what the protocol would be without one of its precautions. Each is a list of [text, other
// text]; a text that is not there exactly once, is a failure, so that a mutant cannot outlive what it breaks.

const store = [
  'short abandoned;',
  'short abandoned, seen[32]; /* what a thread has loaded and means to store */',
];
const addition = '    word[slot[h]] = (word[slot[h]] + 1) & WORD_MASK;';
const leaving = '  :: atomic { h != 0 -> inside[h] = inside[h] - n; decrement(h, n) }; settle(h); break';
const parking = ':: atomic { permit[slot[h]] -> permit[slot[h]] = false }';
const publishing = '    word[slot[h]] = (word[slot[h]] + PUBLISH) & WORD_MASK;';
const beginning = '#define mayBegin(h)  accepts(h)';

/** Each is { name, ground: the configuration that shows it, patches }. */
export const mutants = [
  mutant('an enter does not look again after its add', 'small', [
    ':: isOpen(bits, generation[h]) -> entersNow(h); break',
    ':: true -> entersNow(h); break',
  ]),
  mutant('an enter loads, checks and stores', 'small', store, [
    `  atomic {\n${addition}`,
    '  seen[_pid] = word[slot[h]];\n  atomic {\n    word[slot[h]] = (seen[_pid] + 1) & WORD_MASK;',
  ]),
  mutant('a leave loads and stores', 'small', store, [
    leaving,
    `  :: atomic { h != 0 -> inside[h] = inside[h] - n; seen[_pid] = word[slot[h]] };
    atomic { word[slot[h]] = seen[_pid]; decrement(h, n) }; settle(h); break`,
  ]),
  mutant('begin-free does not look whether another has won', 'small', [
    beginning,
    '#define mayBegin(h)  (published >= h && word[slot[h]] >> SHIFT == generation[h])',
  ]),
  mutant('begin-free does not look at the generation', 'small', [
    beginning,
    '#define mayBegin(h)  (published >= h && !(word[slot[h]] & FREEING))',
  ]),
  mutant("a refused enter's decrement wakes nobody", 'small', [
    '  atomic { decrement(h, 1) };\n  settle(h)\n}',
    '  atomic { decrement(h, 1) };\n  h = 0\n}',
  ]),
  mutant('a leaver wakes before it decrements', 'small', [
    leaving,
    `  :: atomic { h != 0 -> inside[h] = inside[h] - n; wake(slot[h]) }; atomic { decrement(h, n); h = 0 }; break`,
  ]),
  mutant('the winner does not look again after it made the parker', 'small', [
    '-> parkerMade[slot[h]] = true\n',
    '-> parkerMade[slot[h]] = true; atomic { permit[slot[h]] -> permit[slot[h]] = false }\n',
  ]),
  mutant('the winner does not look again after a wake-up', 'small', [
    parking,
    ':: atomic { permit[slot[h]] -> permit[slot[h]] = false; startClose(h) }; break',
  ]),
  mutant('an abandoned release is taken by a load and a store', 'small', [
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
  mutant('a time-out abandons though nobody is left to release', 'small', [
    ':: ops(slot[h]) == 0 -> startClose(h)\n  :: else -> word',
    ':: word',
  ]),
  mutant('the winner releases after a time-out', 'small', [
    '| ABANDONED; abandoned++',
    '| ABANDONED; abandoned++; startClose(h)',
  ]),
  mutant(
    'recycling keeps the generation',
    'small',
    ['((1 << SHIFT) - FREEING)', '(-FREEING)'],
    ['((word[s] >> SHIFT) + 1) & LAST', '(word[s] >> SHIFT) & LAST'],
  ),
  mutant('recycling stores the word', 'small', [publishing, '    word[slot[h]] = generation[h] << SHIFT;']),
  mutant(
    "the word is published before the table's entry",
    'small',
    [';\n  entry[s] = h\n}', '\n}'],
    ['    refusalsJustified\n  }\n}', '    refusalsJustified\n  };\n  entry[slot[h]] = h\n}'],
  ),
  mutant('generations wrap', 'retire', [':: generation[h] == LAST -> retired', ':: false -> retired']),
  mutant('each detach frees', 'envs', [':: attachments[h] == 0 -> wentLast(h)', ':: true -> wentLast(h)']),
  mutant('an attach succeeds after the last has gone', 'envs', [
    ':: attachments[h] == 0 -> demand(begun[h] || fallen[h], RefusedTooEarly)\n',
    ':: false\n',
  ]),
  mutant('a dying env gives its enters back twice', 'envs', [
    'leave(h, held); held = 0',
    'leave(h, held); h = t; leave(h, held); held = 0',
  ]),
  mutant('a dying env gives nothing back', 'envs', ['leave(h, held); held = 0', 'held = 0']),
  mutant(
    'a child holds no enter of its parent',
    'family',
    [' word[slot[p]]++ }', ' skip }'],
    ['    :: atomic { decrement(p, 1) }; settle(p); break\n', '    :: break\n'],
  ),
  mutant('an extension is refused once freeing began', 'family', [
    'demand(ops(slot[p]) < OPS_LIMIT, ExtensionRefused)',
    'demand(accepts(p), ExtensionRefused)',
  ]),
  mutant('a late child is not freed', 'family', [
    '      :: else -> begin(c, BACKGROUND)\n',
    '      :: else\n',
  ]),
  mutant('the walk leaves no mark', 'family', ['walked = true; ', '']),
  mutant('a child is no attachment of its parent', 'family', [
    ':: !walked -> attachHandle(1, ok)',
    ':: !walked -> ok = true',
  ]),
  mutant("a refused enter's decrement wakes nobody (liveness)", 'live', [
    '  atomic { decrement(h, 1) };\n  settle(h)\n}',
    '  atomic { decrement(h, 1) };\n  h = 0\n}',
  ]),
];

function mutant(name, ground, ...patches) {
  return { name, ground, patches };
}
