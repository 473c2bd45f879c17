/* Calls of members: one crossing each. */
#include "shim.h"

/* Room for a result on the caller's stack; a larger one is allocated by Go. */
#define RESULT_ROOM 512

static void begin_current(qs_current *c, uint64_t token, uint32_t member) {
  _Atomic uint64_t *sequence = (_Atomic uint64_t *)&c->sequence;
  uint64_t s = atomic_load_explicit(sequence, memory_order_relaxed);
  atomic_store_explicit(sequence, s + 1, memory_order_relaxed);
  atomic_thread_fence(memory_order_release);
  atomic_store_explicit((_Atomic uint64_t *)&c->token, token, memory_order_relaxed);
  atomic_store_explicit((_Atomic uint64_t *)&c->member, member, memory_order_relaxed);
  atomic_store_explicit((_Atomic uint64_t *)&c->started, qs__clock(), memory_order_relaxed);
  atomic_store_explicit(sequence, s + 2, memory_order_release);
}

static void end_current(qs_current *c) {
  atomic_store_explicit((_Atomic uint64_t *)&c->token, 0, memory_order_release);
}

/* What a call of a member has in common: its binding, its token, its
 * arguments. `argc` is the room in argv, all of which Node fills: the token, the
 * member's parameters, and one that is too many. False with an exception
 * pending. */
static bool begin_call(napi_env env, napi_callback_info info, napi_value *argv, size_t argc, qs_bound **bound,
                       uint64_t *token, qs_arguments *a) {
  void *data;
  a->allocations = 0; /* the rest of it need not be cleared */
  QS_TRY(env, napi_get_cb_info(env, info, &argc, argv, NULL, &data), false);
  qs_bound *b = *bound = data;
  size_t first = b->shape->is_static ? 0 : 1;
  *token = 0;
  if (first == 1 && argc > 0) {
    *token = qs__token_of(env, argv[0]);
    argc--;
  }
  return qs__read_arguments(b->q, b->shape, argc, argv + first, a);
}

static napi_value call_sync(napi_env env, napi_callback_info info, napi_value *argv, size_t argc) {
  qs_bound *b;
  uint64_t token;
  qs_arguments a;
  napi_value result = NULL;
  if (begin_call(env, info, argv, argc, &b, &token, &a)) {
    char room[RESULT_ROOM];
    qs_value out = {.bits = (uintptr_t)b->q, .data = (uintptr_t)room, .length = sizeof room};
    begin_current(&b->q->current, token, b->shape->number);
    quiesceCall(b->shape->number, token, a.values, b->shape->params, &out, b->q->preempted);
    end_current(&b->q->current);
    result = qs__take_value(b->q, &out);
  }
  qs__free_arguments(&a);
  return result;
}

napi_value qs__call_sync(napi_env env, napi_callback_info info) {
  napi_value argv[QS_MAX_PARAMS + 2];
  return call_sync(env, info, argv, QS_MAX_PARAMS + 2);
}

/* The same for a member with no more than QS_FEW_PARAMS parameters. */
napi_value qs__call_sync_few(napi_env env, napi_callback_info info) {
  napi_value argv[QS_FEW_PARAMS + 2];
  return call_sync(env, info, argv, QS_FEW_PARAMS + 2);
}

/* Returns the promise, or throws what kept the call from being started. */
napi_value qs__call_async(napi_env env, napi_callback_info info) {
  qs_bound *b;
  uint64_t token, call;
  qs_arguments a;
  napi_value argv[QS_MAX_PARAMS + 2], promise = NULL;
  if (begin_call(env, info, argv, QS_MAX_PARAMS + 2, &b, &token, &a) && qs__reserve_call(b->q, &call)) {
    qs_value out = {.length = 0};
    quiesceStart(b->q->number, call, b->shape->number, token, a.values, b->shape->params, &out);
    if (out.tag == QS_UNDEFINED) {
      promise = qs__promise_of(b->q, call);
    } else {
      qs__release_call(b->q, call);
      qs__throw_value(b->q, &out);
    }
  }
  qs__free_arguments(&a);
  return promise;
}

/* lastCall(): the number of the call that was started last, for abort(). */
napi_value qs__last_call(napi_env env, napi_callback_info info) {
  napi_value result;
  qs_env *q = qs__env_of(env, info, NULL, NULL);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_create_double(env, (double)q->last_call, &result), NULL);
  return result;
}

/* abort(call) */
napi_value qs__abort(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q != NULL) quiesceAbort(q->number, qs__token_of(env, argv[0]));
  return NULL;
}
