/* Attachments, and the opening of a handle; a part of guard.pml. */

/* ok: whether there is one attachment more. */
inline attachHandle(h, ok) {
  atomic {
    if
    :: attachments[h] == 0 -> demand(begun[h] || fallen[h], RefusedTooEarly)
    :: else -> attachments[h]++; demand(!fallen[h], LastTwice); ok = true
    fi
  }
}

inline attach(h, ok) {
  if
  :: entry[slot[h]] == h ->
    if
    :: isOpen(word[slot[h]], generation[h]) -> attachHandle(h, ok)
    :: else -> demand(begun[h], RefusedTooEarly)
    fi
  :: else -> demand(begun[h], RefusedTooEarly)
  fi
}

/* In a block. */
inline detachHandle(h) {
  atomic {
    if
    :: attachments[h] == 0 -> break
    :: else -> attachments[h]--
    fi;
    if
    :: attachments[h] == 0 -> wentLast(h)
    :: else -> break
    fi
  };
  begin(h, BACKGROUND)
}

inline wentLast(h) {
  demand(attachments[h] == 0, FreedUnderAttachment);
  demand(!fallen[h], LastTwice);
#ifdef FAMILY
  demand(h != 1 || !(child[2] || child[3]), FreedUnderAttachment);
#endif
  fallen[h] = true
}

inline detach(h) {
  do
  :: entry[slot[h]] == h -> detachHandle(h); break
  :: else -> break
  od
}

/* h: the new handle, or 0 if there is no slot. In a block. */
inline open(h) {
  atomic {
    if
    :: vacant[0] -> take(h, 0)
#if SLOTS > 1
    :: !vacant[0] && vacant[1] -> take(h, 1)
#endif
#if SLOTS > 2
    :: !vacant[0] && !vacant[1] && vacant[2] -> take(h, 2)
#endif
    :: else -> break
    fi
  };
  atomic {
    word[slot[h]] = (word[slot[h]] + PUBLISH) & WORD_MASK;
    live[slot[h]] = h;
    published = h;
    refusalsJustified
  }
}

inline take(h, s) {
  vacant[s] = false;
  opened++;
  h = opened;
  slot[h] = s;
  generation[h] = ((word[s] >> SHIFT) + 1) & LAST;
  attachments[h] = 1;
  entry[s] = h
}
