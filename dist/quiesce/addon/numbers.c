/* Arguments that are a number of some kind, a boolean or a Date. Nothing here
 * calls into JS. */
#include <math.h>
#include <string.h>

#include "shim.h"

#define MAX_DURATION_MS 9223372036854.775 /* of Go's, 2^63 ns */

int qs__read_integer(napi_env env, napi_value v, double *out) {
  if (napi_get_value_double(env, v, out) != napi_ok) return QS_WRONG_TYPE;
  if (!(fabs(*out) <= QS_MAX_SAFE_INTEGER)) return isfinite(*out) ? QS_OUT_OF_RANGE : QS_NOT_INTEGER;
  double integer = (double)(int64_t)*out; /* without a call of trunc() */
  if (*out != integer) return QS_NOT_INTEGER;
  *out = integer; /* -0 has become 0 */
  return QS_OK;
}

static void set_number(qs_value *out, uint64_t tag, double number) {
  out->tag = tag;
  memcpy(&out->bits, &number, sizeof number);
}

static int read_integer_within(napi_env env, napi_value v, double least, double most, qs_value *out) {
  double number;
  int problem = qs__read_integer(env, v, &number);
  if (problem != QS_OK) return problem;
  if (number < least || number > most) return QS_OUT_OF_RANGE;
  set_number(out, QS_NUMBER, number);
  return QS_OK;
}

int qs__read_number(napi_env env, napi_value v, qs_value *out) {
  double number;
  if (napi_get_value_double(env, v, &number) != napi_ok) return QS_WRONG_TYPE;
  set_number(out, QS_NUMBER, number);
  return QS_OK;
}

static int read_float32(napi_env env, napi_value v, qs_value *out) {
  double number;
  if (napi_get_value_double(env, v, &number) != napi_ok) return QS_WRONG_TYPE;
  if (isfinite(number) && isinf((float)number)) return QS_OUT_OF_RANGE;
  set_number(out, QS_NUMBER, number);
  return QS_OK;
}

static int read_duration(napi_env env, napi_value v, qs_value *out) {
  double number;
  if (napi_get_value_double(env, v, &number) != napi_ok) return QS_WRONG_TYPE;
  if (!(fabs(number) <= MAX_DURATION_MS)) return QS_OUT_OF_RANGE; /* NaN too */
  set_number(out, QS_NUMBER, number);
  return QS_OK;
}

static int read_date(napi_env env, napi_value v, qs_value *out) {
  double ms;
  if (napi_get_date_value(env, v, &ms) != napi_ok) return QS_WRONG_TYPE;
  if (isnan(ms)) return QS_OUT_OF_RANGE;
  set_number(out, QS_DATE, ms);
  return QS_OK;
}

int qs__read_bool(napi_env env, napi_value v, qs_value *out) {
  bool boolean;
  if (napi_get_value_bool(env, v, &boolean) != napi_ok) return QS_WRONG_TYPE;
  out->tag = QS_BOOL;
  out->bits = boolean;
  return QS_OK;
}

int qs__read_bigint(napi_env env, napi_value v, qs_value *out) {
  int64_t integer;
  bool lossless;
  if (napi_get_value_bigint_int64(env, v, &integer, &lossless) != napi_ok) return QS_WRONG_TYPE;
  if (!lossless) return QS_OUT_OF_RANGE;
  out->tag = QS_INT64;
  out->bits = (uint64_t)integer;
  return QS_OK;
}

static int read_unsigned_bigint(napi_env env, napi_value v, qs_value *out) {
  bool lossless;
  if (napi_get_value_bigint_uint64(env, v, &out->bits, &lossless) != napi_ok) return QS_WRONG_TYPE;
  if (!lossless) return QS_OUT_OF_RANGE;
  out->tag = QS_UINT64;
  return QS_OK;
}

/* A bigint, or a number that stands for the same integer. */
static int read_wide(napi_env env, bool is_signed, napi_value v, qs_value *out) {
  double number;
  int problem = is_signed ? qs__read_bigint(env, v, out) : read_unsigned_bigint(env, v, out);
  if (problem != QS_WRONG_TYPE) return problem;
  problem = qs__read_integer(env, v, &number);
  if (problem != QS_OK) return problem;
  if (!is_signed && number < 0) return QS_OUT_OF_RANGE;
  out->tag = is_signed ? QS_INT64 : QS_UINT64;
  out->bits = (uint64_t)(int64_t)number;
  return QS_OK;
}

int qs__read_scalar(napi_env env, int kind, napi_value v, qs_value *out) {
  switch (kind) {
    case QS_KIND_BOOL:
      return qs__read_bool(env, v, out);
    case QS_KIND_NUMBER:
      return qs__read_number(env, v, out);
    case QS_KIND_FLOAT32:
      return read_float32(env, v, out);
    case QS_KIND_INTEGER:
      return read_integer_within(env, v, -QS_MAX_SAFE_INTEGER, QS_MAX_SAFE_INTEGER, out);
    case QS_KIND_INT8:
      return read_integer_within(env, v, INT8_MIN, INT8_MAX, out);
    case QS_KIND_INT16:
      return read_integer_within(env, v, INT16_MIN, INT16_MAX, out);
    case QS_KIND_INT32:
      return read_integer_within(env, v, INT32_MIN, INT32_MAX, out);
    case QS_KIND_UINT8:
      return read_integer_within(env, v, 0, UINT8_MAX, out);
    case QS_KIND_UINT16:
      return read_integer_within(env, v, 0, UINT16_MAX, out);
    case QS_KIND_UINT32:
      return read_integer_within(env, v, 0, UINT32_MAX, out);
    case QS_KIND_UINT:
      return read_integer_within(env, v, 0, QS_MAX_SAFE_INTEGER, out);
    case QS_KIND_INT64:
      return read_wide(env, true, v, out);
    case QS_KIND_UINT64:
      return read_wide(env, false, v, out);
    case QS_KIND_DATE:
      return read_date(env, v, out);
    case QS_KIND_DURATION:
      return read_duration(env, v, out);
    default:
      return QS_WRONG_TYPE;
  }
}
