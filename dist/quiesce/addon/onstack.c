/* Signal handlers and Go's stacks. A JS thread that has called into Go runs on
 * a goroutine's stack, of some kilobytes. The handlers that libuv installs lack
 * SA_ONSTACK, so the kernel would push its frame there, 3 KB of it where the
 * processor has AVX-512, beyond the end of the stack. Go's rule is that all
 * handlers have the flag: it is added to those that are there, and to those
 * that come. */
#include "shim.h"

#if defined(__linux__) && !defined(QS_CONTROL_NO_ONSTACK)
#include <elf.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool lacks_flag(const struct sigaction *a) {
  return a->sa_handler != SIG_DFL && a->sa_handler != SIG_IGN && (a->sa_flags & SA_ONSTACK) == 0;
}

/* What the other objects of the process call in place of sigaction(). Any
 * thread, also inside a handler. */
static int with_flag(int number, const struct sigaction *action, struct sigaction *old) {
  struct sigaction changed;
  if (action != NULL && lacks_flag(action)) {
    changed = *action;
    changed.sa_flags |= SA_ONSTACK;
    action = &changed;
  }
  return sigaction(number, action, old);
}

static void change_present_handlers(void) {
  for (int number = 1; number <= SIGRTMAX; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0 || !lacks_flag(&action)) continue;
    action.sa_flags |= SA_ONSTACK;
    sigaction(number, &action, NULL);
  }
}

/* What is needed of an object's dynamic section. */
typedef struct {
  const ElfW(Sym) * symbols;
  const char *names;
  uintptr_t jumps, relocations;
  size_t jumps_size, relocations_size;
  bool has_addends;
} tables;

/* glibc has made addresses of what it reads itself, and left the others. */
static uintptr_t address_of(const struct dl_phdr_info *object, ElfW(Addr) value) {
  return value < object->dlpi_addr ? object->dlpi_addr + value : value;
}

static tables read_tables(const struct dl_phdr_info *object, const ElfW(Dyn) * d) {
  tables t = {0};
  for (; d->d_tag != DT_NULL; d++) {
    switch (d->d_tag) {
      case DT_SYMTAB:
        t.symbols = (const ElfW(Sym) *)address_of(object, d->d_un.d_ptr);
        break;
      case DT_STRTAB:
        t.names = (const char *)address_of(object, d->d_un.d_ptr);
        break;
      case DT_JMPREL:
        t.jumps = address_of(object, d->d_un.d_ptr);
        break;
      case DT_PLTRELSZ:
        t.jumps_size = d->d_un.d_val;
        break;
      case DT_PLTREL:
        t.has_addends = d->d_un.d_val == DT_RELA;
        break;
      case DT_RELA:
        t.relocations = address_of(object, d->d_un.d_ptr);
        break;
      case DT_RELASZ:
        t.relocations_size = d->d_un.d_val;
        break;
    }
  }
  return t;
}

/* The page may have been made read-only when the object was loaded; then it is
 * so again afterwards. */
static void write_slot(const struct dl_phdr_info *object, uintptr_t slot) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = slot & ~(page - 1);
  bool read_only = false;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &object->dlpi_phdr[i];
    uintptr_t from = object->dlpi_addr + p->p_vaddr;
    if (p->p_type == PT_GNU_RELRO && slot >= from && slot < from + p->p_memsz) read_only = true;
  }
  if (read_only && mprotect((void *)start, page, PROT_READ | PROT_WRITE) != 0) return;
  atomic_store((_Atomic uintptr_t *)slot, (uintptr_t)with_flag);
  if (read_only) mprotect((void *)start, page, PROT_READ);
}

static void patch(const struct dl_phdr_info *object, const tables *t, uintptr_t start, size_t size) {
  for (size_t i = 0; i < size / sizeof(ElfW(Rela)); i++) {
    const ElfW(Rela) *r = (const ElfW(Rela) *)start + i;
    const ElfW(Sym) *symbol = &t->symbols[ELF64_R_SYM(r->r_info)];
    if (strcmp(t->names + symbol->st_name, "sigaction") == 0) write_slot(object, object->dlpi_addr + r->r_offset);
  }
}

/* The main program's, which has libuv in it, and libuv's own where it is apart. */
static int patch_object(struct dl_phdr_info *object, size_t size, void *first) {
  (void)size;
  bool is_program = *(bool *)first;
  *(bool *)first = false;
  if (!is_program && strstr(object->dlpi_name, "libuv") == NULL && strstr(object->dlpi_name, "libnode") == NULL) return 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &object->dlpi_phdr[i];
    if (p->p_type != PT_DYNAMIC) continue;
    tables t = read_tables(object, (const ElfW(Dyn) *)(object->dlpi_addr + p->p_vaddr));
    if (t.symbols == NULL || t.names == NULL || !t.has_addends) continue;
    patch(object, &t, t.jumps, t.jumps_size);
    patch(object, &t, t.relocations, t.relocations_size);
  }
  return 0;
}

/* Once, on the first env's thread, before it calls into Go. */
void qs__put_handlers_on_stack(void) {
  bool first = true;
  if (sizeof(void *) == 8) dl_iterate_phdr(patch_object, &first);
  change_present_handlers();
}
#else
void qs__put_handlers_on_stack(void) {}
#endif
