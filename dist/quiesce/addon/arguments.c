/* Arguments: JS values into tagged ones, checked against the member's kinds.
 * Nothing here calls into JS, so nothing can change while it is read. Bytes are
 * not copied here: Go copies them before it returns. */
#include <stdlib.h>
#include <string.h>

#include "shim.h"

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

/* The longest character of UTF-8: Node leaves one out that does not fit. */
#define LONGEST 4

static int read_string(napi_env env, napi_value v, qs_arguments *a, qs_value *out) {
  size_t length, room = sizeof a->room - a->used;
  char *p = a->room + a->used;
  /* Most strings are short: they are written at once, without asking how long they are. */
  if (napi_get_value_string_utf8(env, v, room > 0 ? p : NULL, room, &length) != napi_ok) return QS_WRONG_TYPE;
  if (length + LONGEST < room) {
    a->used += length + 1;
    *out = (qs_value){.tag = QS_STRING, .data = (uintptr_t)p, .length = length};
    return QS_OK;
  }
  if (napi_get_value_string_utf8(env, v, NULL, 0, &length) != napi_ok) return QS_WRONG_TYPE;
  p = take_room(a, length + 1);
  if (p == NULL) return QS_NO_MEMORY;
  if (napi_get_value_string_utf8(env, v, p, length + 1, &length) != napi_ok) return QS_WRONG_TYPE;
  out->tag = QS_STRING;
  out->data = (uintptr_t)p;
  out->length = length;
  return QS_OK;
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
  return QS_OK;
}

static int read_any(napi_env env, napi_value v, qs_arguments *a, qs_value *out) {
  napi_valuetype type;
  if (napi_typeof(env, v, &type) != napi_ok) return QS_WRONG_TYPE;
  switch (type) {
    case napi_undefined:
      return QS_OK;
    case napi_null:
      out->tag = QS_NULL;
      return QS_OK;
    case napi_boolean:
      return qs__read_bool(env, v, out);
    case napi_number:
      return qs__read_number(env, v, out);
    case napi_bigint:
      return qs__read_bigint(env, v, out);
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

/* A handle's token or a callback's number: the JS side has put it in its place. */
static int read_reference(qs_env *q, uint64_t tag, napi_value v, qs_value *out) {
  *out = (qs_value){.tag = tag, .bits = qs__token_of(q->env, v)};
  if (tag == QS_CALLBACK) out->length = q->number;
  return QS_OK;
}

static int read_kind(qs_env *q, int kind, napi_value v, qs_arguments *a, qs_value *out) {
  switch (kind) {
    case QS_KIND_ANY:
      return read_any(q->env, v, a, out);
    case QS_KIND_STRING:
      return read_string(q->env, v, a, out);
    case QS_KIND_BYTES:
    case QS_KIND_ENCODED:
      return read_bytes(q->env, v, out);
    case QS_KIND_DATA:
      return read_data(q->env, v, a, out);
    case QS_KIND_HANDLE:
      return read_reference(q, QS_HANDLE, v, out);
    case QS_KIND_CALLBACK:
      return read_reference(q, QS_CALLBACK, v, out);
    default:
      return qs__read_scalar(q->env, kind, v, out);
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
    int problem = read_kind(q, shape->kinds[i], argv[i], a, out);
    if (problem != QS_OK) {
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
  if (napi_get_value_double(env, v, &number) != napi_ok) return 0;
  if (!(number >= 0 && number <= QS_MAX_SAFE_INTEGER)) return 0; /* NaN too */
  int64_t token = (int64_t)number;
  return (double)token == number ? (uint64_t)token : 0;
}
