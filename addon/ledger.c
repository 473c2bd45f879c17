/* Bare guards: enter and leave on the shared state word, without crossing into
 * Go, and the ledger of what this env has entered. The protocol is that of
 * guard/word.go, which explains it. */
#include <stdlib.h>

#include "shim.h"
#include "tsan.h"

_Static_assert(sizeof(_Atomic uint64_t) == 8, "the state word is 8 bytes");
_Static_assert((UINT64_C(1) << 53) >> QS_GENERATION_SHIFT == QS_MAX_HANDLES,
               "every token, a safe integer of JS, is that of a slot");

static bool is_open(uint64_t bits, uint64_t token) { return bits >> 31 == (uint64_t)(uint32_t)token << 1; }

/* Go's array of the addresses of slots: 0 until there was memory for it, then
 * the same for ever. */
static _Atomic uintptr_t *directory(void) {
  static _Atomic uintptr_t known;
  uintptr_t found = atomic_load(&known);
  if (found == 0) {
    found = quiesceDirectory();
    atomic_store(&known, found);
  }
  return (_Atomic uintptr_t *)found;
}

/* The word of a token's slot, or NULL if there never was one. */
static _Atomic uint64_t *word_of(uint64_t token) {
  uint64_t index = token >> QS_GENERATION_SHIFT;
  _Atomic uintptr_t *chunks = directory();
  if (chunks == NULL) return NULL;
  uintptr_t chunk = atomic_load(&chunks[index / QS_CHUNK_SLOTS]);
  if (chunk == 0) return NULL;
  return (_Atomic uint64_t *)(chunk + index % QS_CHUNK_SLOTS * QS_SLOT_SIZE);
}

/* Where the enters of this env are counted from now on: the env's own stripe,
 * if the slot has any, which guard/stripes.go explains. */
static _Atomic uint64_t *place_of(const qs_entry *e) {
  char *stripes = (char *)atomic_load((_Atomic uintptr_t *)((char *)e->word + QS_STRIPES_OFFSET));
  if (stripes == NULL) return e->word;
  uint64_t n = *(uint64_t *)stripes; /* a power of two: as many for Go, then as many for envs */
  return (_Atomic uint64_t *)(stripes + (1 + n + (e->q->number & (n - 1))) * QS_STRIPE_SIZE);
}

/* Takes n ops off the place where the caller has them. */
static void leave_place(const qs_entry *e, _Atomic uint64_t *place, uint64_t n) {
  uint64_t left = atomic_fetch_sub(place, n) - n;
  uint64_t bits = place == e->word ? left : atomic_load(e->word);
  if ((bits & QS_FREEING) != 0 && (left & QS_OPS_MASK) == 0) quiesceSettle(e->token);
}

/* Adds one op at the place, and looks at the word afterwards: whether the op
 * is in. `before` is what the word was. */
static bool add(qs_entry *e, _Atomic uint64_t *place, uint64_t before) {
  uint64_t bits = atomic_fetch_add(place, 1) + 1;
  if (place != e->word) {
    bits = atomic_load(e->word);
  } else if (bits != before + 1 && ++e->met == QS_HOT_AFTER) {
    quiesceRunsHot(e->token);
  }
  if (is_open(bits, e->token)) return true;
  leave_place(e, place, 1);
  return false;
}

/* Counts raw enters that came, or went; relaxed, since only this thread writes. */
static void count_held(qs_env *q, int64_t n) {
  _Atomic uint64_t *held = (_Atomic uint64_t *)&q->current.held;
  uint64_t before = atomic_load_explicit(held, memory_order_relaxed);
  atomic_store_explicit(held, before + (uint64_t)n, memory_order_relaxed);
}

/* tryEnter(): bound to an entry. */
static napi_value enter(napi_env env, napi_callback_info info) {
  void *data;
  napi_value result;
  QS_TRY(env, napi_get_cb_info(env, info, NULL, NULL, NULL, &data), NULL);
  qs_entry *e = data;
  uint64_t bits = atomic_load(e->word);
  uint32_t count = atomic_load_explicit(&e->count, memory_order_relaxed);
  _Atomic uint64_t *place = count == 0 ? place_of(e) : e->place;
  bool entered = is_open(bits, e->token);
  uint64_t ops = place == e->word ? bits : atomic_load_explicit(place, memory_order_relaxed);
  if (entered && (ops & QS_OPS_MASK) >= QS_OPS_LIMIT) {
    qs__throw_code(e->q, "ERR_HANDLE_LIMIT", "too many ops in flight on the handle");
    return NULL;
  }
  if (entered) entered = add(e, place, bits);
  if (entered) {
    if (count == 0) {
      e->place = place;
      uint64_t times = atomic_load_explicit(&e->times, memory_order_relaxed);
      atomic_store_explicit(&e->times, times + 1, memory_order_relaxed);
    }
    atomic_store_explicit(&e->count, count + 1, memory_order_relaxed);
    count_held(e->q, 1);
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
  count_held(e->q, -1);
  leave_place(e, e->place, 1);
  return NULL;
}

static qs_entry **bucket_of(const qs_ledger *l, uint64_t token) {
  uint64_t hash = token * UINT64_C(0x9e3779b97f4a7c15); /* Fibonacci hashing: Knuth, TAOCP 3, 6.4 */
  return &l->buckets[(hash >> 32) & (l->room - 1)];
}

static qs_entry *find(const qs_ledger *l, uint64_t token) {
  if (l->room == 0) return NULL;
  qs_entry *e = *bucket_of(l, token);
  while (e != NULL && e->token != token) e = e->next;
  return e;
}

/* Doubles the buckets. Under the lock. */
static bool grow(qs_ledger *l) {
  qs_ledger larger = {.room = l->room == 0 ? 8 : l->room * 2};
  larger.buckets = calloc(larger.room, sizeof *larger.buckets);
  if (larger.buckets == NULL) return false;
  for (uint32_t i = 0; i < l->room; i++) {
    for (qs_entry *e = l->buckets[i], *next; e != NULL; e = next) {
      qs_entry **bucket = bucket_of(&larger, e->token);
      next = e->next;
      e->next = *bucket;
      *bucket = e;
    }
  }
  free(l->buckets);
  l->buckets = larger.buckets;
  l->room = larger.room;
  return true;
}

static bool insert(qs_ledger *l, qs_entry *e) {
  pthread_mutex_lock(&l->lock);
  bool ok = l->entries < l->room || grow(l);
  if (ok) {
    qs_entry **bucket = bucket_of(l, e->token);
    e->next = *bucket;
    *bucket = e;
    l->entries++;
  }
  pthread_mutex_unlock(&l->lock);
  return ok;
}

static void take_out(qs_ledger *l, qs_entry *e) {
  pthread_mutex_lock(&l->lock);
  qs_entry **p = bucket_of(l, e->token);
  while (*p != e) p = &(*p)->next;
  *p = e->next;
  l->entries--;
  pthread_mutex_unlock(&l->lock);
}

/* Finds or makes the env's entry for a guard. */
static qs_entry *entry_of(qs_env *q, uint64_t token) {
  qs_entry *e = find(&q->ledger, token);
  if (e != NULL) return e;
  _Atomic uint64_t *word = word_of(token);
  e = word != NULL ? calloc(1, sizeof *e) : NULL;
  if (e == NULL) return NULL;
  e->q = q;
  e->word = e->place = word;
  e->token = token;
  if (insert(&q->ledger, e)) return e;
  free(e);
  return NULL;
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

/* Takes an entry off the ledger that nobody can reach and that holds nothing.
 * One that still holds an enter stays until the env ends. */
static void release(qs_entry *e) {
  if (--e->users > 0 || atomic_load_explicit(&e->count, memory_order_relaxed) > 0) return;
  take_out(&e->q->ledger, e);
  free(e);
}

/* Runs after a bound function was collected, or while the env tears down. */
static void finalize_bound(napi_env env, void *data, void *hint) {
  qs_entry *e = data;
  qs_env *q = e->q;
  (void)env;
  (void)hint;
  release(e);
  qs__unref_env(q);
}

static bool set_bound(napi_env env, napi_value target, uint32_t i, napi_callback f, qs_entry *e) {
  napi_value function;
  QS_TRY(env, napi_create_function(env, NULL, 0, f, e, &function), false);
  QS_TRY(env, napi_add_finalizer(env, function, e, finalize_bound, NULL, NULL), false);
  e->users++;
  e->q->references++;
  QS_TRY(env, napi_set_element(env, target, i, function), false);
  return true;
}

/* bindGuard(attachment) -> [tryEnter, leave]: the entry lives as long as any of
 * the three. */
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
    a->entry->users++;
  }
  QS_TRY(env, napi_create_array_with_length(env, 2, &pair), NULL);
  if (!set_bound(env, pair, 0, enter, a->entry) || !set_bound(env, pair, 1, leave, a->entry)) return NULL;
  return pair;
}

void qs__unbind(qs_attachment *a) {
  if (a->entry != NULL) release(a->entry);
  a->entry = NULL;
}

/* Gives back every enter of an env that ends. */
void qs__give_back(qs_env *q) {
  for (uint32_t i = 0; i < q->ledger.room; i++) {
    for (qs_entry *e = q->ledger.buckets[i]; e != NULL; e = e->next) {
      uint32_t count = atomic_exchange(&e->count, 0);
      count_held(q, -(int64_t)count);
      if (count > 0) leave_place(e, e->place, count);
    }
  }
}

void qs__free_ledger(qs_ledger *l) {
  for (uint32_t i = 0; i < l->room; i++) {
    for (qs_entry *e = l->buckets[i], *next; e != NULL; e = next) {
      next = e->next;
      free(e);
    }
  }
  free(l->buckets);
  pthread_mutex_destroy(&l->lock);
}

/* Called by Go on a JS thread: whether an env of this thread is inside. */
int qs__thread_holds(uint64_t token) {
  for (qs_env *q = qs__envs_of_thread; q != NULL; q = q->next_on_thread) {
    qs_entry *e = find(&q->ledger, token);
    if (e != NULL && atomic_load_explicit(&e->count, memory_order_relaxed) > 0) return 1;
  }
  return 0;
}

/* Stands for the memory of Go's heap in what ThreadSanitizer is told. */
char qs__heap_of_go;

/* Any thread, while the env is registered with the door: copies what the
 * ledger holds, and returns how many there are. `out` is memory of Go's heap,
 * which its allocator may have had from another thread. */
uint64_t qs__read_holds(void *env, qs_hold *out, uint64_t room) {
  qs_ledger *l = &((qs_env *)env)->ledger;
  uint64_t n = 0;
  QS_TAKE_OVER(env);
  QS_TAKE_OVER(&qs__heap_of_go);
  pthread_mutex_lock(&l->lock);
  for (uint32_t i = 0; i < l->room; i++) {
    for (qs_entry *e = l->buckets[i]; e != NULL; e = e->next) {
      uint32_t count = atomic_load(&e->count);
      if (count == 0) continue;
      if (n < room) out[n] = (qs_hold){.token = e->token, .count = count, .times = atomic_load(&e->times)};
      n++;
    }
  }
  pthread_mutex_unlock(&l->lock);
  QS_HAND_OVER(&qs__heap_of_go);
  QS_HAND_OVER(env);
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
