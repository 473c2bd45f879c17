/* The threads, and what must be true when none can take a step; a part of guard.pml. */

/* The children that were freed with their parent are waited for within its deadline. */
inline awaitWithin(c) {
  if
  :: freedWithParent[c] -> hasty[c] = hasty[1]; waits[c] = true
  :: else
  fi
}

#if STRIPES == 0
inline abandon(h) {
  if
  :: ops(slot[h]) == 0 -> startClose(h)
  :: else -> word[slot[h]] = word[slot[h]] | ABANDONED; abandoned++
  fi
}

/* The look at the word that follows the parker's making is the one that counts. */
proctype Waiter(byte h) {
end:
  waits[h];
#ifdef FAMILY
  if
  :: atomic { h == 1 -> awaitWithin(2); awaitWithin(3) };
    (!freedWithParent[2] || returned[2]) && (!freedWithParent[3] || returned[3])
  :: h != 1
  fi;
#endif
  do
  :: atomic { ops(slot[h]) == 0 -> startClose(h) }; break
  :: ops(slot[h]) != 0 && !parkerMade[slot[h]] -> parkerMade[slot[h]] = true
  :: ops(slot[h]) != 0 && parkerMade[slot[h]] ->
    if
    :: atomic { permit[slot[h]] -> permit[slot[h]] = false }
    :: atomic { hasty[h] -> abandon(h) }; break
    fi
  od
#ifdef FAMILY
  ;
  if
  :: done[h]
  :: hasty[h]
  fi;
  returned[h] = true
#endif
}
#endif

proctype Closer(byte h) {
#ifdef FAMILY
  byte p = 1;
#endif
  LIST
end:
  atomic { closing[h] -> demand(inside[h] == 0, ReleasedUnderAnOp); entry[slot[h]] = 0 };
  atomic {
    done[h] = true;
    if
    :: generation[h] == LAST -> retired[slot[h]] = true
    :: else -> vacant[slot[h]] = true
    fi
  }
#ifdef FAMILY
  ;
  if
  :: atomic { h != 1 && !mu -> child[h] = false };
    if
    :: attached[h] ->
      do
      :: detachHandle(p); break
      od
    :: else
    fi;
    do
    :: atomic { decrement(p, 1) }; settle(p); break
    od
  :: h == 1
  fi
#endif
}

#ifdef ENDLESS
#define mayTry    true
#define countTry  skip
#else
#define mayTry    (tries < OPS * TRIES)
#define countTry  tries++
#endif
#define firstIdle(i)  ((i < 1 || opOf[0]) && (i < 2 || opOf[1]) && (i < 3 || opOf[2]))

#if STRIPES == 0
/* Ops without one in hand are alike, so the first of them may always be the one that tries. */
proctype Op(byte i) {
end:
  do
  :: do
    :: atomic { opOf[i] == 0 && firstIdle(i) && mayTry && !EACH(unfit) -> countTry; CHOOSE(fits, opOf[i]) };
      add(opOf[i]);
      break
    od
  :: leave(opOf[i], 1)
  od
}
#endif

/*
 * Frees whatever the opener has opened. No look at the entry stands before, as in freeInBackground: whoever looked may
 * be late.
 */
proctype Freer(byte deadline) {
  LIST
end:
  do
  :: do
    :: atomic { !EACH(spared) -> CHOOSE(mayFree, chosen); beginStep(chosen, deadline) }; walk(deadline); break
    od
  od
}

proctype Opener() {
  byte h;
  LIST
end:
  do
  :: opened < OPENS && vacant[0] ->
    do
    :: open(h); break
    od;
#ifdef DETACHES
    detach(h)
#endif
  od
}

#if ENVS > 0
proctype Env() {
  byte t, h, steps, held;
  bool mine;
  LIST
  atomic { published > 0 -> pick(t) };
  attach(t, mine);
  do
  :: atomic { steps < STEPS -> steps++ };
    tryEnter(h, t);
    atomic { held = held + (h != 0); h = 0 }
  :: atomic { held > 0 -> held--; h = t }; leave(h, 1)
  :: atomic { mine -> mine = false }; detach(t)
  :: break                          /* the env ends here, whatever it holds */
  od;
  if
  :: atomic { held > 0 -> h = t }; leave(h, held); held = 0
  :: else
  fi;
  if
  :: atomic { mine -> mine = false }; detach(t)
  :: else
  fi
}
#endif

#ifdef FAMILY
proctype Adopter() {
  byte p, c, h;
  bool ok;
  LIST
  published > 0;
  tryEnter(p, 1);
  if
  :: p == 1 ->
    demand(ops(slot[p]) < OPS_LIMIT, ExtensionRefused);
    atomic { demand(!closing[p], ReleasedUnderAnOp); word[slot[p]]++ };
    do
    :: atomic { !mu -> mu = true };
      open(c);
      atomic {
        if
        :: !walked -> attachHandle(1, ok)
        :: else
        fi;
        attached[c] = ok; child[c] = ok; mu = false
      };
      if
      :: ok
      :: else -> begin(c, BACKGROUND)
      fi;
      break
    od;
    if
    :: atomic { c == 0 -> mu = false; h = 1 };
      do
      :: atomic { decrement(h, 1) }; settle(h); break
      od
    :: else
    fi;
    leave(p, 1)
  :: else
  fi;
  if
  :: ok ->
    tryEnter(h, c);
    if
    :: h != 0 -> leave(h, 1)
    :: else
    fi;
    if
    :: detach(c)
    :: begun[1]                     /* keeps its wrapper: the free of the parent is enough */
    fi
  :: else
  fi
}
#endif

#define awake(h)     (!waits[h] || closing[h] || (word[slot[h]] & (ABANDONED | OPS_MASK)))
#define released(h)  (published < h || done[h])

init {
  byte i;
  atomic {
    for (i : 0 .. SLOTS - 1) { word[i] = ((FIRST - 1) << SHIFT) | FREEING; vacant[i] = true }
    for (i : 1 .. HANDLES) { run Waiter(i); run Closer(i) }
    for (i : 0 .. OPS - 1) { run Op(i) }
#if STRIPES > 0
    run Maker();
#endif
    for (i : 0 .. FREERS - 1) { run Freer((FREERS == 1 -> SURE : i)) }
#if ENVS > 0
    for (i : 1 .. ENVS) { run Env() }
#endif
#ifdef FAMILY
    for (i : 1 .. ADOPTERS) { run Adopter() }
#endif
    run Opener();
    i = 0
  };
  atomic {
    timeout ->
    demand(EACH(awake), LostWakeUp);
    demand(EACH(released), Leak);
    for (i : 0 .. SLOTS - 1) {
      demand((word[i] & ~(LAST << SHIFT)) == FREEING, WordNotAtRest);
#if STRIPES > 0
      demand(stripe[i * STRIPES] == 0 && stripe[i * STRIPES + STRIPES - 1] == 0, WordNotAtRest);
#endif
      demand(vacant[i] != retired[i], Leak)
    }
    demand(abandoned == 0, AbandonedNotZero)
  }
}

#ifdef LIVENESS
/* Whoever began a free sees it end, by fair scheduling alone, though ops go on trying for ever. */
#define comesToAnEnd(h)  (begun[h] -> <> done[h])
ltl ends { [] EACH(comesToAnEnd) }
#endif
