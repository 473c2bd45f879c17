/* Signals: what must be done so that a Go runtime and Node, and two Go
 * runtimes, can live in one process. */
#include "shim.h"

#if defined(_WIN32) || defined(QS_CONTROL_NO_SIGURG_CHAIN)
static uint32_t never_preempted;
#endif

#ifndef _WIN32
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

static void chain_signals(void);

#if !defined(QS_CONTROL_NO_SIGMASK)
static sigset_t mask_before;

/* On the thread that loads the library, before Go's own constructor, which
 * starts the runtime's first thread: that and all that it starts inherit the
 * full mask. libuv installs handlers without SA_ONSTACK, and one that lands on
 * a Go thread's small stack ends the process. */
__attribute__((constructor(101))) static void block_signals(void) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask_before);
}

static void restore_signals(void) { pthread_sigmask(SIG_SETMASK, &mask_before, NULL); }
#else
static void restore_signals(void) {}
#endif

/* The same thread, after it: constructors without a priority run later, and
 * Go's object is linked first. */
__attribute__((constructor)) static void follow_go(void) {
  chain_signals();
  restore_signals();
}

#if defined(QS_CONTROL_NO_SIGURG_CHAIN)
static void chain_signals(void) {}
uint32_t *qs__watch_preemption(void) { return &never_preempted; }
#else
static struct sigaction urg_before, urg_of_go;
static pthread_key_t preempted_key;
static bool watching;

/* What handled SIGURG before this library was loaded: another Go runtime's
 * handler, mostly. Runs before Go's constructor. */
__attribute__((constructor(102))) static void save_handlers(void) { sigaction(SIGURG, NULL, &urg_before); }

static void call_handler(const struct sigaction *action, int number, siginfo_t *info, void *context) {
  if ((action->sa_flags & SA_SIGINFO) != 0) {
    action->sa_sigaction(number, info, context);
  } else if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN) {
    action->sa_handler(number);
  }
}

/* Any thread, on its signal stack. A Go runtime preempts by SIGURG, and its
 * handler ignores threads that are not its own. */
static void handle_urg(int number, siginfo_t *info, void *context) {
  uint32_t *preempted = watching ? pthread_getspecific(preempted_key) : NULL;
  if (preempted != NULL) *preempted = 1;
  call_handler(&urg_of_go, number, info, context);
  call_handler(&urg_before, number, info, context);
}

/* Go's runtime has installed its handler, in its constructor. Until that runtime
 * runs, the handler passes each signal on to the one before; from then on it
 * drops those of others. A preemption signal that is dropped is never sent
 * again: the runtime that sent it hangs at the next tight loop of that thread.
 * So Go's first thread does not start before the handlers are chained. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool is_open;

typedef void *(*thread_function)(void *);

/* The system's, or a sanitizer's where there is one. It is looked up here, where
 * the dynamic loader's lock is held anyway: later some other library may be
 * on its way, and Go's threads would wait for it. */
static int (*create_thread)(pthread_t *, const pthread_attr_t *, thread_function, void *);

__attribute__((constructor(103))) static void close_gate(void) {
  *(void **)&create_thread = dlsym(RTLD_DEFAULT, "pthread_create");
  pthread_mutex_lock(&gate);
}

static void open_gate(void) {
  atomic_store(&is_open, true);
  pthread_mutex_unlock(&gate);
}

static void chain_signals(void) {
  if (sigaction(SIGURG, NULL, &urg_of_go) == 0) {
    watching = pthread_key_create(&preempted_key, NULL) == 0;
    struct sigaction chained = urg_of_go;
    chained.sa_flags |= SA_SIGINFO;
    chained.sa_sigaction = handle_urg;
    sigaction(SIGURG, &chained, NULL);
  }
  open_gate();
}

typedef struct {
  thread_function function;
  void *argument;
} thread_start;

static void *start_behind_gate(void *p) {
  thread_start start = *(thread_start *)p;
  free(p);
  pthread_mutex_lock(&gate);
  pthread_mutex_unlock(&gate);
  return start.function(start.argument);
}

/* What this library calls by that name, Go's runtime above all. */
__attribute__((visibility("hidden"))) int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                                         thread_function function, void *argument) {
  if (atomic_load(&is_open)) return create_thread(thread, attributes, function, argument);
  thread_start *start = malloc(sizeof *start);
  if (start == NULL) return EAGAIN;
  *start = (thread_start){function, argument};
  int problem = create_thread(thread, attributes, start_behind_gate, start);
  if (problem != 0) free(start);
  return problem;
}

/* Returns where it is noted that a preemption signal has come to this thread;
 * see quiesceCall. */
uint32_t *qs__watch_preemption(void) {
  static _Thread_local uint32_t preempted;
  if (watching) pthread_setspecific(preempted_key, &preempted);
  return &preempted;
}
#endif

/* A JS thread, inside of Go. */
int qs__raise_preemption(void) { return pthread_kill(pthread_self(), SIGURG); }

static _Thread_local sigset_t mask_of_go;

/* A locked Go thread: lets a process that is started now have a clean mask. */
int qs__unmask_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  return pthread_sigmask(SIG_SETMASK, &none, &mask_of_go);
}

int qs__remask_signals(void) { return pthread_sigmask(SIG_SETMASK, &mask_of_go, NULL); }

#else
uint32_t *qs__watch_preemption(void) { return &never_preempted; }
int qs__raise_preemption(void) { return 0; }
int qs__unmask_signals(void) { return 0; }
int qs__remask_signals(void) { return 0; }
#endif
