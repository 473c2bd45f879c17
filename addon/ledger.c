/* Bare guards: enter and leave on the shared state word, without crossing into
 * Go, and the ledger of what this env has entered. The protocol is that of
 * guard/word.go, which explains it. */
#include <stdlib.h>

#include "shim.h"

_Static_assert(sizeof(_Atomic uint64_t) == 8, "the state word is 8 bytes");

static bool is_open(uint64_t bits, uint64_t token) { return bits >> 31 == (uint64_t)(uint32_t)token << 1; }

/* The word of a token's slot, or NULL if there never was one. */
static _Atomic uint64_t *word_of(uint64_t token) {
  uint64_t index = token >> QS_GENERATION_SHIFT;
  _Atomic uintptr_t *directory = (_Atomic uintptr_t *)quiesceDirectory();
  if (directory == NULL || index >= QS_MAX_HANDLES) return NULL;
  uintptr_t chunk = atomic_load(&directory[index / QS_CHUNK_SLOTS]);
  if (chunk == 0) return NULL;
  return (_Atomic uint64_t *)(chunk + index % QS_CHUNK_SLOTS * QS_SLOT_SIZE);
}

/* Takes n ops off, which the caller holds. */
static void leave_word(qs_entry *e, uint64_t n) {
  uint64_t bits = atomic_fetch_sub(e->word, n) - n;
  if ((bits & QS_FREEING) != 0 && (bits & QS_OPS_MASK) == 0) quiesceSettle(e->token);
}

/* tryEnter(): bound to an entry. */
static napi_value enter(napi_env env, napi_callback_info info) {
  void *data;
  napi_value result;
  QS_TRY(env, napi_get_cb_info(env, info, NULL, NULL, NULL, &data), NULL);
  qs_entry *e = data;
  uint64_t bits = atomic_load(e->word);
  bool entered = is_open(bits, e->token);
  if (entered && (bits & QS_OPS_MASK) >= QS_OPS_LIMIT) {
    qs__throw_code(e->q, "ERR_HANDLE_LIMIT", "too many ops in flight on the handle");
    return NULL;
  }
  if (entered) {
    entered = is_open(atomic_fetch_add(e->word, 1) + 1, e->token);
    if (!entered) leave_word(e, 1);
  }
  if (entered) {
    uint32_t count = atomic_load_explicit(&e->count, memory_order_relaxed);
    if (count == 0) {
      uint64_t times = atomic_load_explicit(&e->times, memory_order_relaxed);
      atomic_store_explicit(&e->times, times + 1, memory_order_relaxed);
    }
    atomic_store_explicit(&e->count, count + 1, memory_order_relaxed);
  }
  QS_TRY(env, napi_get_boolean(env, entered, &result), NULL);
  return result;
}

/* leave(): bound to an entry. */
static napi_value leave(napi_env env, napi_callback_info info) {
  void *data;
  QS_TRY(env, napi_get_cb_info(env, info, NULL, NULL, NULL, &data), NULL);
  qs_entry *e = data;
  uint32_t count = atomic_load_explicit(&e->count, memory_order_relaxed);
  if (count == 0) {
    qs__throw_code(e->q, "ERR_NOT_ENTERED", "leave() without an enter of this thread");
    return NULL;
  }
  atomic_store_explicit(&e->count, count - 1, memory_order_relaxed);
  leave_word(e, 1);
  return NULL;
}

/* Finds or makes the env's entry for a guard. */
static qs_entry *entry_of(qs_env *q, uint64_t token) {
  for (qs_entry *e = q->ledger; e != NULL; e = e->next) {
    if (e->token == token) return e;
  }
  _Atomic uint64_t *word = word_of(token);
  qs_entry *e = word != NULL ? calloc(1, sizeof *e) : NULL;
  if (e == NULL) return NULL;
  e->q = q;
  e->word = word;
  e->token = token;
  pthread_mutex_lock(&q->ledger_lock);
  e->next = q->ledger;
  if (e->next != NULL) e->next->previous = e;
  q->ledger = e;
  pthread_mutex_unlock(&q->ledger_lock);
  return e;
}

/* openGuard() -> [token, attachment] */
napi_value qs__open_guard(napi_env env, napi_callback_info info) {
  napi_value pair, token, attachment;
  qs_env *q = qs__env_of(env, info, NULL, NULL);
  if (q == NULL) return NULL;
  qs_value out = {.length = 0};
  quiesceOpenGuard(&out);
  if (out.tag != QS_HANDLE) return qs__take_value(q, &out);
  attachment = qs__make_attachment(q, out.bits);
  if (attachment == NULL) return NULL;
  QS_TRY(env, napi_create_double(env, (double)out.bits, &token), NULL);
  QS_TRY(env, napi_create_array_with_length(env, 2, &pair), NULL);
  QS_TRY(env, napi_set_element(env, pair, 0, token), NULL);
  QS_TRY(env, napi_set_element(env, pair, 1, attachment), NULL);
  return pair;
}

static bool set_bound(napi_env env, napi_value target, uint32_t i, napi_callback f, qs_entry *e) {
  napi_value function;
  QS_TRY(env, napi_create_function(env, NULL, 0, f, e, &function), false);
  QS_TRY(env, napi_set_element(env, target, i, function), false);
  return true;
}

/* bindGuard(attachment) -> [tryEnter, leave], to be kept beside the attachment:
 * the entry lives until that is finalized. */
napi_value qs__bind_guard(napi_env env, napi_callback_info info) {
  napi_value argv[1], pair;
  size_t argc = 1;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  qs_attachment *a = qs__attachment_of(q, argv[0]);
  if (a == NULL) return NULL;
  if (a->entry == NULL) {
    a->entry = entry_of(q, a->token);
    if (a->entry == NULL) {
      qs__throw_code(q, "ERR_MEMORY_ALLOCATION_FAILED", "out of memory");
      return NULL;
    }
    a->entry->wrappers++;
  }
  QS_TRY(env, napi_create_array_with_length(env, 2, &pair), NULL);
  if (!set_bound(env, pair, 0, enter, a->entry) || !set_bound(env, pair, 1, leave, a->entry)) return NULL;
  return pair;
}

/* Takes an entry off the ledger that no wrapper can reach and that holds
 * nothing. One that still holds an enter stays until the env ends. */
void qs__unbind(qs_attachment *a) {
  qs_entry *e = a->entry;
  qs_env *q = a->q;
  a->entry = NULL;
  if (e == NULL || --e->wrappers > 0 || atomic_load_explicit(&e->count, memory_order_relaxed) > 0) return;
  pthread_mutex_lock(&q->ledger_lock);
  if (e->previous != NULL) {
    e->previous->next = e->next;
  } else {
    q->ledger = e->next;
  }
  if (e->next != NULL) e->next->previous = e->previous;
  pthread_mutex_unlock(&q->ledger_lock);
  free(e);
}

/* Gives back every enter of an env that ends. */
void qs__give_back(qs_env *q) {
  for (qs_entry *e = q->ledger; e != NULL; e = e->next) {
    uint32_t count = atomic_exchange(&e->count, 0);
    if (count > 0) leave_word(e, count);
  }
}

/* Lists the guards that the envs of this thread are inside of: in `room` if
 * they fit, else in memory that the caller frees. NULL without memory. */
uint64_t *qs__held_on_thread(uint64_t *room, size_t fits, size_t *n) {
  size_t held = 0;
  for (qs_env *q = qs__envs_of_thread; q != NULL; q = q->next_on_thread) {
    for (qs_entry *e = q->ledger; e != NULL; e = e->next) held += atomic_load(&e->count) > 0;
  }
  uint64_t *list = held <= fits ? room : malloc(held * sizeof *list);
  *n = 0;
  if (list == NULL) return NULL;
  for (qs_env *q = qs__envs_of_thread; q != NULL; q = q->next_on_thread) {
    for (qs_entry *e = q->ledger; e != NULL; e = e->next) {
      if (atomic_load(&e->count) > 0) list[(*n)++] = e->token;
    }
  }
  return list;
}

/* Any thread, while the env is registered with the door: copies what the
 * ledger holds, and returns how many there are. */
uint64_t qs__read_holds(void *env, qs_hold *out, uint64_t room) {
  qs_env *q = env;
  uint64_t n = 0;
  pthread_mutex_lock(&q->ledger_lock);
  for (qs_entry *e = q->ledger; e != NULL; e = e->next) {
    uint32_t count = atomic_load(&e->count);
    if (count == 0) continue;
    if (n < room) out[n] = (qs_hold){.token = e->token, .count = count, .times = atomic_load(&e->times)};
    n++;
  }
  pthread_mutex_unlock(&q->ledger_lock);
  return n;
}

/* isFreed(token): whether freeing began; true for what never was a token. */
napi_value qs__is_freed(napi_env env, napi_callback_info info) {
  napi_value argv[1], result;
  size_t argc = 1;
  if (qs__env_of(env, info, &argc, argv) == NULL) return NULL;
  uint64_t token = qs__token_of(env, argv[0]);
  _Atomic uint64_t *word = (uint32_t)token != 0 ? word_of(token) : NULL;
  QS_TRY(env, napi_get_boolean(env, word == NULL || !is_open(atomic_load(word), token), &result), NULL);
  return result;
}
