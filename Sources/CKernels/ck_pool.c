// A fixed pool of threads. The caller takes part; workers spin shortly for the next call, because the
// operations of a training step follow each other within microseconds, and then sleep, because the
// screen shares the processor.
//
// A ticket holds the number of the call in its upper half and the next block in its lower half. A
// worker takes a block by compare-and-swap on the ticket, so a late worker cannot take a block of a
// call whose arguments it has not read.

#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif
#include <time.h>

#include "ck.h"

#define CK_SPIN_NANOSECONDS 40000

struct ck_pool {
  _Atomic(uint64_t) ticket;
  char pad0[56];
  _Atomic(long) finished;
  char pad1[56];
  _Atomic(long) count;
  _Atomic(ck_task) task;
  _Atomic(void *) arguments;
  _Atomic(int) sleeping, caller_sleeping, closing;
  pthread_mutex_t lock, turn;
  pthread_cond_t wake, done;
  int threads;
  pthread_t *workers;
  void **scratch;
};

typedef struct {
  ck_pool *pool;
  int number;
} ck_worker;

static _Thread_local int inside_task = 0;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Takes and does blocks of the call `generation` until none is left.
static void work(ck_pool *pool, uint32_t generation, void *scratch) {
  for (;;) {
    uint64_t ticket = atomic_load(&pool->ticket);
    long count = atomic_load(&pool->count);
    ck_task task = atomic_load(&pool->task);
    void *arguments = atomic_load(&pool->arguments);
    long block = (long)(uint32_t)ticket;
    if ((uint32_t)(ticket >> 32) != generation || block >= count) return;
    if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket + 1)) continue;
    inside_task = 1;
    task(arguments, block, scratch);
    inside_task = 0;
    if (atomic_fetch_add(&pool->finished, 1) + 1 == count && atomic_load(&pool->caller_sleeping)) {
      pthread_mutex_lock(&pool->lock);
      pthread_cond_signal(&pool->done);
      pthread_mutex_unlock(&pool->lock);
    }
  }
}

static void *serve(void *argument) {
  ck_worker *worker = argument;
  ck_pool *pool = worker->pool;
  void *scratch = pool->scratch[worker->number];
  free(worker);
  uint32_t seen = 0;
  for (;;) {
    int64_t limit = nanoseconds() + CK_SPIN_NANOSECONDS;
    int found = 0;
    do {
      for (int i = 0; i < 64 && !found; i++) {
        found = (uint32_t)(atomic_load(&pool->ticket) >> 32) != seen;
        if (!found) relax();
      }
    } while (!found && !atomic_load(&pool->closing) && nanoseconds() < limit);
    if (!found) {
      pthread_mutex_lock(&pool->lock);
      atomic_fetch_add(&pool->sleeping, 1);
      while ((uint32_t)(atomic_load(&pool->ticket) >> 32) == seen && !atomic_load(&pool->closing))
        pthread_cond_wait(&pool->wake, &pool->lock);
      atomic_fetch_sub(&pool->sleeping, 1);
      pthread_mutex_unlock(&pool->lock);
    }
    if (atomic_load(&pool->closing)) return NULL;
    seen = (uint32_t)(atomic_load(&pool->ticket) >> 32);
    work(pool, seen, scratch);
  }
}

/// Scratch memory of a thread, on one large page where the system gives one.
static int make_scratch(void **scratch) {
  if (posix_memalign(scratch, CK_SCRATCH_BYTES, CK_SCRATCH_BYTES) != 0) return 0;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  madvise(*scratch, CK_SCRATCH_BYTES, MADV_HUGEPAGE);
#endif
  return 1;
}

ck_pool *ck_pool_create(int threads) {
  if (threads < 1) threads = 1;
  ck_pool *pool = calloc(1, sizeof(ck_pool));
  if (!pool) return NULL;
  pthread_mutex_init(&pool->lock, NULL);
  pthread_mutex_init(&pool->turn, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->done, NULL);
  pool->workers = calloc((size_t)threads, sizeof(pthread_t));
  pool->scratch = calloc((size_t)threads, sizeof(void *));
  pool->threads = 1;
  if (!pool->workers || !pool->scratch ||
      !make_scratch(&pool->scratch[0])) {
    ck_pool_destroy(pool);
    return NULL;
  }
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (int i = 1; i < threads; i++) {
    ck_worker *worker = malloc(sizeof(ck_worker));
    if (!worker || !make_scratch(&pool->scratch[i])) {
      free(worker);
      break;
    }
    *worker = (ck_worker){pool, i};
    if (pthread_create(&pool->workers[i], NULL, serve, worker) != 0) {
      free(worker);
      free(pool->scratch[i]);
      pool->scratch[i] = NULL;
      break;
    }
    pool->threads++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pool;
}

void ck_pool_destroy(ck_pool *pool) {
  atomic_store(&pool->closing, 1);
  pthread_mutex_lock(&pool->lock);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
  for (int i = 0; i < pool->threads; i++) {
    if (i > 0) pthread_join(pool->workers[i], NULL);
    if (pool->scratch) free(pool->scratch[i]);
  }
  pthread_mutex_destroy(&pool->lock);
  pthread_mutex_destroy(&pool->turn);
  pthread_cond_destroy(&pool->wake);
  pthread_cond_destroy(&pool->done);
  free(pool->workers);
  free(pool->scratch);
  free(pool);
}

int ck_pool_threads(const ck_pool *pool) { return pool->threads; }

/// A task that calls run again does its blocks itself, with scratch memory of its own.
static void run_inside(long count, ck_task task, void *arguments) {
  void *scratch = NULL;
  if (!make_scratch(&scratch)) abort();
  for (long block = 0; block < count; block++) task(arguments, block, scratch);
  free(scratch);
}

void ck_pool_run(ck_pool *pool, long count, ck_task task, void *arguments) {
  if (count <= 0) return;
  if (inside_task) {
    run_inside(count, task, arguments);
    return;
  }
  pthread_mutex_lock(&pool->turn);
  if (count == 1 || pool->threads == 1) {
    inside_task = 1;
    for (long block = 0; block < count; block++) task(arguments, block, pool->scratch[0]);
    inside_task = 0;
    pthread_mutex_unlock(&pool->turn);
    return;
  }
  uint32_t generation = (uint32_t)(atomic_load(&pool->ticket) >> 32) + 1;
  // While the fields change, block number UINT32_MAX says that there is nothing to take.
  atomic_store(&pool->ticket, ((uint64_t)(generation - 1) << 32) | UINT32_MAX);
  atomic_store(&pool->finished, 0);
  atomic_store(&pool->count, count);
  atomic_store(&pool->task, task);
  atomic_store(&pool->arguments, arguments);
  atomic_store(&pool->ticket, (uint64_t)generation << 32);
  if (atomic_load(&pool->sleeping) > 0) {
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
  }
  work(pool, generation, pool->scratch[0]);
  int64_t limit = nanoseconds() + CK_SPIN_NANOSECONDS;
  while (atomic_load(&pool->finished) < count) {
    for (int i = 0; i < 64 && atomic_load(&pool->finished) < count; i++) relax();
    if (nanoseconds() < limit) continue;
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->caller_sleeping, 1);
    while (atomic_load(&pool->finished) < count) pthread_cond_wait(&pool->done, &pool->lock);
    atomic_store(&pool->caller_sleeping, 0);
    pthread_mutex_unlock(&pool->lock);
  }
  pthread_mutex_unlock(&pool->turn);
}
