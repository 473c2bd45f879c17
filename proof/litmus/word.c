/*
 * A litmus of the state word: the steps of addon/ledger.c and guard/word.go on one word, in C11 atomics, hammered by
 * threads. Built with -DPLAIN_STORE it leaves by a load and a store, the plain way to write it, and must fail.
 *
 *   word SECONDS ENTERERS FREERS
 *
 * It prints `name value` lines: what it has counted, then what went wrong. Exit code: 0 if nothing did, 1 if something.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define OPS_MASK ((UINT64_C(1) << 30) - 1)
#define ABANDONED (UINT64_C(1) << 30)
#define FREEING (UINT64_C(1) << 31)
#define PUBLISH_STEP ((UINT64_C(1) << 32) - FREEING)
#define CANARY UINT64_C(0x5afe5afe5afe5afe)

static _Atomic uint64_t word = FREEING; /* a free slot; its first generation is 1 */
static _Atomic uint32_t token;          /* the generation that was handed out last */
static _Atomic bool stop;

/* The resource: its canary is the generation's while it lives, and 0 once it is released. Its users read it as they
 * would read a file or a struct; relaxed, so that nothing but the word orders it. */
static _Atomic uint64_t canary;

static _Atomic uint64_t enters, refusals, late_enters, conflicts, wins, losses, time_outs, claims, releases, lives;
static _Atomic uint64_t dead_canaries, second_releases, second_winners, underflows;
static _Atomic uint32_t won_generation, released_generation;

static void count(_Atomic uint64_t *counter) { atomic_fetch_add_explicit(counter, 1, memory_order_relaxed); }

static bool is_open(uint64_t bits, uint32_t generation) { return bits >> 31 == (uint64_t)generation << 1; }

/* Opens the slot anew: the canary is the table's entry. */
static void publish(void) {
  uint32_t generation = (uint32_t)(atomic_load(&word) >> 32) + 1;
  atomic_store_explicit(&canary, CANARY ^ generation, memory_order_relaxed);
  count(&lives);
  atomic_fetch_add(&word, PUBLISH_STEP);
  atomic_store(&token, generation);
}

/* Releases and, unless the run is over, opens the slot again: by the winner, or by who claimed. */
static void release(uint32_t generation) {
  if (atomic_exchange(&released_generation, generation) == generation) count(&second_releases);
  atomic_store_explicit(&canary, 0, memory_order_relaxed);
  count(&releases);
  if (!atomic_load(&stop)) publish();
}

static void settle(void) {
  uint64_t bits = atomic_load(&word);
  while ((bits & ABANDONED) != 0 && (bits & OPS_MASK) == 0) {
    if (atomic_compare_exchange_strong(&word, &bits, bits & ~ABANDONED)) {
      count(&claims);
      release((uint32_t)(bits >> 32));
      return;
    }
  }
}

static void leave(void) {
#ifdef PLAIN_STORE
  uint64_t bits = atomic_load(&word);
  atomic_store(&word, --bits);
#else
  uint64_t bits = atomic_fetch_sub(&word, 1) - 1;
#endif
  if ((bits & OPS_MASK) == OPS_MASK) count(&underflows);
  if ((bits & FREEING) != 0 && (bits & OPS_MASK) == 0) settle();
}

static bool try_enter(uint32_t generation) {
  uint64_t before = atomic_load(&word);
  if (!is_open(before, generation)) {
    count(&refusals);
    return false;
  }
  uint64_t bits = atomic_fetch_add(&word, 1) + 1;
  if (bits != before + 1) count(&conflicts);
  if (is_open(bits, generation)) return true;
  count(&late_enters);
  leave();
  return false;
}

static bool begin(uint32_t generation) {
  uint64_t bits = atomic_load(&word);
  while (is_open(bits, generation)) {
    if (!atomic_compare_exchange_weak(&word, &bits, bits | FREEING)) continue;
    if (atomic_exchange(&won_generation, generation) == generation) count(&second_winners);
    count(&wins);
    return true;
  }
  count(&losses);
  return false;
}

/* Waits for the drain, `patience` looks long; false when the release was handed over. */
static bool await(unsigned patience) {
  for (unsigned i = 0; (atomic_load(&word) & OPS_MASK) != 0; i++) {
    if (i < patience) {
      sched_yield();
      continue;
    }
    uint64_t bits = atomic_load(&word);
    while ((bits & OPS_MASK) != 0) {
      if (!atomic_compare_exchange_weak(&word, &bits, bits | ABANDONED)) continue;
      count(&time_outs);
      return false;
    }
  }
  return true;
}

/* Ops, under a token that is renewed now and then and so is often stale. */
static void *enter_and_leave(void *unused) {
  for (uint32_t i = 0, generation = 0; !atomic_load_explicit(&stop, memory_order_relaxed); i++) {
    if (i % 8 == 0) generation = atomic_load(&token);
    if (!try_enter(generation)) {
      sched_yield();
      continue;
    }
    count(&enters);
    if (i % 256 == 0) sched_yield();
    if (atomic_load_explicit(&canary, memory_order_relaxed) != (CANARY ^ generation)) count(&dead_canaries);
    leave();
  }
  return unused;
}

static void *free_all(void *seed) {
  unsigned random = (unsigned)(uintptr_t)seed;
  while (!atomic_load(&stop)) {
    uint32_t generation = atomic_load(&token);
    random = random * 1664525 + 1013904223; /* Knuth's and Lewis's generator */
    nanosleep(&(struct timespec){.tv_nsec = random >> 16}, NULL); /* a life: long enough for ops to meet in it */
    if (begin(generation) && await(random >> 30)) release(generation);
  }
  return NULL;
}

static uint64_t show(const char *name, uint64_t value) {
  printf("%s %llu\n", name, (unsigned long long)value);
  return value;
}

/* Frees what is open; by then no thread is there but this one. Returns how many faults there were. */
static uint64_t conclude(void) {
  uint32_t generation = atomic_load(&token);
  if (begin(generation) && await(0)) release(generation);
  show("enters", enters);
  show("refusals", refusals);
  show("late-enters", late_enters);
  show("conflicts", conflicts);
  show("lives", lives);
  show("lost-frees", losses);
  show("time-outs", time_outs);
  show("claims", claims);
  uint64_t faults = show("dead-canaries", dead_canaries);
  faults += show("second-releases", second_releases);
  faults += show("second-winners", second_winners);
  faults += show("underflows", underflows);
  faults += show("ops-left", atomic_load(&word) & (OPS_MASK | ABANDONED));
  faults += show("unreleased", lives - releases);
  return faults + show("unwon", lives - wins);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  unsigned entering = (unsigned)atoi(argv[2]), freeing = (unsigned)atoi(argv[3]), n = 0;
  pthread_t threads[64];
  if (entering + freeing > 64) return 2;
  publish();
  while (n < entering) pthread_create(&threads[n++], NULL, enter_and_leave, NULL);
  while (n < entering + freeing) {
    pthread_create(&threads[n], NULL, free_all, (void *)(uintptr_t)n);
    n++;
  }
  nanosleep(&(struct timespec){.tv_sec = atoi(argv[1])}, NULL);
  atomic_store(&stop, true);
  while (n > 0) pthread_join(threads[--n], NULL);
  return conclude() == 0 ? 0 : 1;
}
