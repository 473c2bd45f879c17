/*
 * Ops on a slot that runs hot: counted in stripes, lines of their own beside the word; a part of guard.pml, in the place
 * of the ops and winners of processes.pml. An op is counted in one place from its enter to its leave, and so is what it
 * extends itself by. To look whether all have left is a step for the word and one for each stripe.
 *
 *   here              in the code
 *   striped[s]        the slot's pointer to its stripes
 *   stripe            the counts there
 *   scan              stripes.drained
 *   settleStripes     Table.settle with word.claim
 *   giveUp, retake    word.abandon
 */

/* At any moment: an enter that met others makes them. */
proctype Maker() {
end:
  atomic { !striped[0] -> striped[0] = true }
}

inline look(s, k, none) {
  atomic {
    if
    :: at(s, k) != 0 -> none = false
    :: else
    fi
  }
}

/* Whether no stripe counts an op; `none` is true before. */
inline scan(s, none) {
  if
  :: striped[s] && none ->
    look(s, 1, none);
#if STRIPES > 1
    look(s, 2, none);
#endif
    skip
  :: !(striped[s] && none)
  fi
}

/* Takes what was abandoned, if nothing is counted: the release of h. In a block. */
inline claim(h, s, b, none) {
  if
  :: (b & ABANDONED) && (b & OPS_MASK) == 0 -> none = true; scan(s, none)
  :: else -> none = false
  fi;
  if
  :: none ->
    atomic {
      if
      :: word[s] == b ->
        word[s] = word[s] & ~ABANDONED;
        abandoned--;
        startClose(h);
        b = 0;
        break
      :: else
      fi
    }
  :: else -> b = 0; break
  fi
}

inline settleStripes(s, b, none) {
  do
  :: b = word[s]; claim(entry[s], s, b, none)
  od;
  if
  :: none
  :: else -> atomic { wake(s) }
  fi;
  none = false
}

/* Takes one off where it is counted, as h's user, 0 for nobody. `last`: nothing is left there, and a free has begun. */
inline takeOff(h, s, k, last) {
  if
  :: atomic { k == 0 ->
      demand(ops(s) > 0, Underflow);
      inside[h] = inside[h] - (h != 0);
      word[s] = (word[s] - 1) & WORD_MASK;
      refusalsJustified;
      last = (word[s] & FREEING) && ops(s) == 0
    }
  :: atomic { k != 0 ->
      demand(at(s, k) > 0, Underflow);
      inside[h] = inside[h] - (h != 0);
      at(s, k)--;
      last = (at(s, k) == 0)
    };
    last = last && (word[s] & FREEING)
  fi
}

inline leaveStripes(h, s, k, last, b, none) {
  takeOff(h, s, k, last);
  if
  :: last -> settleStripes(s, b, none)
  :: else
  fi;
  last = false
}

/* After the add. */
inline lookAgain(i, late) {
  atomic {
    if
    :: isOpen(word[slot[opOf[i]]], generation[opOf[i]]) -> entersNow(opOf[i])
    :: else -> late = true
    fi
  }
}

proctype Op(byte i) {
  short b;
  bool last, none, late;
  byte s, k, units;
end:
  do
  :: atomic {
      opOf[i] == 0 && firstIdle(i) && mayTry && !EACH(unfit) -> countTry;
      CHOOSE(fits, opOf[i]);
      s = slot[opOf[i]]
    };
    if
    :: word[s] = (word[s] + 1) & WORD_MASK; lookAgain(i, late)
    :: atomic { striped[s] -> k = 1; at(s, k)++ }; lookAgain(i, late)
#if STRIPES > 1
    :: atomic { striped[s] -> k = 2; at(s, k)++ }; lookAgain(i, late)
#endif
    fi;
    units = 1;
    if
    :: late -> leaveStripes(0, s, k, last, b, none); atomic { late = false; k = 0; s = 0; units = 0; opOf[i] = 0 }
    :: else
    fi
#ifdef EXTENDS
  :: atomic { opOf[i] != 0 && units == 1 ->
      units = 2;
      inside[opOf[i]]++;
      if
      :: k == 0 -> word[s]++
      :: else -> at(s, k)++
      fi
    }
#endif
  :: opOf[i] != 0 ->
    leaveStripes(opOf[i], s, k, last, b, none);
    atomic {
      units--;
      if
      :: units == 0 -> k = 0; s = 0; opOf[i] = 0
      :: else
      fi
    }
  od
}

/* Sets the mark, unless all have left. `b` is 0 afterwards if they had. In no block. */
inline giveUp(h, s, b, none) {
  do
  :: b = word[s];
    none = (b & OPS_MASK) == 0;
    scan(s, none);
    if
    :: none -> atomic { startClose(h); b = 0 }; break
    :: else ->
      atomic {
        if
        :: word[s] == b -> word[s] = b | ABANDONED; abandoned = abandoned + 1; break
        :: else
        fi
      }
    fi
  od
}

/* Who left a stripe before the mark was there has not seen it: the winner looks once more. */
inline retake(h, s, b, none) {
  do
  :: b == 0 -> break
  :: b != 0 ->
    b = word[s];
    if
    :: b >> SHIFT == generation[h]
    :: else -> break
    fi;
    claim(h, s, b, none)
  od
}

proctype Waiter(byte h) {
  short b;
  bool none;
end:
  waits[h];
  do
  :: none = (ops(slot[h]) == 0);
    scan(slot[h], none);
    if
    :: none -> atomic { startClose(h) }; break
    :: !none && !parkerMade[slot[h]] -> atomic { parkerMade[slot[h]] = true }
    :: !none && parkerMade[slot[h]] ->
      if
      :: atomic { permit[slot[h]]; permit[slot[h]] = false }
      :: hasty[h] -> giveUp(h, slot[h], b, none); retake(h, slot[h], b, none); break
      fi
    fi
  od
}
