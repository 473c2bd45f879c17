/* Memory and time, for Go and for the shim. Any thread. */
#include <stdlib.h>
#include <time.h>

#include "bridge.h"
#include "tsan.h"

#ifdef CLOCK_MONOTONIC_COARSE
#define CLOCK CLOCK_MONOTONIC_COARSE
#else
#define CLOCK CLOCK_MONOTONIC
#endif

/* The memory is on its way to another thread, with a completion in a queue of
 * Go's; see deliver. */
uintptr_t qs__alloc(uint64_t n) {
  uintptr_t p = n > SIZE_MAX ? 0 : (uintptr_t)malloc(n);
  QS_HAND_OVER(p);
  return p;
}

/* By whoever took the completion, or by Go, which drops it. */
void qs__free(uintptr_t p) {
  QS_TAKE_OVER(p);
  free((void *)p);
}

/* Milliseconds of a monotonic clock that costs a few nanoseconds to read and
 * is good to some milliseconds: for the ages of ops and the length of a turn. */
uint64_t qs__clock(void) {
  struct timespec now;
  clock_gettime(CLOCK, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
