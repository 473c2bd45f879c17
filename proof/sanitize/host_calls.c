/* The crossings, as the shim makes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

uint32_t host_random(host_env *h) { return (uint32_t)rand_r(&h->seed) >> 3; }

qs_value host_number(double number) {
  qs_value v = {.tag = QS_NUMBER};
  memcpy(&v.bits, &number, sizeof number);
  return v;
}

/* Finds a member in the description of all, where "class":N begins each one. */
static bool find_member(const char *text, int cls, const char *name, uint32_t *number) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"class\":%d,\"name\":\"%s\"", cls, name);
  *number = 0;
  for (const char *p = text; (p = strstr(p, "\"class\":")) != NULL; p++) {
    if (strncmp(p, wanted, strlen(wanted)) == 0) return true;
    if (p[8] != '"') ++*number; /* that of a parameter is a name */
  }
  return false;
}

/* The place of a class in the list of their names, or -1. */
static int find_class(const char *text, const char *name) {
  const char *p = strstr(text, "\"classes\":["), *end = p != NULL ? strchr(p, ']') : NULL;
  size_t length = strlen(name);
  if (end == NULL) return -1;
  p += strlen("\"classes\":[");
  for (int i = 0; p < end; i++) {
    if (strncmp(p + 1, name, length) == 0 && p[1 + length] == '"') return i;
    p = strpbrk(p, ",]") + 1;
  }
  return -1;
}

bool host_find_members(host_members *m) {
  qs_value out = {.length = 0};
  quiesceReport(0, &out);
  if (out.tag != (QS_STRING | QS_ALLOCATED)) return false;
  char *text = strndup((const char *)out.data, out.length);
  qs__free(out.data);
  int counter = find_class(text, "Counter"), sleeper = find_class(text, "Sleeper"), echo = find_class(text, "Echo");
  bool ok = find_member(text, counter, "open", &m->open_counter) && find_member(text, counter, "add", &m->add) &&
            find_member(text, counter, "addAsync", &m->add_async) &&
            find_member(text, sleeper, "open", &m->open_sleeper) && find_member(text, sleeper, "sleep", &m->sleep) &&
            find_member(text, echo, "bytesOfAsync", &m->bytes);
  free(text);
  return ok;
}

/* The env keeps the attachment until it ends, or gives it back at once. */
void host_keep(host_env *h, uint64_t token) {
  if (h->attachments < HOST_ATTACHMENTS) {
    h->attached[h->attachments++] = token;
  } else {
    quiesceDetach(h->number, token, 0);
  }
}

/* Takes a result that is no handle, and forgets it. */
void host_drop(qs_value *v) {
  if ((v->tag & QS_ALLOCATED) != 0) qs__free(v->data);
  *v = (qs_value){.tag = QS_UNDEFINED};
}

void host_call(uint32_t member, uint64_t token, qs_value *args, uint32_t argc, qs_value *out) {
  uint32_t preempted = 0;
  qs_value none[1] = {{.tag = QS_UNDEFINED}};
  quiesceCall(member, token, args != NULL ? args : none, argc, out, &preempted);
}

void host_start(host_env *h, uint32_t member, uint64_t token, qs_value *args, uint32_t argc) {
  qs_value out = {.length = 0};
  h->pending++;
  quiesceStart(h->number, ++h->last_call, member, token, args, argc, &out);
  if (out.tag != QS_UNDEFINED) h->pending--; /* it was refused */
  host_drop(&out);
}

void host_free(host_env *h, uint64_t token, double ms) {
  qs_value out = {.length = 0};
  h->pending++;
  quiesceFree(h->number, ++h->last_call, token, ms, &out);
  if (out.tag != QS_UNDEFINED) h->pending--;
  host_drop(&out);
}

void host_free_sync(host_env *h, uint64_t token, double ms) {
  qs_value out = {.length = 0};
  quiesceFreeSync(h->number, token, ms, &out);
  host_drop(&out);
}

static bool is_open(uint64_t bits, uint64_t token) { return bits >> 31 == (uint64_t)(uint32_t)token << 1; }

/* A raw enter and leave, as ledger.c does it. */
void host_enter_and_leave(uint64_t token) {
  uint64_t index = token >> QS_GENERATION_SHIFT;
  _Atomic uintptr_t *chunks = (_Atomic uintptr_t *)quiesceDirectory();
  uintptr_t chunk = chunks != NULL ? atomic_load(&chunks[index / QS_CHUNK_SLOTS]) : 0;
  if (chunk == 0) return;
  _Atomic uint64_t *word = (_Atomic uint64_t *)(chunk + index % QS_CHUNK_SLOTS * QS_SLOT_SIZE);
  if (!is_open(atomic_load(word), token)) return;
  atomic_fetch_add(word, 1);
  uint64_t bits = atomic_fetch_sub(word, 1) - 1;
  if ((bits & QS_FREEING) != 0 && (bits & QS_OPS_MASK) == 0) quiesceSettle(token);
}
