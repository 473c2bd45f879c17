/* Memory and time, for Go and for the shim. Any thread. */
#include <stdlib.h>
#include <time.h>

#include "bridge.h"

#ifdef CLOCK_MONOTONIC_COARSE
#define CLOCK CLOCK_MONOTONIC_COARSE
#else
#define CLOCK CLOCK_MONOTONIC
#endif

uintptr_t qs__alloc(uint64_t n) { return n > SIZE_MAX ? 0 : (uintptr_t)malloc(n); }

void qs__free(uintptr_t p) { free((void *)p); }

/* Milliseconds of a monotonic clock that costs a few nanoseconds to read and
 * is good to some milliseconds: for the ages of ops, nothing else. */
uint64_t qs__clock(void) {
  struct timespec now;
  clock_gettime(CLOCK, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
