/* A Node addon of somebody else: an external whose data is no memory at all. */
#include <node_api.h>

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value external;
  napi_create_external(env, (void *)16, NULL, NULL, &external);
  napi_set_named_property(env, exports, "external", external);
  return exports;
}
