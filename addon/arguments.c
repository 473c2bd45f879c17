/* Arguments: JS values into tagged ones, checked against the member's kinds.
 * Nothing here calls into JS, so nothing can change while it is read. Bytes are
 * not copied here: Go copies them before it returns. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

#define MAX_SAFE_INTEGER 9007199254740991.0

/* What reading one argument came to: OK, or a problem for qs__throw_argument. */
#define OK (-1)

static int read_integer(napi_env env, napi_value v, double *out) {
  if (napi_get_value_double(env, v, out) != napi_ok) return QS_WRONG_TYPE;
  if (*out != trunc(*out)) return QS_NOT_INTEGER; /* NaN too */
  if (fabs(*out) > MAX_SAFE_INTEGER) return isinf(*out) ? QS_NOT_INTEGER : QS_OUT_OF_RANGE;
  *out += 0.0; /* -0 becomes 0 */
  return OK;
}

static int read_number(napi_env env, napi_value v, qs_value *out) {
  double number;
  if (napi_get_value_double(env, v, &number) != napi_ok) return QS_WRONG_TYPE;
  out->tag = QS_NUMBER;
  memcpy(&out->bits, &number, sizeof number);
  return OK;
}

static int read_bool(napi_env env, napi_value v, qs_value *out) {
  bool boolean;
  if (napi_get_value_bool(env, v, &boolean) != napi_ok) return QS_WRONG_TYPE;
  out->tag = QS_BOOL;
  out->bits = boolean;
  return OK;
}

static int read_bigint(napi_env env, napi_value v, qs_value *out) {
  int64_t integer;
  bool lossless;
  if (napi_get_value_bigint_int64(env, v, &integer, &lossless) != napi_ok) return QS_WRONG_TYPE;
  if (!lossless) return QS_OUT_OF_RANGE;
  out->tag = QS_INT64;
  out->bits = (uint64_t)integer;
  return OK;
}

/* A bigint, or a number that stands for the same integer. */
static int read_int64(napi_env env, napi_value v, qs_value *out) {
  double number;
  int problem = read_bigint(env, v, out);
  if (problem != QS_WRONG_TYPE) return problem;
  problem = read_integer(env, v, &number);
  out->tag = QS_INT64;
  if (problem == OK) out->bits = (uint64_t)(int64_t)number;
  return problem;
}

/* Takes n bytes from the room on the stack, or from the heap. */
static char *take_room(qs_arguments *a, size_t n) {
  if (n <= sizeof a->room - a->used) {
    char *p = a->room + a->used;
    a->used += n;
    return p;
  }
  char *p = malloc(n);
  if (p != NULL) a->allocated[a->allocations++] = p;
  return p;
}

static int read_string(napi_env env, napi_value v, qs_arguments *a, qs_value *out) {
  size_t length;
  if (napi_get_value_string_utf8(env, v, NULL, 0, &length) != napi_ok) return QS_WRONG_TYPE;
  char *p = take_room(a, length + 1);
  if (p == NULL) return QS_NO_MEMORY;
  if (napi_get_value_string_utf8(env, v, p, length + 1, &length) != napi_ok) return QS_WRONG_TYPE;
  out->tag = QS_STRING;
  out->data = (uintptr_t)p;
  out->length = length;
  return OK;
}

static size_t element_size(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array:
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      return 1;
    case napi_int16_array:
    case napi_uint16_array:
      return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array:
      return 8;
    case napi_float16_array:
      return 2;
    default:
      return 0;
  }
}

static int read_bytes(napi_env env, napi_value v, qs_value *out) {
  void *data = NULL;
  size_t length = 0;
  napi_typedarray_type type = (napi_typedarray_type)-1; /* Node leaves it alone for a kind that it does not know */
  if (napi_get_typedarray_info(env, v, &type, &length, &data, NULL, NULL) == napi_ok) {
    if (element_size(type) == 0) return QS_WRONG_TYPE;
    length *= element_size(type);
  } else if (napi_get_dataview_info(env, v, &length, &data, NULL, NULL) != napi_ok &&
             napi_get_arraybuffer_info(env, v, &data, &length) != napi_ok) {
    return QS_WRONG_TYPE;
  }
  out->tag = QS_BYTES;
  out->data = (uintptr_t)data;
  out->length = data != NULL ? length : 0; /* a detached buffer has no bytes */
  return OK;
}

static int read_any(napi_env env, napi_value v, qs_arguments *a, qs_value *out) {
  napi_valuetype type;
  if (napi_typeof(env, v, &type) != napi_ok) return QS_WRONG_TYPE;
  switch (type) {
    case napi_undefined:
      return OK;
    case napi_null:
      out->tag = QS_NULL;
      return OK;
    case napi_boolean:
      return read_bool(env, v, out);
    case napi_number:
      return read_number(env, v, out);
    case napi_bigint:
      return read_bigint(env, v, out);
    case napi_string:
      return read_string(env, v, a, out);
    default:
      return read_bytes(env, v, out);
  }
}

static int read_data(napi_env env, napi_value v, qs_arguments *a, qs_value *out) {
  int problem = read_string(env, v, a, out);
  return problem == QS_WRONG_TYPE ? read_bytes(env, v, out) : problem;
}

static int read_kind(napi_env env, int kind, napi_value v, qs_arguments *a, qs_value *out) {
  double number;
  int problem;
  switch (kind) {
    case QS_KIND_BOOL:
      return read_bool(env, v, out);
    case QS_KIND_NUMBER:
      return read_number(env, v, out);
    case QS_KIND_INTEGER:
      problem = read_integer(env, v, &number);
      out->tag = QS_NUMBER;
      memcpy(&out->bits, &number, sizeof number);
      return problem;
    case QS_KIND_INT64:
      return read_int64(env, v, out);
    case QS_KIND_STRING:
      return read_string(env, v, a, out);
    case QS_KIND_BYTES:
      return read_bytes(env, v, out);
    case QS_KIND_DATA:
      return read_data(env, v, a, out);
    case QS_KIND_HANDLE: /* the JS side has put the token in its place */
      out->tag = QS_HANDLE;
      out->bits = qs__token_of(env, v);
      return OK;
    default:
      return read_any(env, v, a, out);
  }
}

static bool is_undefined(napi_env env, napi_value v) {
  napi_valuetype type;
  return napi_typeof(env, v, &type) == napi_ok && type == napi_undefined;
}

/* Reads the arguments of a member; argv has at least params + 1 values. False
 * with an exception pending when one is missing, too many or wrong. The caller
 * frees them either way. */
bool qs__read_arguments(qs_env *q, const qs_shape *shape, size_t argc, napi_value *argv, qs_arguments *a) {
  a->used = 0;
  if (argc > shape->params) {
    qs__throw_argument(q, shape->number, (uint32_t)argc, QS_TOO_MANY, argv[shape->params]);
    return false;
  }
  for (uint32_t i = 0; i < shape->params; i++) {
    qs_value *out = &a->values[i];
    *out = (qs_value){.tag = QS_UNDEFINED};
    if (i >= argc && i < shape->required) {
      qs__throw_argument(q, shape->number, i, QS_MISSING, NULL);
      return false;
    }
    if (i >= argc || (i >= shape->required && is_undefined(q->env, argv[i]))) continue;
    int problem = read_kind(q->env, shape->kinds[i], argv[i], a, out);
    if (problem != OK) {
      qs__throw_argument(q, shape->number, i, problem, argv[i]);
      return false;
    }
  }
  return true;
}

void qs__free_arguments(qs_arguments *a) {
  for (int i = 0; i < a->allocations; i++) free(a->allocated[i]);
}

/* The token in a JS number, or 0, which is never valid. */
uint64_t qs__token_of(napi_env env, napi_value v) {
  double number;
  if (read_integer(env, v, &number) != OK || number < 0) return 0;
  return (uint64_t)number;
}
