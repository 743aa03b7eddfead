// What the loops on tiles need of AVX-512 and AVX512_BF16; ck_portable_bfloat16.c has the same in plain vectors.
#if defined(__x86_64__)
#include <immintrin.h>

#include "ck.h"

#define CK_WIDTH 16
#include "ck_vector_body.h"

CK_INLINE __mmask16 first_lanes(long count) {
  if (count <= 0) return 0;
  return count >= 16 ? 0xffff : (__mmask16)((1u << count) - 1);
}

/// The first `count` floats, the rest zero; none where `count` is negative.
CK_INLINE vec load_lanes(const float *p, long count) {
  return (vec)_mm512_maskz_loadu_ps(first_lanes(count), p);
}

CK_INLINE void store_lanes(float *p, vec x, long count) {
  _mm512_mask_storeu_ps(p, first_lanes(count), (__m512)x);
}

/// 32 numbers rounded to nearest even, those of `low` first.
CK_INLINE veci round_pairs(vec low, vec high) {
  return (veci)(__m512i)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
}

/// Adds the products of both numbers of each pair.
CK_INLINE vec add_products(vec sum, veci left, veci right) {
  return (vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)(__m512i)left, (__m512bh)(__m512i)right);
}
#endif
