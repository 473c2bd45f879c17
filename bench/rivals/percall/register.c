/* Registers the functions of main.go, and one that crosses once, by hand. */
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

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  define(env, exports, "nothing", goNothing);
  define(env, exports, "value", value);
  define(env, exports, "take", goTake);
  define(env, exports, "add", goAdd);
  define(env, exports, "text", goText);
  define(env, exports, "sum", goSum);
  return exports;
}
