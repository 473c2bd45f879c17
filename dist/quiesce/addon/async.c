/* Async calls: their promises, and the one thread-safe function that brings
 * their completions, in batches. It keeps the process alive only while calls
 * are pending. */
#include <stdlib.h>

#include "shim.h"
#include "tsan.h"

/* A call's number is sequence * MAX_CALLS + index: a JS safe integer. */
#define INDEX_BITS 24
#define MAX_CALLS (1u << INDEX_BITS)
#define SEQUENCE_MASK ((1u << 29) - 1)
#define NONE UINT32_MAX

/* How many completions one crossing takes, and one turn of the event loop: a turn
 * begins with few and ends after TURN_MS, for what they call may be slow. What is
 * left over comes by setImmediate(): a wake-up would be answered at once, for Node
 * calls a thread-safe function up to 1000 times in a turn. */
#define FIRST_BATCH 8
#define BATCH 64
#define TURN 1024
#define TURN_MS 10

/* Any thread, under the env's guard in Go: that was made after the function,
 * and its end waits for those who are here. */
void qs__wake(void *tsfn) {
  QS_TAKE_OVER(tsfn);
  napi_call_threadsafe_function(tsfn, NULL, napi_tsfn_nonblocking);
  QS_HAND_OVER(tsfn);
}

static bool grow_calls(qs_env *q) {
  uint32_t room = q->calls_room == 0 ? 64 : q->calls_room * 2;
  if (room > MAX_CALLS) return false;
  qs_call *calls = realloc(q->calls, room * sizeof *calls);
  if (calls == NULL) return false;
  for (uint32_t i = q->calls_room; i < room; i++) {
    calls[i] = (qs_call){.next_free = i + 1 < room ? i + 1 : NONE, .sequence = 1};
  }
  q->calls_free = q->calls_room;
  q->calls = calls;
  q->calls_room = room;
  return true;
}

/* Makes the number of a call that is about to be started. */
bool qs__reserve_call(qs_env *q, uint64_t *call) {
  if (q->calls_free == NONE && !grow_calls(q)) {
    qs__throw_code(q, "ERR_HANDLE_LIMIT", "too many pending calls");
    return false;
  }
  uint32_t index = q->calls_free;
  qs_call *c = &q->calls[index];
  q->calls_free = c->next_free;
  c->used = true;
  c->deferred = NULL;
  *call = q->last_call = ((uint64_t)c->sequence << INDEX_BITS) | index;
  if (q->pending++ == 0) napi_ref_threadsafe_function(q->env, q->tsfn);
  return true;
}

static qs_call *call_of(qs_env *q, uint64_t call) {
  uint32_t index = (uint32_t)(call & (MAX_CALLS - 1));
  if (index >= q->calls_room) return NULL;
  qs_call *c = &q->calls[index];
  return c->used && c->sequence == call >> INDEX_BITS ? c : NULL;
}

/* Forgets a call that has been answered, or was never started. */
void qs__release_call(qs_env *q, uint64_t call) {
  qs_call *c = call_of(q, call);
  if (c == NULL) return;
  c->used = false;
  c->sequence = (c->sequence + 1) & SEQUENCE_MASK;
  if (c->sequence == 0) c->sequence = 1; /* a call's number is never 0 */
  c->next_free = q->calls_free;
  q->calls_free = (uint32_t)(c - q->calls);
  if (--q->pending == 0) napi_unref_threadsafe_function(q->env, q->tsfn);
}

/* Makes the promise of a call that was started. Without one the call still
 * runs to its completion, which is dropped. */
napi_value qs__promise_of(qs_env *q, uint64_t call) {
  napi_value promise;
  napi_deferred deferred;
  QS_TRY(q->env, napi_create_promise(q->env, &deferred, &promise), NULL);
  qs_call *c = call_of(q, call); /* only now: a promise hook may have made calls, and the list have moved */
  if (c != NULL) c->deferred = deferred;
  return promise;
}

/* Takes the exception that is pending, for a rejection. */
static napi_value take_exception(qs_env *q) {
  napi_value error;
  if (napi_get_and_clear_last_exception(q->env, &error) != napi_ok) return NULL;
  return error;
}

static void settle(qs_env *q, uint64_t call, qs_value *v) {
  qs_call *c = call_of(q, call);
  if (c == NULL || c->deferred == NULL) {
    qs__drop_value(q, v);
  } else {
    napi_deferred deferred = c->deferred;
    napi_value value = qs__take_value(q, v);
    if (value != NULL) {
      napi_resolve_deferred(q->env, deferred, value);
    } else if ((value = take_exception(q)) != NULL) {
      napi_reject_deferred(q->env, deferred, value);
    }
  }
  qs__release_call(q, call);
}

/* What a listener of ours or a callback has thrown is uncaught, as it is from
 * any that Node calls. */
static void report_uncaught(qs_env *q) {
  napi_value error = NULL;
  bool pending = false;
  if (napi_is_exception_pending(q->env, &pending) == napi_ok && pending) error = take_exception(q);
  if (error != NULL) napi_fatal_exception(q->env, error);
}

/* A completion without a call is a warning. */
static void warn(qs_env *q, qs_value *v) {
  napi_value text = qs__take_value(q, v);
  if (text != NULL) qs__call_hook(q, QS_HOOK_WARN, 1, &text);
  report_uncaught(q);
}

/* Calls a callback with a value, or lets it go: then without one. */
static void call_back(qs_env *q, uint64_t call, qs_value *v) {
  napi_value argv[2];
  bool called = (call & QS_CALLBACK_CALLED) != 0;
  call &= ~(QS_CALLBACK_CALLED | QS_CALLBACK_RELEASED);
  if (called && !quiesceMayCall(q->number, call)) {
    qs__drop_value(q, v);
    return;
  }
  double number = (double)call;
  argv[1] = called ? qs__take_value(q, v) : NULL;
  if ((!called || argv[1] != NULL) && napi_create_double(q->env, number, &argv[0]) == napi_ok) {
    qs__call_hook(q, QS_HOOK_CALLBACK, called ? 2 : 1, argv);
  }
  report_uncaught(q);
}

static void deliver(qs_env *q, uint64_t call, qs_value *v) {
  napi_handle_scope scope;
  if ((v->tag & QS_ALLOCATED) != 0) QS_TAKE_OVER(v->data); /* it was queued, and taken, under a lock of Go's */
  if (napi_open_handle_scope(q->env, &scope) != napi_ok) {
    qs__drop_value(q, v);
    return;
  }
  if (call == 0) {
    warn(q, v);
  } else if ((call & (QS_CALLBACK_CALLED | QS_CALLBACK_RELEASED)) != 0) {
    call_back(q, call, v);
  } else {
    settle(q, call, v);
  }
  napi_close_handle_scope(q->env, scope);
}

static void take_completions(qs_env *q) {
  uint64_t calls[BATCH];
  qs_value values[BATCH];
  uint64_t end = qs__clock() + TURN_MS;
  uint32_t room = FIRST_BATCH;
  for (uint32_t taken = 0; taken <= TURN - BATCH && qs__clock() < end; taken += room) {
    if (taken > 0 && room < BATCH) room *= 2;
    uint32_t n = quiesceTake(q->number, calls, values, room);
    if (n == 0) return;
    for (uint32_t i = 0; i < n; i++) deliver(q, calls[i], &values[i]);
  }
  napi_handle_scope scope;
  if (napi_open_handle_scope(q->env, &scope) != napi_ok) return;
  if (qs__call_hook(q, QS_HOOK_LATER, 0, NULL) == NULL) qs__wake(q->tsfn);
  napi_close_handle_scope(q->env, scope);
}

/* Called by Node after a wake-up; with a NULL env while the env tears down:
 * then the door has dropped the completions already. */
static void woken(napi_env env, napi_value unused, void *context, void *data) {
  qs_env *q = context;
  (void)unused;
  (void)data;
  if (env != NULL && !q->ended) take_completions(q);
}

/* take(): what setImmediate() calls for the hook `later`. */
napi_value qs__take(napi_env env, napi_callback_info info) {
  qs_env *q = qs__env_of(env, info, NULL, NULL);
  if (q != NULL) take_completions(q);
  return NULL;
}

bool qs__async_init(qs_env *q) {
  napi_value name;
  q->calls_free = NONE;
  QS_TRY(q->env, napi_create_string_utf8(q->env, "quiesce", NAPI_AUTO_LENGTH, &name), false);
  QS_TRY(q->env,
         napi_create_threadsafe_function(q->env, NULL, NULL, name, 0, 1, NULL, NULL, q, woken, &q->tsfn),
         false);
  QS_TRY(q->env, napi_unref_threadsafe_function(q->env, q->tsfn), false);
  return true;
}
