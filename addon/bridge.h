/* The contract between the shim and Go: what both see. Go mirrors the structs
 * and checks their sizes and offsets when it is compiled. */
#ifndef QS_BRIDGE_H
#define QS_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

/* One value on its way through the boundary; door.Wire in Go. */
typedef struct {
  uint64_t tag;
  uint64_t bits;   /* boolean, number, bigint, token, date, callback's number, or nothing */
  uintptr_t data;  /* string, bytes, error: the memory */
  uint64_t length; /* string, bytes, error: its bytes; handle: its class; callback: its env */
} qs_value;

enum {
  QS_UNDEFINED,
  QS_NULL,
  QS_BOOL,
  QS_NUMBER,
  QS_INT64,
  QS_STRING,
  QS_BYTES,
  QS_HANDLE,
  QS_ERROR,
  QS_MADE, /* bits is the napi_value, or 0 with an exception pending */
  QS_UINT64,
  QS_DATE, /* bits is a double: ms since 1970 */
  QS_CALLBACK,
  QS_ALLOCATED = 1 << 8 /* data is from qs__alloc; whoever takes the value frees it */
};

/* What a parameter takes; door.Kind in Go. */
enum {
  QS_KIND_ANY,
  QS_KIND_BOOL,
  QS_KIND_NUMBER,
  QS_KIND_INTEGER,
  QS_KIND_INT64,
  QS_KIND_STRING,
  QS_KIND_BYTES,
  QS_KIND_DATA,
  QS_KIND_HANDLE,
  QS_KIND_FLOAT32,
  QS_KIND_INT8,
  QS_KIND_INT16,
  QS_KIND_INT32,
  QS_KIND_UINT8,
  QS_KIND_UINT16,
  QS_KIND_UINT32,
  QS_KIND_UINT,
  QS_KIND_UINT64,
  QS_KIND_DATE,
  QS_KIND_DURATION,
  QS_KIND_ENCODED,
  QS_KIND_CALLBACK
};

/* In the length of a handle: the member returned one that was open already. */
#define QS_BORROWED (UINT64_C(1) << 32)

/* In the number of a completion: it is for a callback. */
#define QS_CALLBACK_CALLED (UINT64_C(1) << 63)
#define QS_CALLBACK_RELEASED (UINT64_C(1) << 62)

#define QS_MAX_PARAMS 12

/* What the shim must know of a member to read its arguments. */
typedef struct {
  uint32_t number;
  uint8_t is_static, is_async, required, params;
  uint8_t kinds[QS_MAX_PARAMS];
} qs_shape;

/* The sync op that an env is in, and how many raw enters it holds; door.CurrentOp
 * in Go, atomic in both. */
typedef struct {
  uint64_t sequence, token, member, started, held;
} qs_current;

/* What a ledger says of one guard. */
typedef struct {
  uint64_t token;
  uint64_t times; /* differs between two stays */
  uint64_t count;
} qs_hold;

/* The state word; guard/word.go. */
#define QS_OPS_MASK ((UINT64_C(1) << 30) - 1)
#define QS_OPS_LIMIT (UINT64_C(1) << 29)
#define QS_FREEING (UINT64_C(1) << 31)
#define QS_GENERATION_SHIFT 32
#define QS_SLOT_SIZE 64
#define QS_STRIPES_OFFSET 8 /* in a slot: the address of its stripes, or 0 */
#define QS_STRIPE_SIZE 128
#define QS_HOT_AFTER 1024
#define QS_CHUNK_SLOTS 1024
#define QS_MAX_HANDLES (UINT64_C(1) << 21)

/* Called by Go, on any thread. */
void qs__wake(void *tsfn);
uintptr_t qs__alloc(uint64_t n);
void qs__free(uintptr_t p);
uint64_t qs__clock(void);
uint64_t qs__read_holds(void *env, qs_hold *out, uint64_t room);
uint64_t qs__read_attachments(void *env, uint64_t *out, uint64_t room);

/* Called by Go inside a call from a JS thread. qs__make copies a string or
 * bytes into a JS value of the env that the call came from. */
int qs__thread_holds(uint64_t token);
uintptr_t qs__make(uintptr_t env, uint64_t tag, const char *data, uint64_t length);

/* Called by Go on the thread of an env. */
int qs__raise_preemption(void);

/* Called by Go on a locked thread, around the start of a process. */
int qs__unmask_signals(void); /* 0, or an errno */
int qs__remask_signals(void);
int qs__lengthen_slack(void);
int qs__reshorten_slack(void);

#endif
