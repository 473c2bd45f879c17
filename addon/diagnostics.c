/* What diagnostics ask for: reports as JSON, and the settings of an env that they
 * need. */
#include "shim.h"
#include "tsan.h"

enum { REPORT_DESCRIBE, REPORT_HANDLES, REPORT_STATS, REPORT_OPS };

static napi_value report(napi_env env, napi_callback_info info, uint32_t what) {
  qs_env *q = qs__env_of(env, info, NULL, NULL);
  if (q == NULL) return NULL;
  qs_value out = {.length = 0};
  quiesceReport(what, &out);
  return qs__take_value(q, &out);
}

/* describe(), handles(), stats() -> JSON; ops() -> a number */
napi_value qs__describe(napi_env env, napi_callback_info info) { return report(env, info, REPORT_DESCRIBE); }
napi_value qs__handles(napi_env env, napi_callback_info info) { return report(env, info, REPORT_HANDLES); }
napi_value qs__stats(napi_env env, napi_callback_info info) { return report(env, info, REPORT_STATS); }
napi_value qs__ops(napi_env env, napi_callback_info info) { return report(env, info, REPORT_OPS); }

/* survey(limit) -> JSON: counts, and at most so many handles with the threads
 * that are attached to them */
napi_value qs__survey(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  uint32_t limit;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_get_value_uint32(env, argv[0], &limit), NULL);
  qs_value out = {.length = 0};
  quiesceSurvey(limit, &out);
  return qs__take_value(q, &out);
}

/* listen(bits): what is told to this env from now on; door/listen.go has the bits */
napi_value qs__listen(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  uint32_t what;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_get_value_uint32(env, argv[0], &what), NULL);
  quiesceListen(q->number, what);
  return NULL;
}

/* setThread(threadId) */
napi_value qs__set_thread(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  int64_t thread;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_get_value_int64(env, argv[0], &thread), NULL);
  quiesceSetThread(q->number, thread);
  return NULL;
}

/* trace(): from now on time-outs are told with the ops that held them. */
napi_value qs__trace(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  quiesceTrace();
  return NULL;
}

/* Any thread, while the env is registered with the door: copies the tokens of
 * its wrappers, and returns how many there are. `out` is memory of Go's heap. */
uint64_t qs__read_attachments(void *env, uint64_t *out, uint64_t room) {
  qs_env *q = env;
  uint64_t n = 0;
  QS_TAKE_OVER(env);
  QS_TAKE_OVER(&qs__heap_of_go);
  pthread_mutex_lock(&q->attachments_lock);
  for (qs_attachment *a = q->attachments; a != NULL; a = a->next, n++) {
    if (n < room) out[n] = a->token;
  }
  pthread_mutex_unlock(&q->attachments_lock);
  QS_HAND_OVER(&qs__heap_of_go);
  QS_HAND_OVER(env);
  return n;
}
