/* Attachments: each live JS wrapper keeps an external, whose finalizer gives
 * the attachment back. An explicit detach, the finalizer and the end of the env
 * may come in any order; the first of them detaches, the last frees. */
#include <stdlib.h>

#include "shim.h"

/* Tells our externals from everybody else's. */
static const napi_type_tag attachment_tag = {0x9b1f6c0e5d2a4f73, 0xa6c0d4b8e1f25937};

/* Frees the env after the last of those who refer to it. */
void qs__unref_env(qs_env *q) {
  if (--q->references != 0) return;
  qs__free_ledger(&q->ledger);
  pthread_mutex_destroy(&q->attachments_lock);
  free(q->calls);
  free(q->bound);
  free(q);
}

static void link_attachment(qs_attachment *a) {
  qs_env *q = a->q;
  pthread_mutex_lock(&q->attachments_lock);
  a->next = q->attachments;
  if (a->next != NULL) a->next->previous = a;
  q->attachments = a;
  pthread_mutex_unlock(&q->attachments_lock);
}

static void unlink_attachment(qs_attachment *a) {
  pthread_mutex_lock(&a->q->attachments_lock);
  if (a->previous != NULL) {
    a->previous->next = a->next;
  } else {
    a->q->attachments = a->next;
  }
  if (a->next != NULL) a->next->previous = a->previous;
  pthread_mutex_unlock(&a->q->attachments_lock);
}

/* Gives the attachment back, once. Never blocks. */
void qs__detach(qs_attachment *a, bool collected) {
  if (!a->attached) return;
  a->attached = false;
  unlink_attachment(a);
  quiesceDetach(a->q->number, a->token, collected);
}

/* Runs after the wrapper was collected, or while the env tears down; before or
 * after the cleanup hook, which has then detached it. */
static void finalize(napi_env env, void *data, void *hint) {
  qs_attachment *a = data;
  (void)env;
  (void)hint;
  qs__unbind(a);
  qs__detach(a, true);
  qs__unref_env(a->q);
  free(a);
}

/* Makes the external that owns one attachment of the handle. If it cannot be
 * made the attachment is given back, and NULL returned. */
napi_value qs__make_attachment(qs_env *q, uint64_t token) {
  napi_value external;
  qs_attachment *a = calloc(1, sizeof *a);
  if (a == NULL) {
    quiesceDetach(q->number, token, 0);
    qs__throw_code(q, "ERR_MEMORY_ALLOCATION_FAILED", "out of memory");
    return NULL;
  }
  *a = (qs_attachment){.q = q, .token = token, .attached = true};
  link_attachment(a);
  q->references++;
  if (napi_create_external(q->env, a, finalize, NULL, &external) != napi_ok) {
    qs__throw_last(q->env, "napi_create_external");
    qs__detach(a, false);
    qs__unref_env(q);
    free(a);
    return NULL;
  }
  QS_TRY(q->env, napi_type_tag_object(q->env, external, &attachment_tag), NULL);
  return external;
}

/* The attachment in an external of this env, or NULL with a TypeError pending. */
qs_attachment *qs__attachment_of(qs_env *q, napi_value v) {
  bool ours = false;
  void *data = NULL;
  napi_valuetype type;
  if (napi_typeof(q->env, v, &type) == napi_ok && type == napi_external &&
      napi_check_object_type_tag(q->env, v, &attachment_tag, &ours) == napi_ok && ours &&
      napi_get_value_external(q->env, v, &data) == napi_ok && ((qs_attachment *)data)->q == q) {
    return data;
  }
  napi_throw_type_error(q->env, "ERR_INVALID_ARG_TYPE", "not an attachment");
  return NULL;
}

/* attach(token, class): attaches, and wraps by the hook; class -1 takes any. */
napi_value qs__attach(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  int32_t cls;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_get_value_int32(env, argv[1], &cls), NULL);
  qs_value out = {.length = 0};
  quiesceAttach(qs__token_of(env, argv[0]), cls, &out);
  return qs__take_value(q, &out);
}

/* detach(attachment) */
napi_value qs__detach_wrapper(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  size_t argc = 1;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  qs_attachment *a = qs__attachment_of(q, argv[0]);
  if (a != NULL) qs__detach(a, false);
  return NULL;
}

/* share(token, ttl in ms) */
napi_value qs__share(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2;
  double ttl;
  qs_env *q = qs__env_of(env, info, &argc, argv);
  if (q == NULL) return NULL;
  QS_TRY(env, napi_get_value_double(env, argv[1], &ttl), NULL);
  qs_value out = {.length = 0};
  quiesceShare(q->number, qs__token_of(env, argv[0]), ttl, &out);
  return qs__take_value(q, &out);
}

/* setSite(token, text) */
napi_value qs__set_site(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t argc = 2, length;
  char site[4096]; /* a longer stack is cut off */
  if (qs__env_of(env, info, &argc, argv) == NULL) return NULL;
  QS_TRY(env, napi_get_value_string_utf8(env, argv[1], site, sizeof site, &length), NULL);
  quiesceSetSite(qs__token_of(env, argv[0]), site, length);
  return NULL;
}
