/*
 * The protocol of guard/ and of the ledger in addon/ledger.c, for Spin. One step here is one atomic access there:
 *
 *   here                     in the code
 *   word[s]                  word.bits of a slot: the same layout and the same arithmetic, with fewer bits
 *   fits, add, decrement     word.tryEnter and word.leave; in C enter, add, leave and leave_place
 *   mayBegin, begin, walk    word.begin, Handle.begin, Handle.walk
 *   settle                   word.claim, Table.settle, parker.wake
 *   startClose, Closer       Handle.startClose; its goroutine, and finish with giveSlot and orphan
 *   Waiter, abandon          freeing.waitWithin: waitForChildren, parker.await; word.abandon
 *   open                     Table.open: takeSlot, the entry's store, word.publish
 *   attach, detach           Table.Attach, Table.Detach, Handle.attach, Handle.detach, freeInBackground
 *   Env                      an env's raw enters and its ledger, qs__give_back, the rest of end_env
 *   Adopter                  HandleOp.OpenChild, Handle.adopt, word.extend
 *   Freer                    Table.Free, Table.FreeAsync
 *
 * Some steps stand for several accesses, none of which another thread can tell apart:
 *   - a compare-and-swap loop: a round that fails changes nothing, and the one that ends the loop decides on the value
 *     that it has found, by its load or by its swap;
 *   - a critical section that only changes what its lock guards;
 *   - the look for the parker's channel and the send to it: the channel is made once and never replaced;
 *   - an access with what follows it and is the same thread's own business, above all statistics.
 *
 * The number of a handle is a GHOST. The protocol knows a slot and a generation only; so a token that fits a handle
 * which it was not made for is seen. `timeout` is Spin's word for "nobody can take a step".
 *
 * Here are the state and what happens on words; model/handles.pml has attachments and opening, model/processes.pml the
 * threads and the end. model/configurations.mjs defines sizes and features; model/mutants.mjs breaks the text.
 */

#define OPS_MASK   ((1 << COUNT_BITS) - 1)
#define ABANDONED  (1 << COUNT_BITS)
#define FREEING    (2 << COUNT_BITS)
#define SHIFT      (COUNT_BITS + 2)
#define WORD_MASK  ((1 << (SHIFT + GENERATION_BITS)) - 1)
#define LAST       ((1 << GENERATION_BITS) - 1)
#define FIRST      1
#define PUBLISH    ((1 << SHIFT) - FREEING)

#define isOpen(bits, g)  ((bits) >> (SHIFT - 1) == (g) << 1)
#define ops(s)           (word[s] & OPS_MASK)
#define N                (HANDLES + 1)

/* A free's deadline; BACKGROUND is that of the frees that a last detach begins. */
#define NONE  0
#define SURE  1
#define ANY   2

/* EACH: it is so for all handles. CHOOSE: h becomes any for which it is so. */
#if HANDLES == 1
#define EACH(p)       p(1)
#define CHOOSE(p, h)  if :: p(1) -> h = 1 fi
#elif HANDLES == 2
#define EACH(p)       (p(1) && p(2))
#define CHOOSE(p, h)  if :: p(1) -> h = 1 :: p(2) -> h = 2 fi
#elif HANDLES == 3
#define EACH(p)       (p(1) && p(2) && p(3))
#define CHOOSE(p, h)  if :: p(1) -> h = 1 :: p(2) -> h = 2 :: p(3) -> h = 3 fi
#else
#define EACH(p)       (p(1) && p(2) && p(3) && p(4) && p(5))
#define CHOOSE(p, h)  if :: p(1) -> h = 1 :: p(2) -> h = 2 :: p(3) -> h = 3 :: p(4) -> h = 4 :: p(5) -> h = 5 fi
#endif

/* The names of what a demand protects. None is ever true; pan prints them with the demand that failed. */
#define demand(condition, name) assert((condition) || name)
hidden byte ReleasedUnderAnOp, ReleasedTwice, TwoWinners, WrongIncarnation, RefusedTooEarly, EnteredTooLate, Underflow,
  WrongEntry, LostWakeUp, Leak, WordNotAtRest, AbandonedNotZero, FreedUnderAttachment, LastTwice,
  ParentClosedUnderChild, ExtensionRefused;

short word[SLOTS];
byte entry[SLOTS];                  /* the table's entry: a handle, or 0 */
bool parkerMade[SLOTS], permit[SLOTS], vacant[SLOTS], retired[SLOTS];

byte slot[N], generation[N];        /* a token */
byte attachments[N];
bool closing[N];
bool waits[N], hasty[N];            /* its winner waits; with a deadline */
short abandoned;

#ifdef FAMILY
/* Handle 1 is the parent, the others are its children. */
bool mu, walked;
bool child[N], attached[N];         /* in the parent's list; an attachment of the parent */
bool freedWithParent[N], returned[N];
#define mayHaveChildren(h)  (h == 1)
#define LIST                bool list[4]; /* the children that a walk has found */
#else
#define mayHaveChildren(h)  false
#define LIST
#endif

#if STRIPES > 0
bool striped[SLOTS];
byte stripe[SLOTS * STRIPES];       /* the ops that are not counted in the word */
#define at(s, k)  stripe[(s) * STRIPES + (k) - 1]
#endif

byte opOf[OPS + 1], tries;          /* the handle that an op is of, or 0; enters tried */

/* Ghosts, each written in the step that it tells of. */
byte opened, published;             /* handles are numbered in the order in which they are published */
byte live[SLOTS];                   /* the handle that was published last */
byte inside[N];                     /* ops, as their users see it */
bool begun[N], done[N], fallen[N];  /* begin-free was won; released; the last attachment has gone */
hidden short bits;                  /* scratch within a step */
hidden byte chosen;

/* All that matters of a token from now on is its slot, and there is only one. */
#if SLOTS == 1
#define forget(h)  h = 1
#else
#define forget(h)  skip
#endif

/*
 * A look at the word that refuses an enter, or a begin-free that loses, changes nothing. So it is no step: it may come
 * at any moment, and nothing follows. Instead each step that changes a word demands that whatever is refused by it
 * is refused with reason.
 */
#define accepts(h)   (published >= h && isOpen(word[slot[h]], generation[h]))
#define fits(h)      (accepts(h) && ops(slot[h]) < OPS_LIMIT)
#define unfit(h)     (!fits(h))
#define justified(h) (published < h || begun[h] || accepts(h))
#define mayBegin(h)  accepts(h)
#define mayFree(h)   (h <= OPENS && mayBegin(h))
#define spared(h)    (!mayFree(h))
#define refusalsJustified  demand(EACH(justified), RefusedTooEarly)

/* Any token that was ever given out. */
inline pick(h) {
  h = 1;
  do
  :: h < published -> h++
  :: break
  od
}

inline entersNow(h) {
  demand(live[slot[h]] == h, WrongIncarnation);
  demand(!begun[h], EnteredTooLate);
  demand(entry[slot[h]] == h, WrongEntry);
  inside[h]++
}

/*
 * An op of h. The inlines from here to `settle` stand in a block: do :: ...; break od. They leave it by a break when
 * the op has come to nothing, and then set h to 0, like the code, whose Op is empty then.
 */
inline add(h) {
  word[slot[h]] = (word[slot[h]] + 1) & WORD_MASK;
  atomic {
    if
    :: isOpen(word[slot[h]], generation[h]) -> entersNow(h); break
    :: else -> forget(h)
    fi
  };
  atomic { decrement(h, 1) };
  settle(h)
}

inline decrement(h, n) {
  demand(ops(slot[h]) >= n, Underflow);
  word[slot[h]] = (word[slot[h]] - n) & WORD_MASK;
  refusalsJustified;
  bits = word[slot[h]];
  if
  :: (bits & FREEING) && (bits & OPS_MASK) == 0 -> forget(h)
  :: else -> h = 0; break
  fi
}

inline settle(h) {
  atomic {
    if
    :: (word[slot[h]] & ABANDONED) && ops(slot[h]) == 0 ->
      word[slot[h]] = word[slot[h]] & ~ABANDONED;
      abandoned--;
      startClose(entry[slot[h]]);
      h = 0;
      break
    :: else
    fi
  };
  atomic { wake(slot[h]); h = 0 }
}

inline wake(s) {
  if
  :: parkerMade[s] -> permit[s] = true
  :: else
  fi
}

inline tryEnter(h, t) {
  do
  :: atomic { fits(t) -> h = t }; add(h); break
  :: !fits(t) -> break
  od
}

inline leave(h, n) {
  do
  :: atomic { h != 0 -> inside[h] = inside[h] - n; decrement(h, n) }; settle(h); break
  od
}

inline startClose(h) {
  demand(h != 0 && live[slot[h]] == h, WrongEntry);
  demand(!closing[h], ReleasedTwice);
  demand(inside[h] == 0, ReleasedUnderAnOp);
#ifdef FAMILY
  demand(h != 1 || ((opened < 2 || done[2]) && (opened < 3 || done[3])), ParentClosedUnderChild);
#endif
  closing[h] = true
}

/* Part of a step. */
inline beginWord(h) {
  word[slot[h]] = word[slot[h]] | FREEING;
  demand(live[slot[h]] == h, WrongIncarnation);
  demand(!begun[h], TwoWinners);
  begun[h] = true;
  refusalsJustified
}

/*
 * Lets the winner's goroutine wait. Without a deadline it shows a lost wake-up, with one it may time out at any moment.
 */
inline handOver(h, deadline) {
  if
  :: deadline != SURE -> waits[h] = true
  :: deadline != NONE -> hasty[h] = true; waits[h] = true
  fi
}

/* In a block. */
inline begin(h, deadline) {
  atomic {
    if
    :: mayBegin(h)
    :: else -> break
    fi;
    beginStep(h, deadline)
  };
  walk(deadline)
}

inline beginStep(h, deadline) {
  beginWord(h);
  if
  :: !mayHaveChildren(h) -> handOver(h, deadline); break
  :: else
  fi
}

inline walk(deadline) {
#ifdef FAMILY
  atomic { !mu -> walked = true; list[2] = child[2]; list[3] = child[3] };
  do
  :: atomic { list[2] -> list[2] = false; beginChild(2) }
  :: atomic { list[3] -> list[3] = false; beginChild(3) }
  :: else -> break
  od;
  atomic { handOver(1, deadline) }
#else
  skip
#endif
}

inline beginChild(c) {
  if
  :: mayBegin(c) -> beginWord(c); freedWithParent[c] = true
  :: else
  fi
}

#include "model/handles.pml"
#include "model/processes.pml"
#if STRIPES > 0
#include "model/stripes.pml"
#endif
