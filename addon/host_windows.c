/* Node-API's functions on Windows. A library there names the file that each of
 * its imports comes from, which would be node.exe; but the program is
 * electron.exe, or has the name that an app has given it. So there is no such
 * import: the pointers through which the compiler calls what is declared as
 * dllimport are ours, and are filled from the program that has loaded us, whatever its
 * name, or from libnode.dll where Node is a library of it.
 *
 * It is compiled for Windows only, by its name. */
#include <windows.h>

#include "shim.h"

#define QS_HOST_FUNCTIONS(X) \
  X(napi_add_env_cleanup_hook) \
  X(napi_add_finalizer) \
  X(napi_call_function) \
  X(napi_call_threadsafe_function) \
  X(napi_check_object_type_tag) \
  X(napi_close_handle_scope) \
  X(napi_create_array_with_length) \
  X(napi_create_bigint_int64) \
  X(napi_create_bigint_uint64) \
  X(napi_create_buffer_copy) \
  X(napi_create_date) \
  X(napi_create_double) \
  X(napi_create_external) \
  X(napi_create_function) \
  X(napi_create_int32) \
  X(napi_create_promise) \
  X(napi_create_reference) \
  X(napi_create_string_utf8) \
  X(napi_create_threadsafe_function) \
  X(napi_create_uint32) \
  X(napi_delete_reference) \
  X(napi_fatal_exception) \
  X(napi_get_and_clear_last_exception) \
  X(napi_get_arraybuffer_info) \
  X(napi_get_boolean) \
  X(napi_get_cb_info) \
  X(napi_get_dataview_info) \
  X(napi_get_date_value) \
  X(napi_get_last_error_info) \
  X(napi_get_named_property) \
  X(napi_get_null) \
  X(napi_get_reference_value) \
  X(napi_get_typedarray_info) \
  X(napi_get_undefined) \
  X(napi_get_value_bigint_int64) \
  X(napi_get_value_bigint_uint64) \
  X(napi_get_value_bool) \
  X(napi_get_value_double) \
  X(napi_get_value_external) \
  X(napi_get_value_int32) \
  X(napi_get_value_int64) \
  X(napi_get_value_string_utf8) \
  X(napi_get_value_uint32) \
  X(napi_is_exception_pending) \
  X(napi_open_handle_scope) \
  X(napi_ref_threadsafe_function) \
  X(napi_reject_deferred) \
  X(napi_resolve_deferred) \
  X(napi_set_element) \
  X(napi_set_named_property) \
  X(napi_throw) \
  X(napi_throw_error) \
  X(napi_throw_type_error) \
  X(napi_type_tag_object) \
  X(napi_typeof) \
  X(napi_unref_threadsafe_function)

#define DEFINE(name) void *__imp_##name;
QS_HOST_FUNCTIONS(DEFINE)

static const struct {
  const char *name;
  void **place;
} functions[] = {
#define ENTRY(name) {#name, &__imp_##name},
    QS_HOST_FUNCTIONS(ENTRY)};

/* The loader's thread, before anything else of this library runs. */
__attribute__((constructor(101))) static void find_host(void) {
  HMODULE host = GetModuleHandleW(L"libnode.dll");
  if (host == NULL) host = GetModuleHandleW(NULL);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    *functions[i].place = (void *)GetProcAddress(host, functions[i].name);
  }
}

/* Any thread. The name of a function that the program lacks, or NULL. */
const char *qs__missing_function(void) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (*functions[i].place == NULL) return functions[i].name;
  }
  return NULL;
}
