/* The least a Node-API addon can do: a call that does nothing, two that count up
 * and down, a piece of work for libuv's threads that does nothing, and an addon
 * of its own to load. */
#include <node_api.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
  napi_async_work work;
  napi_deferred deferred;
} item;

static napi_value empty(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  return NULL;
}

/* The least that an enter and a leave from JS can do: find the counter that the
 * function is bound to, add to it, and say yes. */
static _Atomic uint64_t counter;

static napi_value add(napi_env env, napi_callback_info info) {
  void *data;
  napi_value yes;
  napi_get_cb_info(env, info, NULL, NULL, NULL, &data);
  atomic_fetch_add((_Atomic uint64_t *)data, 1);
  napi_get_boolean(env, true, &yes);
  return yes;
}

static napi_value subtract(napi_env env, napi_callback_info info) {
  void *data;
  napi_get_cb_info(env, info, NULL, NULL, NULL, &data);
  atomic_fetch_sub((_Atomic uint64_t *)data, 1);
  return NULL;
}

/* What a binding does that never frees: the least that malloc has for a box. */
static napi_value leak(napi_env env, napi_callback_info info) {
  volatile char *box = malloc(64);
  if (box != NULL) box[0] = 1;
  return empty(env, info);
}

/* On a thread of libuv's pool. */
static void execute(napi_env env, void *data) {
  (void)env;
  (void)data;
}

static void complete(napi_env env, napi_status status, void *data) {
  item *i = data;
  napi_value result;
  (void)status;
  napi_get_undefined(env, &result);
  napi_resolve_deferred(env, i->deferred, result);
  napi_delete_async_work(env, i->work);
  free(i);
}

static napi_value work(napi_env env, napi_callback_info info) {
  napi_value promise, name;
  item *i = malloc(sizeof *i);
  (void)info;
  napi_create_promise(env, &i->deferred, &promise);
  napi_create_string_utf8(env, "empty", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, NULL, name, execute, complete, i, &i->work);
  napi_queue_async_work(env, i->work);
  return promise;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  const struct {
    const char *name;
    napi_callback call;
    void *data;
  } functions[] = {{"empty", empty, NULL},
                   {"add", add, &counter},
                   {"subtract", subtract, &counter},
                   {"leak", leak, NULL},
                   {"work", work, NULL}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, functions[i].data, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  return exports;
}
