/* An env from its making to its end. */
#include <stdlib.h>

#include "shim.h"
#include "tsan.h"

#if defined(QS_CONTROL_NO_TEARDOWN)
#define napi_add_env_cleanup_hook(env, hook, data) ((void)(hook), napi_ok)
#endif
#if defined(QS_CONTROL_NO_GIVE_BACK)
#define qs__give_back(q) ((void)(q))
#endif

/* The envs of this thread: one, or more when the addon is loaded twice or an
 * embedder runs several. */
_Thread_local qs_env *qs__envs_of_thread;

static void leave_thread(qs_env *q) {
  for (qs_env **p = &qs__envs_of_thread; *p != NULL; p = &(*p)->next_on_thread) {
    if (*p == q) {
      *p = q->next_on_thread;
      return;
    }
  }
}

/* Lets go of the functions from setup(): Node does not, not even with the env. */
static void delete_hooks(qs_env *q) {
  for (int i = 0; i < QS_HOOKS; i++) {
    if (q->hooks[i] != NULL) napi_delete_reference(q->env, q->hooks[i]);
    q->hooks[i] = NULL;
  }
}

/* Runs when the env begins to end: on process exit, after worker.terminate(),
 * at an embedder's wish. It was added after the thread-safe function was made,
 * so it runs before Node tears that down. Nothing is delivered afterwards;
 * enters and attachments are given back. It waits for nothing but a wake-up
 * that another thread is in the middle of. */
static void end_env(void *data) {
  qs_env *q = data;
  q->ended = true;
  leave_thread(q);
  quiesceCloseEnv(q->number);
  QS_TAKE_OVER(q->tsfn); /* from the last who called it; Go's guard of it is closed */
  QS_TAKE_OVER(q);       /* from the last who read the ledger; Go's lock of the envs kept it until then */
  qs__give_back(q);
  delete_hooks(q);
  while (q->attachments != NULL) qs__detach(q->attachments, false);
  qs__unref_env(q);
}

/* Makes an env, or returns NULL with an exception pending. */
qs_env *qs__new_env(napi_env env) {
  qs_env *q = calloc(1, sizeof *q);
  if (q == NULL) {
    napi_throw_error(env, "ERR_MEMORY_ALLOCATION_FAILED", "out of memory");
    return NULL;
  }
  q->env = env;
  q->references = 1;
  q->preempted = qs__watch_preemption();
  pthread_mutex_init(&q->ledger.lock, NULL);
  pthread_mutex_init(&q->attachments_lock, NULL);
  if (!qs__async_init(q)) {
    qs__unref_env(q);
    return NULL;
  }
  if (napi_add_env_cleanup_hook(env, end_env, q) != napi_ok) {
    qs__throw_last(env, "napi_add_env_cleanup_hook");
    return NULL; /* the thread-safe function refers to it: better lost than freed */
  }
  QS_HAND_OVER(q->tsfn);
  QS_HAND_OVER(q); /* under Go's lock of the envs, to whoever finds it there */
  q->number = quiesceNewEnv(q, q->tsfn, &q->current);
  q->next_on_thread = qs__envs_of_thread;
  qs__envs_of_thread = q;
  return q;
}
