/* The module: what require() of the .node file runs, once for each env, and
 * the table of its exports. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

static qs_shape *shapes; /* of all members, made once, never freed */
static uint32_t members;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool pinned;

/* The first env's thread. */
static void init_process(void) {
  pinned = qs__pin();
  qs__put_handlers_on_stack();
  members = quiesceMembers();
  shapes = calloc(members + 1, sizeof *shapes);
  for (uint32_t i = 0; shapes != NULL && i < members; i++) quiesceShape(i, &shapes[i]);
}

/* The env of a function from the table. Fills argv with undefined where the
 * caller gave less. NULL with an exception pending. */
qs_env *qs__env_of(napi_env env, napi_callback_info info, size_t *argc, napi_value *argv) {
  void *data;
  QS_TRY(env, napi_get_cb_info(env, info, argc, argv, NULL, &data), NULL);
  return data;
}

static const char *const hook_names[QS_HOOKS] = {"error", "argumentError", "wrap", "warn", "later", "callback"};

/* setup({ error, argumentError, wrap, warn, later, callback }): once for each env, before all else. */
static napi_value setup(napi_env env, napi_callback_info info) {
  napi_value argv[1], function;
  napi_valuetype type;
  size_t argc = 1;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  for (int i = 0; i < QS_HOOKS; i++) {
    QS_TRY(env, napi_get_named_property(env, argv[0], hook_names[i], &function), NULL);
    QS_TRY(env, napi_typeof(env, function, &type), NULL);
    if (type != napi_function) {
      napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", hook_names[i]);
      return NULL;
    }
    if (q->hooks[i] != NULL) continue;
    QS_TRY(env, napi_create_reference(env, function, 1, &q->hooks[i]), NULL);
  }
  return NULL;
}

/* empty(): the cost of a Node-API call, for the benchmark. */
static napi_value empty(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  return NULL;
}

static const struct {
  const char *name;
  napi_callback function;
} exported[] = {
    {"setup", setup},
    {"describe", qs__describe},
    {"handles", qs__handles},
    {"stats", qs__stats},
    {"ops", qs__ops},
    {"survey", qs__survey},
    {"listen", qs__listen},
    {"setThread", qs__set_thread},
    {"attach", qs__attach},
    {"detach", qs__detach_wrapper},
    {"share", qs__share},
    {"setSite", qs__set_site},
    {"isFreed", qs__is_freed},
    {"free", qs__free_handle},
    {"freeSync", qs__free_sync},
    {"freeAll", qs__free_all},
    {"openGuard", qs__open_guard},
    {"bindGuard", qs__bind_guard},
    {"abort", qs__abort},
    {"lastCall", qs__last_call},
    {"take", qs__take},
    {"trace", qs__trace},
    {"empty", empty},
};

static bool export_table(qs_env *q, napi_value exports) {
  for (size_t i = 0; i < sizeof exported / sizeof *exported; i++) {
    napi_value function;
    QS_TRY(q->env, napi_create_function(q->env, exported[i].name, NAPI_AUTO_LENGTH, exported[i].function, q, &function),
           false);
    QS_TRY(q->env, napi_set_named_property(q->env, exports, exported[i].name, function), false);
  }
  return true;
}

/* members: one function for each member, in the order of describe(). An
 * instance's take the token first. */
static bool export_members(qs_env *q, napi_value exports) {
  napi_value list, function;
  QS_TRY(q->env, napi_create_array_with_length(q->env, members, &list), false);
  q->bound = calloc(members + 1, sizeof *q->bound);
  if (q->bound == NULL || shapes == NULL) {
    napi_throw_error(q->env, "ERR_MEMORY_ALLOCATION_FAILED", "out of memory");
    return false;
  }
  for (uint32_t i = 0; i < members; i++) {
    q->bound[i] = (qs_bound){.q = q, .shape = &shapes[i]};
    napi_callback call = shapes[i].params <= QS_FEW_PARAMS ? qs__call_sync_few : qs__call_sync;
    if (shapes[i].is_async) call = qs__call_async;
    QS_TRY(q->env, napi_create_function(q->env, NULL, 0, call, &q->bound[i], &function), false);
    QS_TRY(q->env, napi_set_element(q->env, list, i, function), false);
  }
  QS_TRY(q->env, napi_set_named_property(q->env, exports, "members", list), false);
  return true;
}

/* Whether the program is one that the addon can live in; else with an exception pending. */
static bool has_host(napi_env env) {
#ifdef _WIN32
  const char *missing = qs__missing_function();
  if (missing != NULL) {
    char message[128];
    snprintf(message, sizeof message, "this program does not export %s, of Node-API 9", missing);
    if (strcmp(missing, "napi_throw_error") != 0) napi_throw_error(env, "ERR_ADDON_UNAVAILABLE", message);
    return false;
  }
#endif
  pthread_once(&once, init_process);
  if (!pinned) napi_throw_error(env, "ERR_ADDON_UNAVAILABLE", "the system refuses to keep the addon loaded");
  return pinned;
}

NAPI_MODULE_INIT() {
  if (!has_host(env)) return NULL;
  qs_env *q = qs__new_env(env);
  if (q == NULL || !export_table(q, exports) || !export_members(q, exports)) return NULL;
  return exports;
}
