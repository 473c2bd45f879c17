/* free(), freeSync(), freeAll(). The JS side has checked the deadlines: ms,
 * not negative, not NaN; Infinity is no limit. */
#include "shim.h"

/* Answers the promise of a call that Go has taken on, or throws. */
static napi_value started(qs_env *q, uint64_t call, qs_value *out) {
  if (out->tag == QS_UNDEFINED) return qs__promise_of(q, call);
  qs__release_call(q, call);
  qs__throw_value(q, out);
  return NULL;
}

/* free(token, ms) -> promise of the outcome's number */
napi_value qs__free_handle(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  double ms;
  uint64_t call;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_get_value_double(env, argv[1], &ms), NULL);
  if (!qs__reserve_call(q, &call)) return NULL;
  qs_value out = {.length = 0};
  quiesceFree(q->number, call, qs__token_of(env, argv[0]), ms, &out);
  return started(q, call, &out);
}

/* freeAll(ms) -> promise of the counts as JSON */
napi_value qs__free_all(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  double ms;
  uint64_t call;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_get_value_double(env, argv[0], &ms), NULL);
  if (!qs__reserve_call(q, &call)) return NULL;
  qs_value out = {.length = 0};
  quiesceFreeAll(q->number, call, ms, &out);
  return started(q, call, &out);
}

/* freeSync(token, ms) -> the outcome's number. Blocks this thread. */
napi_value qs__free_sync(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  double ms;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_get_value_double(env, argv[1], &ms), NULL);
  qs_value out = {.length = 0};
  quiesceFreeSync(q->number, qs__token_of(env, argv[0]), ms, &out);
  return qs__take_value(q, &out);
}
