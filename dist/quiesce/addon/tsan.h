/* Hand-overs between threads that Go synchronises: its locks are no pthread
 * ones, so ThreadSanitizer cannot see them, and is told of each where it is made.
 * In every other build they are nothing. What one thread did before
 * QS_HAND_OVER(p) happened before what another does after QS_TAKE_OVER(p). */
#ifndef QS_TSAN_H
#define QS_TSAN_H

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#define QS_HAND_OVER(p) __tsan_release((void *)(p))
#define QS_TAKE_OVER(p) __tsan_acquire((void *)(p))
#else
#define QS_HAND_OVER(p) ((void)(p))
#define QS_TAKE_OVER(p) ((void)(p))
#endif

#endif
