// Chooses nothing itself: says which sets of loops this processor can run.
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "ck.h"

#if defined(__linux__)
#include <sched.h>
#endif

extern const ck_table ck_portable_table;
#if defined(__x86_64__)
extern const ck_table ck_avx2_table;
extern const ck_table ck_avx512_table;
#endif

const ck_table *ck_table_of(int instruction_set) {
  if (instruction_set == CK_PORTABLE) return &ck_portable_table;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (instruction_set == CK_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &ck_avx2_table;
  if (instruction_set == CK_AVX512 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma"))
    return &ck_avx512_table;
#endif
  return 0;
}

int ck_has_bfloat16(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16") ? 1 : 0;
#else
  return 0;
#endif
}

int ck_core_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return 0;
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
