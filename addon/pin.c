/* The library stays where it is until the process ends: Go's runtime and its
 * threads cannot be stopped. Node closes an addon when the last worker that has
 * loaded it ends. On ELF systems Go's linker marks the file so that this does
 * nothing; elsewhere it has to be asked for. */
#include "shim.h"

#if defined(_WIN32)
#include <windows.h>

/* Once, on the first env's thread. False if the library may be unloaded. */
bool qs__pin(void) {
  HMODULE self;
  DWORD how = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN;
  return GetModuleHandleExW(how, (LPCWSTR)(void *)qs__pin, &self) != 0;
}
#elif defined(__APPLE__)
#include <dlfcn.h>

/* Once, on the first env's thread. The handle is kept for good, and so is the
 * library, even where the flag means nothing. */
bool qs__pin(void) {
  Dl_info self;
  return dladdr((void *)qs__pin, &self) != 0 && dlopen(self.dli_fname, RTLD_LAZY | RTLD_NODELETE) != NULL;
}
#else
bool qs__pin(void) { return true; }
#endif
