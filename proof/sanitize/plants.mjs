// The planted bugs: what is changed in a copy of a source file, and what the sanitizer must say of it. They are laid
// over the sources by go's -overlay, so the repository never has them. All of one sanitizer are in the same build.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../cli/run.mjs';
import { replaceOnce, writeOverlay } from '../runner/overlay.mjs';

/** By sanitizer: { what, file, changes: [[from, to]...], title and name: of the report and the function in it }. */
export const plants = {
  address: [
    {
      what: 'an entry of a ledger is used after it was freed',
      file: 'addon/ledger.c',
      changes: [
        ['  release(e);\n  qs__unref_env(q);\n', '  release(e);\n  if (e->token != 0) qs__unref_env(q);\n'],
      ],
      title: 'heap-use-after-free',
      name: 'finalize_bound',
    },
    {
      what: 'the list of calls is written beyond its end',
      file: 'addon/async.c',
      changes: [['i < room; i++) {\n', 'i <= room; i++) {\n']],
      title: 'heap-buffer-overflow',
      name: 'grow_calls',
    },
    {
      what: 'the memory of a result is not given back',
      file: 'addon/results.c',
      changes: [['v->length);\n  qs__drop_value(q, v);\n', 'v->length);\n']],
      title: 'leak',
      name: 'qs__alloc',
    },
  ],
  thread: [
    {
      what: 'the list of a ledger grows without its lock',
      file: 'addon/ledger.c',
      changes: [
        ['qs_entry *e) {\n  pthread_mutex_lock(&l->lock);\n  bool ok', 'qs_entry *e) {\n  bool ok'],
        ['  pthread_mutex_unlock(&l->lock);\n  return ok;', '  return ok;'],
      ],
      title: 'data race',
      name: 'insert',
    },
    {
      what: 'the count of a ledger is written as a plain number',
      file: 'addon/ledger.c',
      changes: [
        [
          'atomic_store_explicit(&e->count, count + 1, memory_order_relaxed);',
          '*(uint32_t *)&e->count = count + 1;',
        ],
      ],
      title: 'data race',
      name: 'enter',
    },
    {
      what: 'the memory of a result is handed over to nobody in particular',
      file: 'addon/system.c',
      changes: [['  QS_HAND_OVER(p);\n', '']],
      title: 'data race',
      name: 'qs__alloc',
    },
  ],
  race: [
    {
      what: 'completions are taken without the lock of their queue',
      file: 'addon/door/env.go',
      changes: [
        ['\t\te.mu.Lock()\n\t\te.taking, e.queue, e.taken = e', '\t\te.taking, e.queue, e.taken = e'],
        ['e.signalled = len(e.taking) > 0\n\t\te.mu.Unlock()\n', 'e.signalled = len(e.taking) > 0\n'],
      ],
      title: 'DATA RACE',
      name: 'door.Take()',
    },
  ],
};

/** Writes the changed files into `folder` and returns go's -overlay for them. */
export function plant(sanitizer, folder) {
  const texts = {};
  for (const { file, changes } of plants[sanitizer]) {
    const text = texts[file] ?? readFileSync(path.join(root, file), 'utf8');
    texts[file] = changes.reduce((before, [from, to]) => replaceOnce(before, from, to, file), text);
  }
  return writeOverlay(folder, texts);
}
