// Brings the terminal back however the program ends. Only async-signal-safe calls in the handlers.
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE 1
#include "cncurses.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static atomic_int armed;
static int output = -1, noise = -1, errors = -1;
static struct termios modes;
static int have_modes;
// Two copies, so that a crash while one is replaced finds the other whole.
static char reset[2][1024];
static int reset_count[2];
static atomic_int current;

// SIGQUIT is no crash, but whoever sends it wants the process gone at once.
static const int crashes[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGQUIT};
enum { crash_count = sizeof crashes / sizeof *crashes };
static struct sigaction crash_before[crash_count];
static int keep_backtrace;
static char crash_stack[64 * 1024];

int cncurses_write(int descriptor, const char *bytes, int count) {
  while (count > 0) {
    ssize_t done = write(descriptor, bytes, (size_t)count);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return -1;
    bytes += done;
    count -= (int)done;
  }
  return 0;
}

static void restore(void) {
  if (!atomic_exchange(&armed, 0)) return;
  cncurses_pump_off();
  // A terminal that takes nothing would keep the process for ever.
  struct pollfd ready = {.fd = output, .events = POLLOUT};
  int which = atomic_load(&current);
  if (poll(&ready, 1, 500) > 0) cncurses_write(output, reset[which], reset_count[which]);
  if (have_modes) tcsetattr(output, TCSANOW, &modes);
  if (errors >= 0) {
    dup2(errors, 1);
    dup2(errors, 2);
    // What a trap said about itself went to the pipe; it is the one thing worth seeing now.
    char bytes[512];
    ssize_t count;
    if (noise >= 0)
      while ((count = read(noise, bytes, sizeof bytes)) > 0) cncurses_write(errors, bytes, (int)count);
  }
}

static void crashed(int number, siginfo_t *info, void *context) {
  (void)context;
  restore();
  // Swift's own handler asks questions on the terminal and returns for a signal that was only sent:
  // it goes on only for those who asked for backtraces. All others get the default action.
  struct sigaction action = {0};
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  for (int i = 0; keep_backtrace && i < crash_count; i++)
    if (crashes[i] == number && info->si_code > 0) action = crash_before[i];
  sigaction(number, &action, NULL);
  if (action.sa_handler == SIG_DFL) raise(number);
}

void cncurses_guard_reset(const char *bytes, int count) {
  int next = 1 - atomic_load(&current);
  if (count > (int)sizeof reset[0]) count = sizeof reset[0];
  memcpy(reset[next], bytes, (size_t)count);
  reset_count[next] = count;
  atomic_store(&current, next);
}

void cncurses_guard_arm(int to, int from, int old_errors) {
  static int installed;
  output = to;
  noise = from;
  errors = old_errors;
  keep_backtrace = getenv("SWIFT_BACKTRACE") != NULL;
  have_modes = tcgetattr(to, &modes) == 0;
  if (!installed) {
    installed = 1;
    atexit(restore);
  }
  stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
  sigaltstack(&stack, NULL);
  struct sigaction action = {0};
  action.sa_sigaction = crashed;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &action, &crash_before[i]);
  atomic_store(&armed, 1);
}

void cncurses_guard_disarm(void) {
  if (!atomic_exchange(&armed, 0)) return;
  for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &crash_before[i], NULL);
  if (have_modes) tcsetattr(output, TCSANOW, &modes);
}

static atomic_int signal_pipe = -1;
static int taken[16];
static int taken_count;
static struct sigaction taken_before[16];

static void note(int number) {
  int saved = errno;
  int descriptor = atomic_load(&signal_pipe);
  char byte = (char)number;
  if (descriptor >= 0) (void)!write(descriptor, &byte, 1);
  errno = saved;
}

void cncurses_signals(int descriptor, const int *signals, int count) {
  for (int i = 0; i < taken_count; i++) sigaction(taken[i], &taken_before[i], NULL);
  taken_count = 0;
  atomic_store(&signal_pipe, descriptor);
  if (descriptor < 0) return;
  struct sigaction action = {0};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < count && i < 16; i++) {
    taken[taken_count] = signals[i];
    sigaction(signals[i], &action, &taken_before[taken_count++]);
  }
}

void cncurses_stop(void) {
  struct sigaction stop = {0}, before;
  stop.sa_handler = SIG_DFL;
  sigemptyset(&stop.sa_mask);
  sigaction(SIGTSTP, &stop, &before);
  kill(0, SIGTSTP);
  sigaction(SIGTSTP, &before, NULL);
}

int cncurses_window(int descriptor, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}
