/* An addon that wants external buffers: what its two calls answer. */
#include <node_api.h>

static char memory[16];

static napi_value statuses(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value buffer, list, status;
  napi_create_array(env, &list);
  napi_create_uint32(env, napi_create_external_buffer(env, sizeof memory, memory, NULL, NULL, &buffer), &status);
  napi_set_element(env, list, 0, status);
  napi_create_uint32(env, napi_create_external_arraybuffer(env, memory, sizeof memory, NULL, NULL, &buffer), &status);
  napi_set_element(env, list, 1, status);
  return list;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "statuses", NAPI_AUTO_LENGTH, statuses, NULL, &function);
  napi_set_named_property(env, exports, "statuses", function);
  return exports;
}
