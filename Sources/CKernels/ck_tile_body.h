// The one product loop: a tile of sums that stays in registers. The left operand is read number by
// number, the right one and the sums in vectors along a row.

#if CK_WIDTH == 16 || defined(__aarch64__)
#define CK_PANEL_VECTORS 4  // 32 registers: 6 x 4 sums, 4 vectors, the rest for numbers
#else
#define CK_PANEL_VECTORS 2  // 16 registers: 6 x 2 sums
#endif
#define CK_PANEL (CK_PANEL_VECTORS * CK_WIDTH)

/// c[M, N vectors] (+)= sum over k of a[m * am + k * ak] b[k * ldb + n]. M and N are constants at
/// every call.
CK_INLINE void tile(const int M, const int N, long K, const float *a, long am, long ak,
                    const float *b, long ldb, float *c, long ldc, int accumulate) {
  vec sum[CK_TILE_ROWS][CK_PANEL_VECTORS];
#pragma clang loop unroll(full)
  for (int m = 0; m < M; m++) {
#pragma clang loop unroll(full)
    for (int n = 0; n < N; n++) sum[m][n] = splat(0);
  }
#pragma clang loop unroll_count(2)
  for (long k = 0; k < K; k++) {
    vec right[CK_PANEL_VECTORS];
#pragma clang loop unroll(full)
    for (int n = 0; n < N; n++) right[n] = load(b + k * ldb + n * CK_WIDTH);
#pragma clang loop unroll(full)
    for (int m = 0; m < M; m++) {
      const vec left = splat(a[m * am + k * ak]);
#pragma clang loop unroll(full)
      for (int n = 0; n < N; n++) sum[m][n] += left * right[n];
    }
  }
#pragma clang loop unroll(full)
  for (int m = 0; m < M; m++) {
#pragma clang loop unroll(full)
    for (int n = 0; n < N; n++) {
      float *p = c + m * ldc + n * CK_WIDTH;
      store(p, accumulate ? load(p) + sum[m][n] : sum[m][n]);
    }
  }
}

/// One panel of N vectors and any number of rows; `next` floats from a tile's rows of a to the next's.
CK_INLINE void panel(const int N, long M, long K, const float *a, const long am, const long ak,
                     long next, const float *b, long ldb, float *c, long ldc, int accumulate) {
  for (; M >= CK_TILE_ROWS; M -= CK_TILE_ROWS, a += next, c += CK_TILE_ROWS * ldc)
    tile(CK_TILE_ROWS, N, K, a, am, ak, b, ldb, c, ldc, accumulate);
  switch (M) {
    case 5: tile(5, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    case 4: tile(4, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    case 3: tile(3, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    case 2: tile(2, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    case 1: tile(1, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    default: break;
  }
}

/// Row m of a, whose tiles of rows are `next` floats apart.
CK_INLINE const float *left_row(const float *a, long m, long am, long next) {
  return a + m / CK_TILE_ROWS * next + m % CK_TILE_ROWS * am;
}

#if CK_WIDTH == 16
typedef float vec8 __attribute__((ext_vector_type(8)));
typedef struct { vec8 value; } __attribute__((packed, aligned(4), may_alias)) vec8_unaligned;

/// Eight columns: half a vector, for head widths that are not a multiple of 16.
static __attribute__((noinline)) void panel_eight(long M, long K, const float *a, long am, long ak,
                                                  long next, const float *b, long ldb, float *c,
                                                  long ldc, int accumulate) {
  for (long m = 0; m < M; m += 4) {
    const int rows = (int)least(4, M - m);
    // Rows past the last one repeat it and are not stored.
    const float *left[4];
    vec8 sum[4] = {(vec8)0.0f, (vec8)0.0f, (vec8)0.0f, (vec8)0.0f};
    for (int i = 0; i < 4; i++) left[i] = left_row(a, m + (i < rows ? i : rows - 1), am, next);
    for (long k = 0; k < K; k++) {
      const vec8 right = ((const vec8_unaligned *)(b + k * ldb))->value;
      for (int i = 0; i < 4; i++) sum[i] += (vec8)left[i][k * ak] * right;
    }
    for (int i = 0; i < rows; i++) {
      vec8_unaligned *p = (vec8_unaligned *)(c + (m + i) * ldc);
      p->value = accumulate ? p->value + sum[i] : sum[i];
    }
  }
}
#endif

/// The last columns, fewer than a vector.
static __attribute__((noinline)) void panel_rest(long M, long N, long K, const float *a, long am,
                                                 long ak, long next, const float *b, long ldb,
                                                 float *c, long ldc, int accumulate) {
  for (long m = 0; m < M; m++) {
    const float *left = left_row(a, m, am, next);
    vec sum = splat(0);
    for (long k = 0; k < K; k++) sum += splat(left[k * ak]) * load_part(b + k * ldb, N, 0);
    float *p = c + m * ldc;
    store_part(p, accumulate ? load_part(p, N, 0) + sum : sum, N);
  }
}

// The left operand lies in one of three ways. Its strides are constants of the loops, which then need no
// address arithmetic: 15 % where somebody else's thread shares the core.
#define CK_PRODUCT product_strips  // strips of CK_TILE_ROWS rows, [term][row]; see ck_strips_body.h
#define CK_LEFT_ROW 1
#define CK_LEFT_TERM CK_TILE_ROWS
#include "ck_product_body.h"

#define CK_PRODUCT product_rows  // rows of CK_QUERY_BLOCK terms
#define CK_LEFT_ROW CK_QUERY_BLOCK
#define CK_LEFT_TERM 1
#include "ck_product_body.h"

#define CK_PRODUCT product_columns  // the same turned: terms of CK_QUERY_BLOCK rows
#define CK_LEFT_ROW 1
#define CK_LEFT_TERM CK_QUERY_BLOCK
#include "ck_product_body.h"
