/* res_search(), which Go's package net calls for what getaddrinfo() does not
 * answer: it stands in glibc's libc since 2.34, and in libresolv before, under
 * another name. A reference to either would keep the library from loading where
 * the other is, so it is looked up when it is first called. */
#include "shim.h"

#ifdef __linux__
#include <dlfcn.h>

typedef int (*search_function)(const char *, int, int, unsigned char *, int);

static search_function find_search(void) {
  search_function found;
  *(void **)&found = dlsym(RTLD_DEFAULT, "res_search");
  if (found != NULL) return found;
  void *library = dlopen("libresolv.so.2", RTLD_LAZY); /* never closed */
  if (library != NULL) *(void **)&found = dlsym(library, "__res_search");
  return found;
}

/* Any thread of Go's. -1 without errno is what Go takes for "no such record". */
__attribute__((visibility("hidden"))) int res_search(const char *name, int class, int type, unsigned char *answer,
                                                     int size) {
  static _Atomic(search_function) search;
  search_function found = atomic_load(&search);
  if (found == NULL) {
    found = find_search();
    if (found == NULL) return -1;
    atomic_store(&search, found);
  }
  return found(name, class, type, answer, size);
}
#endif
