/* Registers the functions of main.go. */
#include "_cgo_export.h"

static void define(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  define(env, exports, "nothing", goNothing);
  define(env, exports, "take", goTake);
  define(env, exports, "add", goAdd);
  define(env, exports, "text", goText);
  define(env, exports, "sum", goSum);
  return exports;
}
