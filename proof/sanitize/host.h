/* What the two files of the C host share. */
#ifndef HOST_H
#define HOST_H

#include <semaphore.h>

#include "shim.h"

#define HOST_BOARD 8
#define HOST_THREADS 16
#define HOST_ATTACHMENTS 512

/* An env as its thread has it: the part of the shim's that Go looks at, and
 * what the shim would keep in JS values. */
typedef struct {
  qs_env *q;
  uint64_t number, last_call;
  sem_t woken;
  int64_t pending;
  uint32_t attachments;
  uint64_t attached[HOST_ATTACHMENTS];
  unsigned seed;
} host_env;

/* The numbers of some members of the test addon. */
typedef struct {
  uint32_t open_counter, add, add_async, open_sleeper, sleep, bytes;
} host_members;

extern _Atomic uint64_t host_calls, host_completions;

uint32_t host_random(host_env *h);
qs_value host_number(double number);
bool host_find_members(host_members *m);
void host_keep(host_env *h, uint64_t token);
void host_drop(qs_value *v);
void host_call(uint32_t member, uint64_t token, qs_value *args, uint32_t argc, qs_value *out);
void host_start(host_env *h, uint32_t member, uint64_t token, qs_value *args, uint32_t argc);
void host_free(host_env *h, uint64_t token, double ms);
void host_free_sync(host_env *h, uint64_t token, double ms);
void host_enter_and_leave(uint64_t token);

#endif
