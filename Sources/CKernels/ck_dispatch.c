// Chooses nothing itself: says which sets of loops this processor can run.
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <pthread.h>

#include "ck.h"

#if defined(__linux__)
#include <sched.h>
#endif

extern const ck_table ck_portable_table;
void ck_portable_bfloat16_fill(ck_table *table);
/// Loops for float32 with those for bfloat16 beside them, put together once.
static ck_table portable_bfloat16_table;

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

extern const ck_table ck_avx2_table;
extern const ck_table ck_avx512_table;
void ck_avx512_bfloat16_fill(ck_table *table);
void ck_amx_fill(ck_table *table);

/// 1 when the processor has the tile unit and the system lets this process use its registers.
static int has_tiles(void) {
#if defined(__linux__) && defined(SYS_arch_prctl)
  enum { ASK_FOR_STATE = 0x1023, TILE_DATA = 18 };  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILE_DATA
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  const unsigned bfloat16 = 1u << 22, tiles = 1u << 24;
  if (!(d & bfloat16) || !(d & tiles)) return 0;
  return syscall(SYS_arch_prctl, ASK_FOR_STATE, TILE_DATA) == 0;
#else
  return 0;
#endif
}

static ck_table avx512_bfloat16_table, amx_table;
static int tiles_found;
#endif

static void fill_tables(void) {
  portable_bfloat16_table = ck_portable_table;
  portable_bfloat16_table.name = "portablebf16";
  ck_portable_bfloat16_fill(&portable_bfloat16_table);
#if defined(__x86_64__)
  tiles_found = has_tiles();
  avx512_bfloat16_table = ck_avx512_table;
  avx512_bfloat16_table.name = "avx512bf16";
  ck_avx512_bfloat16_fill(&avx512_bfloat16_table);
  amx_table = avx512_bfloat16_table;
  amx_table.name = "amx";
  ck_amx_fill(&amx_table);
#endif
}

const ck_table *ck_table_of(int instruction_set) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, fill_tables);
  if (instruction_set == CK_PORTABLE) return &ck_portable_table;
  if (instruction_set == CK_PORTABLE_BFLOAT16) return &portable_bfloat16_table;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (instruction_set == CK_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &ck_avx2_table;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("fma"))
    return 0;
  if (instruction_set == CK_AVX512) return &ck_avx512_table;
  if (!__builtin_cpu_supports("avx512bf16")) return 0;
  if (instruction_set == CK_AVX512_BFLOAT16) return &avx512_bfloat16_table;
  if (instruction_set == CK_AMX && tiles_found) return &amx_table;
#endif
  return 0;
}

int ck_core_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return 0;
}

long ck_packed_numbers(long lines, long terms, int parts) {
  return (lines + 31) / 32 * 32 * ((terms + 31) / 32 * 32) * parts;
}

static long whole_strips(long lines) { return (lines + CK_TILE_ROWS - 1) / CK_TILE_ROWS * CK_TILE_ROWS; }

long ck_strip_numbers(long length, long width) {
  const long tokens = whole_strips(length) * width, components = whole_strips(width) * length;
  return ((tokens > components ? tokens : components) + 15) / 16 * 16;
}

long ck_plan_capacity(long rows, long length) {
  // A cut inside a block needs CK_KEY_BLOCK keys of the document before it: at most two blocks for
  // every CK_QUERY_BLOCK tokens, and one for the rest.
  return rows * (2 * (length / CK_QUERY_BLOCK) + 2);
}

long ck_plan_queries(const int32_t *starts, long rows, long length, ck_query_block *blocks,
                     int32_t *row_blocks) {
  long count = 0;
  for (long b = 0; b < rows; b++) {
    const int32_t *s = starts + b * length;
    row_blocks[b] = (int32_t)count;
    for (long t = 0; t < length;) {
      int32_t first_key = s[t];
      long end = t + 1;
      while (end < length && end - t < CK_QUERY_BLOCK) {
        // A new document after a long one: its queries do not need the keys of this block.
        if (s[end] == end && end - first_key >= CK_KEY_BLOCK) break;
        if (s[end] < first_key) first_key = s[end];
        end++;
      }
      blocks[count++] = (ck_query_block){(int32_t)b, (int32_t)t, (int32_t)(end - t), first_key};
      t = end;
    }
  }
  row_blocks[rows] = (int32_t)count;
  return count;
}
