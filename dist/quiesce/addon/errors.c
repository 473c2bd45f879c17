/* Errors: every one that JS sees is made by the JS side, which owns the
 * classes; see lib/errors.js. */
#include <stdio.h>

#include "shim.h"

/* Throws what Node itself has to say of the call that failed last, unless an
 * exception is pending already or JS can no longer run. */
void qs__throw_last(napi_env env, const char *what) {
  const napi_extended_error_info *info = NULL;
  const char *message = NULL;
  bool pending = false;
  if (napi_get_last_error_info(env, &info) == napi_ok && info != NULL) {
    if (info->error_code == napi_cannot_run_js || info->error_code == napi_closing) return;
    message = info->error_message;
  }
  if (napi_is_exception_pending(env, &pending) != napi_ok || pending) return;
  napi_throw_error(env, "ERR_NAPI", message != NULL ? message : what);
}

/* Calls one of the functions from setup(). NULL with an exception pending when
 * it throws, or when setup() has not been called. */
napi_value qs__call_hook(qs_env *q, int hook, size_t argc, napi_value *argv) {
  napi_value function, undefined, result;
  if (q->hooks[hook] == NULL) {
    napi_throw_error(q->env, "ERR_NAPI", "setup() has not been called");
    return NULL;
  }
  QS_TRY(q->env, napi_get_reference_value(q->env, q->hooks[hook], &function), NULL);
  QS_TRY(q->env, napi_get_undefined(q->env, &undefined), NULL);
  QS_TRY(q->env, napi_call_function(q->env, undefined, function, argc, argv, &result), NULL);
  return result;
}

/* Makes the JS error of an error value and frees the value. */
napi_status qs__make_error(qs_env *q, qs_value *v, napi_value *out) {
  napi_value text;
  const char *bytes = v->data != 0 ? (const char *)v->data : "{\"message\":\"out of memory\"}";
  size_t length = v->data != 0 ? v->length : NAPI_AUTO_LENGTH;
  napi_status status = napi_create_string_utf8(q->env, bytes, length, &text);
  qs__drop_value(q, v);
  if (status != napi_ok) return status;
  *out = qs__call_hook(q, QS_HOOK_ERROR, 1, &text);
  return *out != NULL ? napi_ok : napi_pending_exception;
}

void qs__throw_value(qs_env *q, qs_value *v) {
  napi_value error;
  if (qs__make_error(q, v, &error) == napi_ok) {
    napi_throw(q->env, error);
  } else {
    qs__throw_last(q->env, "the error of a call could not be described"); /* unless an exception is pending */
  }
}

/* Throws an error that the shim itself has found; neither text needs escapes. */
void qs__throw_code(qs_env *q, const char *code, const char *message) {
  char text[256];
  int n = snprintf(text, sizeof text, "{\"code\":\"%s\",\"message\":\"%s\"}", code, message);
  qs_value v = {.tag = QS_ERROR, .data = (uintptr_t)text, .length = (uint64_t)n};
  qs__throw_value(q, &v);
}

void qs__throw_argument(qs_env *q, uint32_t member, uint32_t index, int problem, napi_value given) {
  napi_value argv[4];
  QS_TRY(q->env, napi_create_uint32(q->env, member, &argv[0]), );
  QS_TRY(q->env, napi_create_uint32(q->env, index, &argv[1]), );
  QS_TRY(q->env, napi_create_int32(q->env, problem, &argv[2]), );
  if (given == NULL) QS_TRY(q->env, napi_get_undefined(q->env, &given), );
  argv[3] = given;
  napi_value error = qs__call_hook(q, QS_HOOK_ARGUMENT, 4, argv);
  if (error != NULL) napi_throw(q->env, error);
}
