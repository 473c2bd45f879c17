/* Timer slack: what else Go's threads inherit from the thread that loads the
 * library. Go's scheduler sleeps for 3 us before it takes over a goroutine from
 * another thread; Linux adds its slack of 50 us to that, and every second async
 * op would wait for it. */
#include "shim.h"

#ifdef __linux__
#include <sys/prctl.h>

static int slack_before;

/* Before Go's constructor, and after it: see signals.c. */
__attribute__((constructor(103))) static void shorten_slack(void) {
  slack_before = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
  if (slack_before > 0) prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
}

__attribute__((constructor)) static void restore_slack(void) {
  if (slack_before > 0) prctl(PR_SET_TIMERSLACK, slack_before, 0, 0, 0);
}

/* A locked Go thread: what a process inherits that is started between the two. */
int qs__lengthen_slack(void) { return slack_before > 0 ? prctl(PR_SET_TIMERSLACK, slack_before, 0, 0, 0) : 0; }

int qs__reshorten_slack(void) { return slack_before > 0 ? prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) : 0; }

#else
int qs__lengthen_slack(void) { return 0; }
int qs__reshorten_slack(void) { return 0; }
#endif
