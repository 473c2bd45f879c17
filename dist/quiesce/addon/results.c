/* Results: tagged values into JS ones. */
#include <string.h>

#include "shim.h"

static napi_value take_number(qs_env *q, qs_value *v) {
  napi_value result;
  double number;
  memcpy(&number, &v->bits, sizeof number);
  if (v->tag == QS_DATE) {
    QS_TRY(q->env, napi_create_date(q->env, number, &result), NULL);
    return result;
  }
  QS_TRY(q->env, napi_create_double(q->env, number, &result), NULL);
  return result;
}

/* Wraps a handle; its attachment passes to the wrapper. */
static napi_value take_handle(qs_env *q, qs_value *v) {
  napi_value argv[4];
  argv[2] = qs__make_attachment(q, v->bits);
  if (argv[2] == NULL) return NULL;
  QS_TRY(q->env, napi_get_boolean(q->env, (v->length & QS_BORROWED) != 0, &argv[3]), NULL);
  QS_TRY(q->env, napi_create_uint32(q->env, (uint32_t)v->length, &argv[0]), NULL);
  QS_TRY(q->env, napi_create_double(q->env, (double)v->bits, &argv[1]), NULL);
  return qs__call_hook(q, QS_HOOK_WRAP, 4, argv);
}

static napi_value make(qs_env *q, uint64_t tag, const char *data, uint64_t length) {
  napi_value result = NULL;
  bool pending = false;
  napi_status status = tag == QS_STRING ? napi_create_string_utf8(q->env, data, length, &result)
                                        : napi_create_buffer_copy(q->env, length, data, NULL, &result);
  if (status == napi_ok) return result;
  if (napi_is_exception_pending(q->env, &pending) != napi_ok || pending) return NULL;
  if (tag == QS_STRING) {
    qs__throw_code(q, "ERR_STRING_TOO_LONG", "the result is too long for a string");
  } else {
    qs__throw_code(q, "ERR_BUFFER_TOO_LARGE", "the result is too long for a Buffer");
  }
  return NULL;
}

/* A large result of a sync member, while Go still holds it: so it is copied
 * only once. */
uintptr_t qs__make(uintptr_t env, uint64_t tag, const char *data, uint64_t length) {
  return (uintptr_t)make((qs_env *)env, tag, data, length);
}

static napi_value take_data(qs_env *q, qs_value *v) {
  napi_value result = make(q, v->tag & (QS_ALLOCATED - 1), (const char *)v->data, v->length);
  qs__drop_value(q, v);
  return result;
}

/* Makes the JS value and gives back what `v` holds. NULL with an exception
 * pending if there is none to be made; an error value throws itself. */
napi_value qs__take_value(qs_env *q, qs_value *v) {
  napi_value result = NULL;
  switch (v->tag & (QS_ALLOCATED - 1)) {
    case QS_UNDEFINED:
      QS_TRY(q->env, napi_get_undefined(q->env, &result), NULL);
      return result;
    case QS_NULL:
      QS_TRY(q->env, napi_get_null(q->env, &result), NULL);
      return result;
    case QS_BOOL:
      QS_TRY(q->env, napi_get_boolean(q->env, v->bits != 0, &result), NULL);
      return result;
    case QS_NUMBER:
    case QS_DATE:
      return take_number(q, v);
    case QS_UINT64:
      QS_TRY(q->env, napi_create_bigint_uint64(q->env, v->bits, &result), NULL);
      return result;
    case QS_INT64:
      QS_TRY(q->env, napi_create_bigint_int64(q->env, (int64_t)v->bits, &result), NULL);
      return result;
    case QS_STRING:
    case QS_BYTES:
      return take_data(q, v);
    case QS_MADE:
      return (napi_value)(uintptr_t)v->bits;
    case QS_HANDLE:
      return take_handle(q, v);
    default:
      qs__throw_value(q, v);
      return NULL;
  }
}

/* Gives back what a value holds that nobody takes. Any number of times. */
void qs__drop_value(qs_env *q, qs_value *v) {
  if ((v->tag & QS_ALLOCATED) != 0) qs__free(v->data);
  if ((v->tag & (QS_ALLOCATED - 1)) == QS_HANDLE) quiesceDetach(q->number, v->bits, 0);
  *v = (qs_value){.tag = QS_UNDEFINED};
}
