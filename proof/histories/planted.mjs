// The guard with pauses between its atomic steps, and with bugs planted that are there on request: what go build's
// -overlay puts in place of guard's own files. A race that is won once in a million runs is won in every tenth then.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { replaceOnce, writeOverlay } from '../runner/overlay.mjs';

/** The bugs by name: what each does. The environment's QUIESCE_PLANTED names the one that is there. */
export const bugs = {
  'two-winners': 'of two begin-frees at once both win',
  'no-recheck': 'an enter does not look at the word again after it has added',
  'any-generation': 'a stale token enters the handle that has the slot by then',
  'no-drain': 'a winner does not wait for the ops in flight',
  'lost-release': 'a release is handed over though no op is in flight to take it',
  'lost-wake': 'a winner who waits is not woken by the last op to leave',
  'first-attach': 'an attach succeeds after the last attachment has gone',
};

const edits = {
  'word.go': [
    ['import "sync/atomic"', 'import (\n"math/rand/v2"\n"os"\n"runtime"\n"sync/atomic"\n)'],
    [
      'return bits>>31 == uint64(generation)<<1',
      'return bits>>31 == uint64(generation)<<1 || is("any-generation") && bits&freeingBit == 0',
    ],
    [
      'case isOpen(w.bits.Load(), generation):',
      'case isOpen(w.bits.Load(), generation) || is("no-recheck"):',
    ],
    [
      'if w.bits.CompareAndSwap(bits, bits|freeingBit) {',
      'pause()\nif w.bits.CompareAndSwap(bits, bits|freeingBit) || is("two-winners") {\npause()',
    ],
    [
      'func (w *word) drained() bool { return w.hasDrained(w.bits.Load()) }',
      'func (w *word) drained() bool { pause(); return w.hasDrained(w.bits.Load()) || is("no-drain") }',
    ],
    [
      'if w.hasDrained(bits) {\n\t\t\treturn false\n\t\t}\n\t\tif w.bits.CompareAndSwap(bits, bits|abandonedBit) {',
      'if w.hasDrained(bits) && !is("lost-release") {\n\t\t\treturn false\n\t\t}\n\t\tpause()\n' +
        'if w.bits.CompareAndSwap(bits, bits|abandonedBit) {\npause()',
    ],
    [
      'if w.bits.CompareAndSwap(bits, bits&^abandonedBit) {',
      'pause()\nif w.bits.CompareAndSwap(bits, bits&^abandonedBit) {',
    ],
    ['func (w *word) publish() {', 'func (w *word) publish() { pause();'],
  ],
  'table.go': [
    [
      'l := w.look()\n\tif l.bits-token.idle() < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1 {',
      'l := w.look()\n\tif is("any-generation") {\ntoken = token>>32<<32 | Token(l.bits>>32)\n}\npause()\n' +
        'if l.bits-token.idle() < OpsLimit && l.stripes == nil && addPaused(w) == l.bits+1 {',
    ],
  ],
  'stripes.go': [
    ['\ts.ops.Add(1)\n\treturn true', '\tpause()\ns.ops.Add(1)\npause()\n\treturn true'],
    [
      'if isOpen(w.bits.Load(), generation) {\n\t\treturn s, entered',
      'if isOpen(w.bits.Load(), generation) || is("no-recheck") {\n\t\treturn s, entered',
    ],
    [
      'return s.ops.Add(^uint64(0)) == 0 && w.bits.Load()&freeingBit != 0',
      'left := s.ops.Add(^uint64(0))\npause()\nreturn left == 0 && w.bits.Load()&freeingBit != 0',
    ],
    ['if s.at(i).ops.Load() != 0 {', 'pause()\nif s.at(i).ops.Load() != 0 {'],
    [
      'if w.bits.CompareAndSwap(bits, bits&^abandonedBit) {',
      'pause()\nif w.bits.CompareAndSwap(bits, bits&^abandonedBit) {',
    ],
  ],
  'parker.go': [['if c == nil {', 'if c == nil || is("lost-wake") {']],
  'attach.go': [
    [
      'if n <= 0 {\n\t\t\treturn false\n\t\t}\n\t\tif h.attachments.CompareAndSwap(n, n+1) {',
      'if n <= 0 && !is("first-attach") {\n\t\t\treturn false\n\t\t}\n\t\tpause()\nif h.attachments.CompareAndSwap(n, n+1) {',
    ],
    ['if n == 1 {', 'pause()\nif n == 1 {'],
  ],
};

const helpers = `
var planted = os.Getenv("QUIESCE_PLANTED")

func is(bug string) bool { return planted == bug }

// addPaused adds one op, with a pause after it.
func addPaused(w *word) uint64 {
	defer pause()
	return w.bits.Add(1)
}

// pause lets others run, every other time.
func pause() {
	if rand.Uint32()&1 == 0 {
		runtime.Gosched()
	}
}
`;

/** Writes the overlay into a folder; returns the path that -overlay takes. */
export function writePlanted(folder) {
  const files = {};
  for (const [name, list] of Object.entries(edits)) {
    const file = `guard/${name}`;
    const text = readFileSync(path.join(root, file), 'utf8');
    files[file] = list.reduce((before, [line, instead]) => replaceOnce(before, line, instead, file), text);
  }
  files['guard/word.go'] += helpers;
  return writeOverlay(folder, files);
}
