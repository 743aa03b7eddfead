// Products of tiles where there is no unit for them: one instruction, or a few, multiplies pairs of terms of
// sixteen columns.

/// c[32, 32] (+)= two by two tiles of sums over `depth` tiles of terms, eight rows at a time: that many
/// sums hide the latency and leave registers for the operands.
CK_INLINE void multiply_tiles(const uint16_t *a, long next_a, const uint16_t *b, long next_b,
                              long depth, float *c, long ldc, int accumulate) {
  enum { LINES = 8 };
  for (long row = 0; row < 32; row += LINES) {
    const int32_t *left = (const int32_t *)(a + row / 16 * next_a) + row % 16 * 16;
    float *at = c + row * ldc;
    vec sum[LINES][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < LINES; i++) {
      sum[i][0] = accumulate ? load(at + i * ldc) : splat(0);
      sum[i][1] = accumulate ? load(at + i * ldc + 16) : splat(0);
    }
    for (long t = 0; t < depth; t++)
      for (long p = 0; p < 16; p++) {
        const uint16_t *right = b + t * TILE + p * 32;
        const veci r0 = load_pairs(right), r1 = load_pairs(right + next_b);
#pragma clang loop unroll(full)
        for (int i = 0; i < LINES; i++) {
          const veci l = (veci)left[t * (TILE / 2) + i * 16 + p];
          sum[i][0] = add_products(sum[i][0], l, r0);
          sum[i][1] = add_products(sum[i][1], l, r1);
        }
      }
#pragma clang loop unroll(full)
    for (int i = 0; i < LINES; i++) {
      store(at + i * ldc, sum[i][0]);
      store(at + i * ldc + 16, sum[i][1]);
    }
  }
}

/// Twelve independent chains, as in ck_peak_body.h.
static double peak(long rounds) {
  vec sum[12];
  volatile float seed = 1.0f;
  const veci x = round_pairs(splat(seed), splat(seed * 0.5f));
  for (int i = 0; i < 12; i++) sum[i] = splat((float)i);
  for (long k = 0; k < rounds; k++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 12; i++) sum[i] = add_products(sum[i], x, x);
  }
  for (int i = 1; i < 12; i++) sum[0] += sum[i];
  volatile float sink = sum_lanes(sum[0]);
  (void)sink;
  return 12.0 * 64 * (double)rounds;
}

#define CK_TILES_BEGIN()
#define CK_TILES_END()
