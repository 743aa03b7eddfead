// Vectors of CK_WIDTH floats, and the exponential.

#define CK_INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((ext_vector_type(CK_WIDTH)));
typedef int32_t veci __attribute__((ext_vector_type(CK_WIDTH)));
typedef double vecd __attribute__((ext_vector_type(CK_WIDTH)));
typedef struct { vec value; } __attribute__((packed, aligned(4), may_alias)) vec_unaligned;
typedef struct { veci value; } __attribute__((packed, aligned(4), may_alias)) veci_unaligned;

CK_INLINE vec load(const float *p) { return ((const vec_unaligned *)p)->value; }
CK_INLINE void store(float *p, vec x) { ((vec_unaligned *)p)->value = x; }
CK_INLINE veci loadi(const int32_t *p) { return ((const veci_unaligned *)p)->value; }
CK_INLINE vec splat(float x) { return (vec)x; }
CK_INLINE vec as_float(veci x) { return __builtin_bit_cast(vec, x); }
CK_INLINE veci as_int(vec x) { return __builtin_bit_cast(veci, x); }

/// The first `count` floats, the rest `fill`.
CK_INLINE vec load_part(const float *p, long count, float fill) {
  float buffer[CK_WIDTH];
  for (int i = 0; i < CK_WIDTH; i++) buffer[i] = i < count ? p[i] : fill;
  return load(buffer);
}

CK_INLINE void store_part(float *p, vec x, long count) {
  float buffer[CK_WIDTH];
  store(buffer, x);
  for (int i = 0; i < CK_WIDTH; i++)
    if (i < count) p[i] = buffer[i];
}

/// Sum of the lanes, halves first.
CK_INLINE float sum_lanes(vec x) {
  float a[CK_WIDTH];
  store(a, x);
  for (int width = CK_WIDTH / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) a[i] += a[i + width];
  return a[0];
}

CK_INLINE float max_lanes(vec x) {
  float a[CK_WIDTH];
  store(a, x);
  float best = a[0];
  for (int i = 1; i < CK_WIDTH; i++) best = a[i] > best ? a[i] : best;
  return best;
}

// Written so that x86 needs one instruction, and that a NaN in x comes out again.
CK_INLINE vec at_least(vec x, vec low) { return low > x ? low : x; }
CK_INLINE vec at_most(vec x, vec high) { return high < x ? high : x; }

/// 2^x for x <= 127; results below 2^-126 become about 2^-126. Error below 1 ulp on the reduced range:
/// x = n + f with |f| <= 1/2 by the rounding of an addition, then a polynomial of degree 6 for 2^f,
/// fitted for the least largest relative error (1.9e-9) by Lawson's iteration.
CK_INLINE vec exp2_vec(vec x) {
  const vec magic = splat(12582912.0f);  // 1.5 * 2^23: the sum's low bits are round(x)
  x = at_least(x, splat(-126.0f));
  vec t = x + magic;
  vec f = x - (t - magic);
  vec p = splat(1.54763e-4f);
  p = p * f + splat(1.340027e-3f);
  p = p * f + splat(9.618004e-3f);
  p = p * f + splat(5.550328e-2f);
  p = p * f + splat(2.402265e-1f);
  p = p * f + splat(6.931472e-1f);
  p = p * f + splat(1.0f);
  return as_float(as_int(p) + (as_int(t) << 23));
}

/// e^x, at most 2 ulp from the true value for -87.3 <= x <= 88; clamped outside. x = n ln 2 + r with
/// ln 2 in two parts (Cody and Waite), then a polynomial of degree 6 for e^r, fitted the same way.
CK_INLINE vec exp_vec(vec x) {
  const vec magic = splat(12582912.0f);
  x = at_most(at_least(x, splat(-87.3f)), splat(88.3f));
  vec t = x * splat(1.44269504f) + magic;
  vec n = t - magic;
  vec r = x - n * splat(0.693145751953125f);
  r = r - n * splat(1.42860677e-6f);
  vec p = splat(1.3950602e-3f);
  p = p * r + splat(8.368953e-3f);
  p = p * r + splat(4.1666206e-2f);
  p = p * r + splat(1.6666518e-1f);
  p = p * r + splat(0.5f);
  p = p * (r * r) + r;
  return as_float(as_int(p + splat(1.0f)) + (as_int(t) << 23));
}

// Numbers of bfloat16.
typedef uint16_t vech __attribute__((ext_vector_type(CK_WIDTH)));
typedef uint32_t vecu __attribute__((ext_vector_type(CK_WIDTH)));
typedef struct { vech value; } __attribute__((packed, aligned(2), may_alias)) vech_unaligned;

/// Rounds to nearest even; a NaN stays one, which rounding up could carry into an infinity.
CK_INLINE vech rounded(vec x) {
  const vecu bits = __builtin_bit_cast(vecu, x);
  const vecu even = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const vecu quiet = (bits >> 16) | 0x40;
  return __builtin_convertvector((bits & 0x7fffffff) > 0x7f800000 ? quiet : even, vech);
}

CK_INLINE vec widened(vech x) { return as_float(__builtin_convertvector(x, veci) << 16); }

CK_INLINE vec load_rounded(const uint16_t *p) { return widened(((const vech_unaligned *)p)->value); }
CK_INLINE void store_rounded(uint16_t *p, vec x) { ((vech_unaligned *)p)->value = rounded(x); }

CK_INLINE vec load_rounded_part(const uint16_t *p, long count) {
  uint16_t buffer[CK_WIDTH];
  for (int i = 0; i < CK_WIDTH; i++) buffer[i] = i < count ? p[i] : 0;
  return load_rounded(buffer);
}

CK_INLINE void store_rounded_part(uint16_t *p, vec x, long count) {
  uint16_t buffer[CK_WIDTH];
  store_rounded(buffer, x);
  for (int i = 0; i < CK_WIDTH; i++)
    if (i < count) p[i] = buffer[i];
}

CK_INLINE long least(long a, long b) { return a < b ? a : b; }

/// Sum of a[i] b[i] c[i] (c may be NULL) in a fixed order: four running vectors, then the tail.
CK_INLINE float sum_products(const float *a, const float *b, const float *c, long count) {
  vec s0 = splat(0), s1 = splat(0);
  long i = 0;
  for (; i + 2 * CK_WIDTH <= count; i += 2 * CK_WIDTH) {
    vec p0 = load(a + i), p1 = load(a + i + CK_WIDTH);
    if (c) {
      p0 *= load(c + i);
      p1 *= load(c + i + CK_WIDTH);
    }
    s0 += p0 * load(b + i);
    s1 += p1 * load(b + i + CK_WIDTH);
  }
  float sum = sum_lanes(s0 + s1);
  for (; i < count; i++) sum += (c ? a[i] * c[i] : a[i]) * b[i];
  return sum;
}
