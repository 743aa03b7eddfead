// Attention on tiles for processors that multiply pairs of bfloat16 numbers in vectors (AVX512_BF16).
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), \
    apply_to = function)

#include "ck_tiles_body.h"

/// c[32, 32] (+)= two by two tiles of sums over `depth` tiles of terms, eight rows at a time: that many
/// sums hide the latency and leave registers for the operands.
CK_INLINE void multiply_tiles(const uint16_t *a, long next_a, const uint16_t *b, long next_b,
                              long depth, float *c, long ldc, int accumulate) {
  enum { LINES = 8 };
  for (long row = 0; row < 32; row += LINES) {
    const int32_t *left = (const int32_t *)(a + row / 16 * next_a) + row % 16 * 16;
    float *at = c + row * ldc;
    __m512 sum[LINES][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < LINES; i++) {
      sum[i][0] = accumulate ? load(at + i * ldc) : splat(0);
      sum[i][1] = accumulate ? load(at + i * ldc + 16) : splat(0);
    }
    for (long t = 0; t < depth; t++)
      for (long p = 0; p < 16; p++) {
        const uint16_t *right = b + t * TILE + p * 32;
        const __m512bh r0 = (__m512bh)_mm512_load_si512(right);
        const __m512bh r1 = (__m512bh)_mm512_load_si512(right + next_b);
#pragma clang loop unroll(full)
        for (int i = 0; i < LINES; i++) {
          const __m512bh l = (__m512bh)_mm512_set1_epi32(left[t * (TILE / 2) + i * 16 + p]);
          sum[i][0] = _mm512_dpbf16_ps(sum[i][0], l, r0);
          sum[i][1] = _mm512_dpbf16_ps(sum[i][1], l, r1);
        }
      }
#pragma clang loop unroll(full)
    for (int i = 0; i < LINES; i++) {
      store(at + i * ldc, sum[i][0]);
      store(at + i * ldc + 16, sum[i][1]);
    }
  }
}

#define CK_TILES_BEGIN()
#define CK_TILES_END()
#include "ck_tiled_attention_body.h"

void ck_bfloat16_attention_pack(void *arguments, long task, void *scratch) {
  attention_pack(arguments, task, scratch);
}
void ck_bfloat16_attention_forward(void *arguments, long task, void *scratch) {
  tiled_attention_forward(arguments, task, scratch);
}
void ck_bfloat16_attention_backward(void *arguments, long task, void *scratch) {
  tiled_attention_backward(arguments, task, scratch);
}

#pragma clang attribute pop
#endif
