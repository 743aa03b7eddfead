// The one product loop: a tile of sums that stays in registers. The left operand is read number by
// number (any strides), the right one and the sums in vectors along a row.

#if CK_WIDTH == 16 || defined(__aarch64__)
#define CK_PANEL_VECTORS 4  // 32 registers: 6 x 4 sums, 4 vectors, the rest for numbers
#else
#define CK_PANEL_VECTORS 2  // 16 registers: 6 x 2 sums
#endif
#define CK_TILE_ROWS 6
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

/// One panel of N vectors and any number of rows.
CK_INLINE void panel(const int N, long M, long K, const float *a, long am, long ak, const float *b,
                     long ldb, float *c, long ldc, int accumulate) {
  for (; M >= 6; M -= 6, a += 6 * am, c += 6 * ldc)
    tile(6, N, K, a, am, ak, b, ldb, c, ldc, accumulate);
  switch (M) {
    case 5: tile(5, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    case 4: tile(4, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    case 3: tile(3, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    case 2: tile(2, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    case 1: tile(1, N, K, a, am, ak, b, ldb, c, ldc, accumulate); break;
    default: break;
  }
}

static __attribute__((noinline)) void panel_full(long M, long K, const float *a, long am, long ak,
                                                 const float *b, long ldb, float *c, long ldc,
                                                 int accumulate) {
  panel(CK_PANEL_VECTORS, M, K, a, am, ak, b, ldb, c, ldc, accumulate);
}

static __attribute__((noinline)) void panel_one(long M, long K, const float *a, long am, long ak,
                                                const float *b, long ldb, float *c, long ldc,
                                                int accumulate) {
  panel(1, M, K, a, am, ak, b, ldb, c, ldc, accumulate);
}

#if CK_PANEL_VECTORS == 4
static __attribute__((noinline)) void panel_two(long M, long K, const float *a, long am, long ak,
                                                const float *b, long ldb, float *c, long ldc,
                                                int accumulate) {
  panel(2, M, K, a, am, ak, b, ldb, c, ldc, accumulate);
}
#endif

#if CK_WIDTH == 16
typedef float vec8 __attribute__((ext_vector_type(8)));
typedef struct { vec8 value; } __attribute__((packed, aligned(4), may_alias)) vec8_unaligned;

/// Eight columns: half a vector, for head widths that are not a multiple of 16.
static __attribute__((noinline)) void panel_eight(long M, long K, const float *a, long am, long ak,
                                                  const float *b, long ldb, float *c, long ldc,
                                                  int accumulate) {
  for (long m = 0; m < M; m += 4) {
    const int rows = (int)at_most_long(4, M - m);
    // Rows past the last one repeat it and are not stored.
    const float *left[4];
    vec8 sum[4] = {(vec8)0.0f, (vec8)0.0f, (vec8)0.0f, (vec8)0.0f};
    for (int i = 0; i < 4; i++) left[i] = a + (m + (i < rows ? i : rows - 1)) * am;
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
                                                 long ak, const float *b, long ldb, float *c,
                                                 long ldc, int accumulate) {
  for (long m = 0; m < M; m++) {
    vec sum = splat(0);
    for (long k = 0; k < K; k++)
      sum += splat(a[m * am + k * ak]) * load_part(b + k * ldb, N, 0);
    float *p = c + m * ldc;
    store_part(p, accumulate ? load_part(p, N, 0) + sum : sum, N);
  }
}

/// c[M, N] (+)= a[M, K] b[K, N]; a by strides, b and c by rows.
static void product(long M, long N, long K, const float *a, long am, long ak, const float *b,
                    long ldb, float *c, long ldc, int accumulate) {
  long n = 0;
  for (; n + CK_PANEL <= N; n += CK_PANEL)
    panel_full(M, K, a, am, ak, b + n, ldb, c + n, ldc, accumulate);
#if CK_PANEL_VECTORS == 4
  for (; n + 2 * CK_WIDTH <= N; n += 2 * CK_WIDTH)
    panel_two(M, K, a, am, ak, b + n, ldb, c + n, ldc, accumulate);
#endif
  for (; n + CK_WIDTH <= N; n += CK_WIDTH)
    panel_one(M, K, a, am, ak, b + n, ldb, c + n, ldc, accumulate);
#if CK_WIDTH == 16
  if (n + 8 <= N) {
    panel_eight(M, K, a, am, ak, b + n, ldb, c + n, ldc, accumulate);
    n += 8;
  }
#endif
  if (n < N) panel_rest(M, N - n, K, a, am, ak, b + n, ldb, c + n, ldc, accumulate);
}
