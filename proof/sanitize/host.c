/* A C program in the place of Node: threads that call what Go exports as the
 * shim would, so that Go's race detector sees the door and the guard driven by
 * threads that Go did not make. host THREADS ENVS: each thread goes through
 * that many envs, one after the other, and all use each other's handles. */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define CALLS_OF_AN_ENV 60

_Atomic uint64_t host_calls, host_completions;
static _Atomic uint64_t board[HOST_BOARD]; /* tokens that any thread may use and free */
static uint32_t envs_of_a_thread;
static host_members members;

/* Node-API's, as qs__wake calls it: on any thread, while the env is open. */
napi_status napi_call_threadsafe_function(napi_threadsafe_function f, void *data, napi_threadsafe_function_call_mode m) {
  (void)data;
  (void)m;
  sem_post((sem_t *)f);
  return napi_ok;
}

static void begin_env(host_env *h, unsigned seed) {
  *h = (host_env){.seed = seed, .q = calloc(1, sizeof *h->q)};
  pthread_mutex_init(&h->q->ledger.lock, NULL);
  sem_init(&h->woken, 0, 0);
  h->number = quiesceNewEnv(h->q, &h->woken, &h->q->current);
}

/* What the cleanup hook does: the door first, then the attachments. */
static void end_env(host_env *h) {
  quiesceCloseEnv(h->number);
  for (uint32_t i = 0; i < h->attachments; i++) quiesceDetach(h->number, h->attached[i], i % 2);
  pthread_mutex_destroy(&h->q->ledger.lock);
  sem_destroy(&h->woken);
  free(h->q);
}

/* Takes the completions that are there. */
static void take(host_env *h) {
  uint64_t calls[8];
  qs_value values[8];
  for (uint32_t n; (n = quiesceTake(h->number, calls, values, 8)) > 0;) {
    for (uint32_t i = 0; i < n; i++) {
      host_drop(&values[i]);
      if (calls[i] != 0) h->pending--;
    }
    host_completions += n;
  }
}

/* Publishes a handle of a new kind in the place of another, which is freed. */
static void replace(host_env *h, uint32_t place) {
  qs_value out = {.length = 0};
  uint64_t before;
  switch (host_random(h) % 3) {
    case 0:
      quiesceOpenGuard(&out);
      break;
    case 1:
      host_call(members.open_counter, 0, NULL, 0, &out);
      break;
    default:
      host_call(members.open_sleeper, 0, NULL, 0, &out);
  }
  if (out.tag != QS_HANDLE) return;
  quiesceSetSite(out.bits, "a C host", 8);
  before = atomic_exchange(&board[place], out.bits);
  host_keep(h, out.bits);
  if (before == 0) return;
  if (host_random(h) % 2 == 0) {
    host_free(h, before, host_random(h) % 4 == 0 ? 0 : 1000);
  } else {
    host_free_sync(h, before, 1000);
  }
}

/* Uses whatever handle is in a place; it may be of any class, or freed. */
static void use(host_env *h, uint64_t token) {
  qs_value number = host_number(host_random(h) % 3), out = {.length = 0};
  switch (host_random(h) % 8) {
    case 0:
      quiesceAttach(token, -1, &out);
      if (out.tag != QS_HANDLE) break;
      host_keep(h, out.bits);
      return;
    case 1:
      host_call(members.add, token, &number, 1, &out);
      break;
    case 2:
      host_start(h, members.add_async, token, &number, 1);
      return;
    case 3:
      host_start(h, members.sleep, token, &number, 1);
      if (host_random(h) % 2 == 0) quiesceAbort(h->number, h->last_call);
      return;
    case 4:
      number = host_number(4000); /* more bytes than fit the room of a result */
      host_start(h, members.bytes, 0, &number, 1);
      return;
    case 5:
      quiesceShare(h->number, token, 1, &out);
      break;
    case 6:
      host_enter_and_leave(token);
      return;
    default:
      quiesceReport(1 + host_random(h) % 2, &out); /* handles(), stats() */
  }
  host_drop(&out);
}

static void live(host_env *h) {
  for (int i = 0; i < CALLS_OF_AN_ENV; i++) {
    uint32_t place = host_random(h) % HOST_BOARD;
    uint64_t token = atomic_load(&board[place]);
    host_calls++;
    if (token == 0 || host_random(h) % 8 == 0) {
      replace(h, place);
    } else {
      use(h, token);
    }
    if (i % 4 == 0) take(h);
  }
}

/* A thread of Node's. Every second env ends while calls are under way. */
static void *run(void *number) {
  for (uint32_t i = 0; i < envs_of_a_thread; i++) {
    host_env h;
    begin_env(&h, (unsigned)(uintptr_t)number * 7919 + i);
    live(&h);
    while (i % 2 == 0 && h.pending > 0) {
      sem_wait(&h.woken);
      take(&h);
    }
    end_env(&h);
  }
  return NULL;
}

/* Frees all that is left, and prints what the table says afterwards. */
static void finish(void) {
  host_env h;
  qs_value out = {.length = 0};
  begin_env(&h, 1);
  h.pending = 1;
  quiesceFreeAll(h.number, ++h.last_call, 10000, &out);
  while (h.pending > 0) {
    sem_wait(&h.woken);
    take(&h);
  }
  quiesceReport(3, &out);
  double ops;
  memcpy(&ops, &out.bits, sizeof ops);
  quiesceReport(2, &out);
  printf("{\"calls\":%lu,\"completions\":%lu,\"ops\":%.0f,\"stats\":%.*s}\n", (unsigned long)host_calls,
         (unsigned long)host_completions, ops, (int)out.length, (const char *)out.data);
  host_drop(&out);
  end_env(&h);
}

int main(int argc, char **argv) {
  pthread_t threads[HOST_THREADS];
  int count = argc > 2 ? atoi(argv[1]) : 0;
  if (count < 1 || count > HOST_THREADS) return 2;
  envs_of_a_thread = (uint32_t)atoi(argv[2]);
  if (!host_find_members(&members)) return 3;
  for (int i = 0; i < count; i++) pthread_create(&threads[i], NULL, run, (void *)(uintptr_t)(i + 1));
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
  finish();
  return 0;
}
