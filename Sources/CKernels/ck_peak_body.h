// The ceiling: multiply-adds that never leave the registers.

/// Twelve independent chains hide the latency of four to five cycles on two units.
static double peak(long rounds) {
  vec a[12];
  volatile float seed = 0.9999f;
  const vec x = splat(seed), y = splat(1.0f - seed);
  for (int i = 0; i < 12; i++) a[i] = splat((float)i);
  for (long k = 0; k < rounds; k++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 12; i++) a[i] = a[i] * x + y;
  }
  vec sum = a[0];
  for (int i = 1; i < 12; i++) sum += a[i];
  volatile float sink = sum_lanes(sum);
  (void)sink;
  return 12.0 * 2.0 * CK_WIDTH * (double)rounds;
}
