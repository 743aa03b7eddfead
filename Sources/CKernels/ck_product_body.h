// A product whose left operand has the strides CK_LEFT_ROW and CK_LEFT_TERM inside a tile's rows. Included
// once for each way in which it may lie.

#define CK_JOIN_(a, b) a##b
#define CK_JOIN(a, b) CK_JOIN_(a, b)
#define CK_PANEL_OF(vectors)                                                                         \
  static __attribute__((noinline)) void CK_JOIN(CK_PRODUCT, _##vectors)(                             \
      long M, long K, const float *a, long next, const float *b, long ldb, float *c, long ldc,       \
      int accumulate) {                                                                              \
    panel(vectors, M, K, a, CK_LEFT_ROW, CK_LEFT_TERM, next, b, ldb, c, ldc, accumulate);            \
  }

CK_PANEL_OF(1)
CK_PANEL_OF(2)
#if CK_PANEL_VECTORS == 4
CK_PANEL_OF(4)
#endif

/// c[M, N] (+)= a[M, K] b[K, N]; b and c by rows, `next` floats from CK_TILE_ROWS rows of a to the next.
static void CK_PRODUCT(long M, long N, long K, const float *a, long next, const float *b, long ldb,
                       float *c, long ldc, int accumulate) {
  long n = 0;
#if CK_PANEL_VECTORS == 4
  for (; n + CK_PANEL <= N; n += CK_PANEL)
    CK_JOIN(CK_PRODUCT, _4)(M, K, a, next, b + n, ldb, c + n, ldc, accumulate);
#endif
  for (; n + 2 * CK_WIDTH <= N; n += 2 * CK_WIDTH)
    CK_JOIN(CK_PRODUCT, _2)(M, K, a, next, b + n, ldb, c + n, ldc, accumulate);
  for (; n + CK_WIDTH <= N; n += CK_WIDTH)
    CK_JOIN(CK_PRODUCT, _1)(M, K, a, next, b + n, ldb, c + n, ldc, accumulate);
#if CK_WIDTH == 16
  if (n + 8 <= N) {
    panel_eight(M, K, a, CK_LEFT_ROW, CK_LEFT_TERM, next, b + n, ldb, c + n, ldc, accumulate);
    n += 8;
  }
#endif
  if (n < N)
    panel_rest(M, N - n, K, a, CK_LEFT_ROW, CK_LEFT_TERM, next, b + n, ldb, c + n, ldc, accumulate);
}

#undef CK_PRODUCT
#undef CK_LEFT_ROW
#undef CK_LEFT_TERM
#undef CK_PANEL_OF
#undef CK_JOIN
#undef CK_JOIN_
