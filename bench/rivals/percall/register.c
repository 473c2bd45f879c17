/* Registers the functions of main.go, and two that cross once, by hand: the
 * least that a binding of Go can do which reads its arguments by Node-API. */
#include "_cgo_export.h"

static void define(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

/* A number that stands for an object goes into Go, and a number comes back. */
static napi_value value(napi_env env, napi_callback_info info) {
  napi_value object, result;
  size_t argc = 1;
  double number = 0;
  napi_get_cb_info(env, info, &argc, &object, NULL, NULL);
  napi_get_value_double(env, object, &number);
  napi_create_double(env, goValue(number), &result);
  return result;
}

/* The same with a number, a string and bytes. */
static napi_value take_once(napi_env env, napi_callback_info info) {
  napi_value argv[3], result;
  size_t argc = 3, letters = 0, bytes = 0;
  double number = 0;
  char text[256];
  void *data = NULL;
  napi_typedarray_type type;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  napi_get_value_double(env, argv[0], &number);
  napi_get_value_string_utf8(env, argv[1], text, sizeof text, &letters);
  napi_get_typedarray_info(env, argv[2], &type, &bytes, &data, NULL, NULL);
  napi_create_double(env, goTakeOnce(number, text, letters, data, bytes), &result);
  return result;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  define(env, exports, "nothing", goNothing);
  define(env, exports, "value", value);
  define(env, exports, "takeOnce", take_once);
  define(env, exports, "take", goTake);
  define(env, exports, "add", goAdd);
  define(env, exports, "text", goText);
  define(env, exports, "sum", goSum);
  return exports;
}
