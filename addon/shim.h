/* The shim's own declarations. Statics have no prefix, what the shim's files
 * share is qs__, what Go exports is quiesce. Unless a comment says otherwise a
 * function runs on the JS thread of its env.
 *
 * Locks: a ledger's and that of an env's attachments, each around changes of its
 * list and around readings by other threads; nothing is called under either. */
#ifndef QS_SHIM_H
#define QS_SHIM_H

#define NAPI_VERSION 9 /* Node 20 and later */
#ifdef _WIN32
#define NAPI_EXTERN __declspec(dllimport) /* through host_windows.c */
#endif
#include <node_api.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "bridge.h"

typedef struct qs_env qs_env;

/* One live JS wrapper of a handle. Its memory belongs to the external that the
 * wrapper keeps; the env's list only knows of it. The JS thread alone changes the
 * list, under the ledger's lock, by which others read it. */
typedef struct qs_attachment {
  qs_env *q;
  uint64_t token;
  bool attached;
  struct qs_entry *entry; /* of a bare guard that was bound, else NULL */
  struct qs_attachment *previous, *next;
} qs_attachment;

/* The ledger's entry of one bare guard: how often this env is inside. */
typedef struct qs_entry {
  qs_env *q;
  _Atomic uint64_t *word;
  _Atomic uint64_t *place; /* where its enters are counted: the word or a stripe */
  uint64_t token;
  uint32_t users; /* attachments and functions that refer to it */
  uint32_t met;   /* enters that met another one on the word */
  _Atomic uint32_t count; /* written by the JS thread only */
  _Atomic uint64_t times; /* how often count left 0: tells one stay from the next */
  struct qs_entry *next; /* in its bucket */
} qs_entry;

/* What an env has bound and entered: a hash table by token. Only the JS thread
 * changes it, under the lock; other threads read it under the lock. */
typedef struct {
  pthread_mutex_t lock;
  qs_entry **buckets;
  uint32_t room, entries; /* room is 0 or a power of two */
} qs_ledger;

/* One async call that waits for its completion. */
typedef struct {
  napi_deferred deferred;
  uint32_t sequence;
  uint32_t next_free;
  bool used;
} qs_call;

/* A member as one env has it. */
typedef struct {
  qs_env *q;
  const qs_shape *shape;
} qs_bound;

/* The functions that the JS side gives to setup(). */
enum { QS_HOOK_ERROR, QS_HOOK_ARGUMENT, QS_HOOK_WRAP, QS_HOOK_WARN, QS_HOOK_LATER, QS_HOOK_CALLBACK, QS_HOOKS };

/* One Node-API environment. It is freed when its cleanup hook has run and the
 * last attachment and bound function have been finalized, in any order. */
struct qs_env {
  napi_env env;
  uint64_t number; /* the door's name for it */
  uint32_t references;
  bool ended; /* the cleanup hook has begun */
  napi_ref hooks[QS_HOOKS];
  napi_threadsafe_function tsfn;

  qs_call *calls;
  uint32_t calls_room, calls_free, pending;
  uint64_t last_call;

  qs_attachment *attachments;
  pthread_mutex_t attachments_lock;
  qs_ledger ledger;
  qs_bound *bound;
  qs_current current;
  uint32_t *preempted; /* of its thread */
  qs_env *next_on_thread;
};

/* What is wrong with an argument; errors.js has the same list. */
enum { QS_MISSING, QS_TOO_MANY, QS_WRONG_TYPE, QS_NOT_INTEGER, QS_OUT_OF_RANGE, QS_NO_MEMORY };

/* What reading one argument came to: QS_OK, or a problem from the list above. */
#define QS_OK (-1)

/* Evaluates a Node-API call; unless it succeeds the function returns `result`,
 * with a JS exception pending: Node's own, or one that names the call. */
#define QS_TRY(env, call, result)       \
  do {                                  \
    if ((call) != napi_ok) {            \
      qs__throw_last((env), #call);     \
      return result;                    \
    }                                   \
  } while (0)

/* errors.c */
void qs__throw_last(napi_env env, const char *what);
void qs__throw_value(qs_env *q, qs_value *v);
void qs__throw_code(qs_env *q, const char *code, const char *message);
void qs__throw_argument(qs_env *q, uint32_t member, uint32_t index, int problem, napi_value given);
napi_status qs__make_error(qs_env *q, qs_value *v, napi_value *out);
napi_value qs__call_hook(qs_env *q, int hook, size_t argc, napi_value *argv);

/* arguments.c */
typedef struct {
  qs_value values[QS_MAX_PARAMS];
  size_t used;
  int allocations;
  void *allocated[QS_MAX_PARAMS];
  char room[512];
} qs_arguments;
bool qs__read_arguments(qs_env *q, const qs_shape *shape, size_t argc, napi_value *argv, qs_arguments *a);
void qs__free_arguments(qs_arguments *a);
uint64_t qs__token_of(napi_env env, napi_value v);

/* numbers.c */
#define QS_MAX_SAFE_INTEGER 9007199254740991.0
int qs__read_integer(napi_env env, napi_value v, double *out);
int qs__read_scalar(napi_env env, int kind, napi_value v, qs_value *out);
int qs__read_bool(napi_env env, napi_value v, qs_value *out);
int qs__read_number(napi_env env, napi_value v, qs_value *out);
int qs__read_bigint(napi_env env, napi_value v, qs_value *out);

/* results.c */
napi_value qs__take_value(qs_env *q, qs_value *v);
void qs__drop_value(qs_env *q, qs_value *v);

/* async.c */
bool qs__async_init(qs_env *q);
napi_value qs__take(napi_env env, napi_callback_info info);
bool qs__reserve_call(qs_env *q, uint64_t *call);
napi_value qs__promise_of(qs_env *q, uint64_t call);
void qs__release_call(qs_env *q, uint64_t call);

/* attachments.c */
napi_value qs__make_attachment(qs_env *q, uint64_t token);
qs_attachment *qs__attachment_of(qs_env *q, napi_value v);
void qs__detach(qs_attachment *a, bool collected);
void qs__unref_env(qs_env *q);
napi_value qs__attach(napi_env env, napi_callback_info info);
napi_value qs__detach_wrapper(napi_env env, napi_callback_info info);
napi_value qs__share(napi_env env, napi_callback_info info);
napi_value qs__set_site(napi_env env, napi_callback_info info);

/* ledger.c */
napi_value qs__open_guard(napi_env env, napi_callback_info info);
napi_value qs__bind_guard(napi_env env, napi_callback_info info);
napi_value qs__is_freed(napi_env env, napi_callback_info info);
void qs__unbind(qs_attachment *a);
void qs__give_back(qs_env *q);
void qs__free_ledger(qs_ledger *l);
extern char qs__heap_of_go;

/* freeing.c */
napi_value qs__free_handle(napi_env env, napi_callback_info info);
napi_value qs__free_sync(napi_env env, napi_callback_info info);
napi_value qs__free_all(napi_env env, napi_callback_info info);

/* calls.c */
#define QS_FEW_PARAMS 3
napi_value qs__call_sync(napi_env env, napi_callback_info info);
napi_value qs__call_sync_few(napi_env env, napi_callback_info info);
napi_value qs__call_async(napi_env env, napi_callback_info info);
napi_value qs__abort(napi_env env, napi_callback_info info);
napi_value qs__last_call(napi_env env, napi_callback_info info);

/* diagnostics.c */
napi_value qs__describe(napi_env env, napi_callback_info info);
napi_value qs__handles(napi_env env, napi_callback_info info);
napi_value qs__stats(napi_env env, napi_callback_info info);
napi_value qs__ops(napi_env env, napi_callback_info info);
napi_value qs__survey(napi_env env, napi_callback_info info);
napi_value qs__listen(napi_env env, napi_callback_info info);
napi_value qs__set_thread(napi_env env, napi_callback_info info);
napi_value qs__trace(napi_env env, napi_callback_info info);

/* teardown.c */
qs_env *qs__new_env(napi_env env);
extern _Thread_local qs_env *qs__envs_of_thread;

/* signals.c */
uint32_t *qs__watch_preemption(void);

/* onstack.c */
void qs__put_handlers_on_stack(void);

/* pin.c */
bool qs__pin(void);

/* host_windows.c */
const char *qs__missing_function(void);

/* module.c */
qs_env *qs__env_of(napi_env env, napi_callback_info info, size_t *argc, napi_value *argv);

/* Exported by Go. None blocks unless it says so. */
extern void quiesceCall(uint32_t member, uint64_t token, qs_value *args, uint32_t argc, qs_value *out,
                        uint32_t *preempted);
extern void quiesceStart(uint64_t env, uint64_t call, uint32_t member, uint64_t token, qs_value *args, uint32_t argc,
                         qs_value *out);
extern void quiesceAbort(uint64_t env, uint64_t call);
extern uint32_t quiesceTake(uint64_t env, uint64_t *calls, qs_value *results, uint32_t room);
extern int32_t quiesceMayCall(uint64_t env, uint64_t callback);
extern uint64_t quiesceNewEnv(void *env, void *tsfn, void *current);
extern void quiesceCloseEnv(uint64_t env);
extern void quiesceOpenGuard(qs_value *out);
extern void quiesceAttach(uint64_t token, int32_t cls, qs_value *out);
extern void quiesceDetach(uint64_t env, uint64_t token, int32_t collected);
extern void quiesceShare(uint64_t env, uint64_t token, double ttl, qs_value *out);
extern void quiesceSetSite(uint64_t token, char *site, uint64_t length);
extern void quiesceSettle(uint64_t token);
extern void quiesceRunsHot(uint64_t token);
extern void quiesceTrace(void);
extern void quiesceFree(uint64_t env, uint64_t call, uint64_t token, double ms, qs_value *out);
/* Blocks up to the deadline. */
extern void quiesceFreeSync(uint64_t env, uint64_t token, double ms, qs_value *out);
extern void quiesceFreeAll(uint64_t env, uint64_t call, double ms, qs_value *out);
extern void quiesceReport(uint32_t what, qs_value *out);
extern void quiesceSurvey(uint64_t limit, qs_value *out);
extern void quiesceListen(uint64_t env, uint32_t what);
extern void quiesceSetThread(uint64_t env, int64_t thread);
extern uintptr_t quiesceDirectory(void);
extern uint32_t quiesceMembers(void);
extern void quiesceShape(uint32_t member, qs_shape *out);

#endif
