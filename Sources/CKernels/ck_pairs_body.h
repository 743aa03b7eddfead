// Pairs of bfloat16 numbers in registers; for functions with AVX512_BF16.
#pragma once
#if defined(__x86_64__)
#include <immintrin.h>

#define CK_INLINE static inline __attribute__((always_inline))

CK_INLINE long least(long a, long b) { return a < b ? a : b; }

CK_INLINE __mmask16 first_lanes(long count) {
  if (count <= 0) return 0;
  return count >= 16 ? 0xffff : (__mmask16)((1u << count) - 1);
}

/// Sixteen pairs of a row that starts at x and has `terms` terms left.
CK_INLINE __m512i row_pairs(const float *x, long terms) {
  const __m512 low = _mm512_maskz_loadu_ps(first_lanes(terms), x);
  const __m512 high = _mm512_maskz_loadu_ps(terms > 16 ? first_lanes(terms - 16) : 0, x + 16);
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

/// Turns 16 rows of 16 numbers into 16 columns: first inside lanes of 128 bits, then the lanes.
CK_INLINE void turn(__m512i r[16]) {
  __m512i t[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    const __m512i even0 = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    const __m512i even1 = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    const __m512i odd0 = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    const __m512i odd1 = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    t[i] = _mm512_shuffle_i32x4(even0, even1, 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(odd0, odd1, 0x88);
    t[i + 8] = _mm512_shuffle_i32x4(even0, even1, 0xdd);
    t[i + 12] = _mm512_shuffle_i32x4(odd0, odd1, 0xdd);
  }
  for (int i = 0; i < 16; i++) r[i] = t[i];
}
#endif
