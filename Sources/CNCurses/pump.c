// Carries what curses writes to the terminal in a thread of its own: a terminal that takes nothing (a dead line, a
// stopped viewer) holds up this thread, and neither the keys, nor the signals, nor the end of the program.
#define _GNU_SOURCE 1
#include "cncurses.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

// One screen at a time. A thread that is stuck at the end is left alone, and so is what it uses.
static int source = -1, terminal = -1;
static atomic_int is_busy, is_awaited, is_off;
static atomic_int waker = -1;

static int is_empty(void) {
  int waiting = 0;
  return ioctl(source, FIONREAD, &waiting) != 0 || waiting == 0;
}

static void *carry(void *unused) {
  (void)unused;
  const int from = source, to = terminal;
  char bytes[1024];
  struct pollfd ready = {.fd = from, .events = POLLIN};
  for (;;) {
    if (poll(&ready, 1, 0) == 0) {
      atomic_store(&is_busy, 0);
      int wake = atomic_load(&waker);
      if (atomic_exchange(&is_awaited, 0) && wake >= 0) (void)!write(wake, "", 1);
      poll(&ready, 1, -1);
    }
    // Before the bytes leave the pipe, so that one of the two tells of them at any time.
    atomic_store(&is_busy, 1);
    ssize_t count = read(from, bytes, sizeof bytes);
    if (count <= 0) break;
    // A terminal that is gone takes nothing any more; the screen learns of that from its keyboard.
    if (!atomic_load(&is_off)) (void)cncurses_write(to, bytes, (int)count);
  }
  close(from);
  atomic_store(&is_busy, 0);
  return NULL;
}

int cncurses_pump_start(int to) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  // Room for the largest frame, so that writing one never waits for the terminal.
  (void)fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
  source = ends[0];
  terminal = to;
  atomic_store(&is_off, 0);
  atomic_store(&is_awaited, 0);
  // Signals are for the thread that waits for them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int status = pthread_create(&thread, NULL, carry, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (status != 0) {
    close(ends[0]);
    close(ends[1]);
    return -1;
  }
  pthread_detach(thread);
  return ends[1];
}

void cncurses_pump_wake(int descriptor) { atomic_store(&waker, descriptor); }

int cncurses_pump_idle(void) {
  if (is_empty() && !atomic_load(&is_busy)) return 1;
  // Asked again after it is known that somebody waits: else the last byte could leave in between.
  atomic_store(&is_awaited, 1);
  return is_empty() && !atomic_load(&is_busy);
}

int cncurses_pump_drain(int milliseconds) {
  const struct timespec moment = {.tv_nsec = 100000};
  for (int moments = 10 * milliseconds; moments > 0; moments--) {
    if (cncurses_pump_idle()) return 0;
    nanosleep(&moment, NULL);
  }
  return cncurses_pump_idle() ? 0 : -1;
}

void cncurses_pump_off(void) { atomic_store(&is_off, 1); }
