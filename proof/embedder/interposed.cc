// Functions that the embedder puts before those of its libraries: the dynamic loader takes the program's first.
#include <dlfcn.h>
#include <node_api.h>
#include <uv.h>

#include <atomic>
#include <cstring>
#include <string>

static std::atomic<unsigned> refused;

// As Electron has it, where V8's memory cage takes no memory of others.
extern "C" napi_status napi_create_external_arraybuffer(napi_env, void*, size_t, napi_finalize, void*, napi_value*) {
  refused++;
  return napi_no_external_buffers_allowed;
}

extern "C" napi_status napi_create_external_buffer(napi_env, size_t, void*, napi_finalize, void*, napi_value*) {
  refused++;
  return napi_no_external_buffers_allowed;
}

extern "C" unsigned external_buffers_refused() { return refused; }

// Debian's Node reads some of its own modules from /usr/share/nodejs; here they lie in the unpacked packages.
extern "C" int uv_fs_open(uv_loop_t* loop, uv_fs_t* req, const char* path, int flags, int mode, uv_fs_cb cb) {
  static const auto real = reinterpret_cast<decltype(&uv_fs_open)>(dlsym(RTLD_NEXT, "uv_fs_open"));
  static const char shared[] = "/usr/share/nodejs/";
  if (strncmp(path, shared, sizeof shared - 1) != 0) return real(loop, req, path, flags, mode, cb);
  return real(loop, req, (std::string(UNPACKED) + path).c_str(), flags, mode, cb);
}
