// Matrix products with operands rounded to bfloat16 and float32 sums, for AVX512_BF16. One instruction
// multiplies pairs of terms, so operands are packed as pairs: a number of 32 bits holds the terms 2 p
// (low half) and 2 p + 1 (high half), rounded to nearest even.
#include <string.h>

#include "ck.h"

void ck_round_bfloat16(const float *x, long stride, long rows, long columns, uint16_t *out) {
  for (long r = 0; r < rows; r++)
    for (long i = 0; i < columns; i++) {
      uint32_t bits;
      memcpy(&bits, x + r * stride + i, sizeof bits);
      const uint32_t even = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
      // Rounding up could carry a NaN into an infinity.
      out[r * columns + i] =
          (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? (bits >> 16) | 0x40 : even);
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), \
    apply_to = function)

#include "ck_pairs_body.h"

// ROWS pairs of a (384 KiB) stay in the second-level cache while the panels of b pass by. It is twice
// the least block of Matmul.blockRows: every second pass over the rows of a block packs b again, which
// cost 20 % of the products when a block of 210 rows was done as 192 and 18.
enum { PAIRS = 256, ROWS = 384, PANEL = 64, TILE = 6 };

static inline __m512i widen(__m512 x) {
  return _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(x));
}

/// out[pair][column], `width` columns apart (a multiple of 16), from x[term][column]: missing columns
/// and a missing last term are zero.
static void pack_columns(const float *x, long stride, long terms, long columns, long width,
                         uint32_t *out) {
  for (long p = 0; 2 * p < terms; p++)
    for (long j = 0; j < width; j += 16) {
      const __mmask16 mask = j < columns ? first_lanes(columns - j) : 0;
      const float *at = x + 2 * p * stride + j;
      const __m512 low = _mm512_maskz_loadu_ps(mask, at);
      const __m512 high = _mm512_maskz_loadu_ps(2 * p + 1 < terms ? mask : 0, at + stride);
      _mm512_storeu_si512(out + p * width + j,
                          _mm512_or_si512(widen(low), _mm512_slli_epi32(widen(high), 16)));
    }
}

/// out[row][pair], PAIRS apart, from x[row][term].
static void pack_rows(const float *x, long stride, long terms, long rows, uint32_t *out) {
  for (long m = 0; m < rows; m++)
    for (long p = 0; 2 * p < terms; p += 16)
      _mm512_storeu_si512(out + m * PAIRS + p, row_pairs(x + m * stride + 2 * p, terms - 2 * p));
}

/// out[pair][column], PANEL apart, from x[column][term].
static void pack_turned(const float *x, long stride, long terms, long columns, uint32_t *out) {
  for (long p = 0; 2 * p < terms; p += 16)
    for (long j = 0; j < columns; j += 16) {
      __m512i pairs[16];
      for (long i = 0; i < 16; i++)
        pairs[i] = j + i < columns ? row_pairs(x + (j + i) * stride + 2 * p, terms - 2 * p)
                                   : _mm512_setzero_si512();
      turn(pairs);
      for (long i = 0; i < 16; i++) _mm512_storeu_si512(out + (p + i) * PANEL + j, pairs[i]);
    }
}

/// c[M, N * 16] (+)= pairs of a times pairs of b; the last vector has the lanes of `mask`.
__attribute__((always_inline)) static inline void tile(
    const int M, const int N, long pairs, const uint32_t *a, long am, long ap, const uint32_t *b,
    float *c, long ldc, __mmask16 mask, int accumulate) {
  __m512 sum[TILE][4];
#pragma clang loop unroll(full)
  for (int m = 0; m < M; m++) {
#pragma clang loop unroll(full)
    for (int n = 0; n < N; n++) sum[m][n] = _mm512_setzero_ps();
  }
  for (long p = 0; p < pairs; p++) {
    __m512bh right[4];
#pragma clang loop unroll(full)
    for (int n = 0; n < N; n++)
      right[n] = (__m512bh)_mm512_loadu_si512(b + p * PANEL + n * 16);
#pragma clang loop unroll(full)
    for (int m = 0; m < M; m++) {
      const __m512bh left = (__m512bh)_mm512_set1_epi32((int)a[m * am + p * ap]);
#pragma clang loop unroll(full)
      for (int n = 0; n < N; n++) sum[m][n] = _mm512_dpbf16_ps(sum[m][n], left, right[n]);
    }
  }
#pragma clang loop unroll(full)
  for (int m = 0; m < M; m++) {
#pragma clang loop unroll(full)
    for (int n = 0; n < N; n++) {
      const __mmask16 lanes = n == N - 1 ? mask : 0xffff;
      float *at = c + m * ldc + n * 16;
      const __m512 old = _mm512_maskz_loadu_ps(accumulate ? lanes : 0, at);
      _mm512_mask_storeu_ps(at, lanes, _mm512_add_ps(old, sum[m][n]));
    }
  }
}

#define CK_TILE(M, N) tile(M, N, pairs, a, am, ap, b, c, ldc, mask, accumulate)

#define CK_PANEL_OF(N)                                                                       \
  static __attribute__((noinline)) void panel_##N(                                           \
      long rows, long pairs, const uint32_t *a, long am, long ap, const uint32_t *b,         \
      float *c, long ldc, __mmask16 mask, int accumulate) {                                  \
    for (; rows >= TILE; rows -= TILE, a += TILE * am, c += TILE * ldc) CK_TILE(TILE, N);    \
    for (; rows > 0; rows--, a += am, c += ldc) CK_TILE(1, N);                               \
  }

CK_PANEL_OF(1)
CK_PANEL_OF(2)
CK_PANEL_OF(3)
CK_PANEL_OF(4)

static void multiply_rows(const ck_matmul *s, long first, long rows, void *scratch) {
  uint32_t *left = scratch, *right = left + ROWS * PAIRS;
  const long width = (rows + 15) / 16 * 16;
  const long am = s->transpose_a ? 1 : PAIRS, ap = s->transpose_a ? width : 1;
  for (long k = 0; k < s->k; k += 2 * PAIRS) {
    const long terms = least(2 * PAIRS, s->k - k), pairs = (terms + 1) / 2;
    const int accumulate = s->accumulate || k > 0;
    if (s->transpose_a)
      pack_columns(s->a + k * s->lda + first, s->lda, terms, rows, width, left);
    else
      pack_rows(s->a + first * s->lda + k, s->lda, terms, rows, left);
    for (long n = 0; n < s->n; n += PANEL) {
      const long columns = least(PANEL, s->n - n);
      if (s->transpose_b)
        pack_turned(s->b + n * s->ldb + k, s->ldb, terms, columns, right);
      else
        pack_columns(s->b + k * s->ldb + n, s->ldb, terms, columns, PANEL, right);
      const long vectors = (columns + 15) / 16;
      const __mmask16 mask = first_lanes(columns - (vectors - 1) * 16);
      float *c = s->c + first * s->ldc + n;
      switch (vectors) {
        case 4: panel_4(rows, pairs, left, am, ap, right, c, s->ldc, mask, accumulate); break;
        case 3: panel_3(rows, pairs, left, am, ap, right, c, s->ldc, mask, accumulate); break;
        case 2: panel_2(rows, pairs, left, am, ap, right, c, s->ldc, mask, accumulate); break;
        default: panel_1(rows, pairs, left, am, ap, right, c, s->ldc, mask, accumulate); break;
      }
    }
  }
}

void ck_bfloat16_matmul(void *arguments, long block, void *scratch) {
  const ck_matmul *s = arguments;
  const long last = least(s->m, (block + 1) * s->block_rows);
  for (long first = block * s->block_rows; first < last; first += ROWS)
    multiply_rows(s, first, least(ROWS, last - first), scratch);
}

double ck_bfloat16_peak(long rounds) {
  __m512 sum[12];
  volatile float seed = 1.0f;
  const __m512bh x = _mm512_cvtne2ps_pbh(_mm512_set1_ps(seed), _mm512_set1_ps(seed * 0.5f));
  for (int i = 0; i < 12; i++) sum[i] = _mm512_set1_ps((float)i);
  for (long k = 0; k < rounds; k++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 12; i++) sum[i] = _mm512_dpbf16_ps(sum[i], x, x);
  }
  for (int i = 1; i < 12; i++) sum[0] = _mm512_add_ps(sum[0], sum[i]);
  volatile float sink = _mm512_reduce_add_ps(sum[0]);
  (void)sink;
  return 12.0 * 64 * (double)rounds;
}

#pragma clang attribute pop
#endif
