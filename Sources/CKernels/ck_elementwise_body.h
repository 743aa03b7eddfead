// Biases, rotary position embedding, SwiGLU, and plain vector arithmetic.

static void add_bias(void *arguments, long block, void *scratch) {
  const ck_bias *a = arguments;
  const long last = least(a->rows, (block + 1) * a->block_rows);
  for (long row = block * a->block_rows; row < last; row++) {
    float *y = a->y + row * a->stride;
    long i = 0;
    for (; i + CK_WIDTH <= a->width; i += CK_WIDTH) store(y + i, load(y + i) + load(a->bias + i));
    for (; i < a->width; i++) y[i] += a->bias[i];
  }
}

/// Turns pairs (x[i], x[i + half]) by the angle of the token (Su et al., arXiv:2104.09864, with the
/// half-split order of pairs that Llama's published weights use).
static void rotary(void *arguments, long block, void *scratch) {
  const ck_rotary *a = arguments;
  const long half = a->half, last = least(a->tokens, (block + 1) * a->block_rows);
  for (long t = block * a->block_rows; t < last; t++) {
    const float *cosine = a->cosine + t * half, *sine = a->sine + t * half;
    for (long head = 0; head < a->heads; head++) {
      float *x = a->x + t * a->stride + head * 2 * half, *z = x + half;
      long i = 0;
      for (; i + CK_WIDTH <= half; i += CK_WIDTH) {
        vec c = load(cosine + i), s = load(sine + i) * splat(a->sign);
        vec p = load(x + i), q = load(z + i);
        store(x + i, p * c - q * s);
        store(z + i, q * c + p * s);
      }
      for (; i < half; i++) {
        float c = cosine[i], s = sine[i] * a->sign, p = x[i], q = z[i];
        x[i] = p * c - q * s;
        z[i] = q * c + p * s;
      }
    }
  }
}

static void exponential(const float *x, float *y, long count) {
  long i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) store(y + i, exp_vec(load(x + i)));
  if (i < count) store_part(y + i, exp_vec(load_part(x + i, count - i, 0)), count - i);
}

CK_INLINE vec sigmoid(vec x) { return splat(1.0f) / (splat(1.0f) + exp_vec(-x)); }

/// h = silu(gate) up, silu(g) = g / (1 + e^-g) (Shazeer, arXiv:2002.05202).
static void swiglu_forward(void *arguments, long block, void *scratch) {
  const ck_swiglu *a = arguments;
  const long F = a->width, last = least(a->rows, (block + 1) * a->block_rows);
  for (long row = block * a->block_rows; row < last; row++) {
    const float *gate = a->gate + row * a->input_stride, *up = a->up + row * a->input_stride;
    float *h = a->h + row * F;
    uint16_t *kept = a->kept ? a->kept + row * 2 * F : NULL;
    long i = 0;
    for (; i + CK_WIDTH <= F; i += CK_WIDTH) {
      vec g = load(gate + i), u = load(up + i);
      store(h + i, g * sigmoid(g) * u);
      if (kept) {
        store_rounded(kept + i, g);
        store_rounded(kept + F + i, u);
      }
    }
    if (i < F) {
      const long rest = F - i;
      vec g = load_part(gate + i, rest, 0), u = load_part(up + i, rest, 0);
      store_part(h + i, g * sigmoid(g) * u, rest);
      if (kept) {
        store_rounded_part(kept + i, g, rest);
        store_rounded_part(kept + F + i, u, rest);
      }
    }
  }
}

/// With s = sigmoid(g): dup = dh g s, dgate = dh up s (1 + g (1 - s)), and the forward h = g s up.
static void swiglu_backward(void *arguments, long block, void *scratch) {
  const ck_swiglu *a = arguments;
  const long F = a->width, last = least(a->rows, (block + 1) * a->block_rows);
  const vec one = splat(1.0f);
  for (long row = block * a->block_rows; row < last; row++) {
    const float *gate = a->gate + row * a->input_stride, *up = a->up + row * a->input_stride;
    const uint16_t *kept = a->kept ? a->kept + row * 2 * F : NULL;
    const float *dh = a->dh + row * F;
    float *h = a->h + row * F;
    float *dgate = a->dgate + row * a->gradient_stride, *dup = a->dup + row * a->gradient_stride;
    long i = 0;
    for (; i + CK_WIDTH <= F; i += CK_WIDTH) {
      vec g = kept ? load_rounded(kept + i) : load(gate + i);
      vec u = kept ? load_rounded(kept + F + i) : load(up + i);
      vec s = sigmoid(g), d = load(dh + i);
      store(dup + i, d * g * s);
      store(dgate + i, d * u * s * (one + g * (one - s)));
      store(h + i, g * s * u);
    }
    if (i < F) {
      const long rest = F - i;
      vec g = kept ? load_rounded_part(kept + i, rest) : load_part(gate + i, rest, 0);
      vec u = kept ? load_rounded_part(kept + F + i, rest) : load_part(up + i, rest, 0);
      vec s = sigmoid(g), d = load_part(dh + i, rest, 0);
      store_part(dup + i, d * g * s, rest);
      store_part(dgate + i, d * u * s * (one + g * (one - s)), rest);
      store_part(h + i, g * s * u, rest);
    }
  }
}

/// The block's sum of squares in double, in a fixed order.
static void squared_sum(void *arguments, long block, void *scratch) {
  const ck_flat *a = arguments;
  const long last = least(a->count, (block + 1) * a->block_count);
  vecd s = (vecd)0.0;
  long i = block * a->block_count;
  for (; i + CK_WIDTH <= last; i += CK_WIDTH) {
    vecd x = __builtin_convertvector(load(a->x + i), vecd);
    s += x * x;
  }
  double lanes[CK_WIDTH], sum = 0;
  memcpy(lanes, &s, sizeof lanes);
  for (int lane = 0; lane < CK_WIDTH; lane++) sum += lanes[lane];
  for (; i < last; i++) sum += (double)a->x[i] * (double)a->x[i];
  a->partial[block] = sum;
}

#define CK_FLAT(name, vector_form, scalar_form)                                \
  static void name(void *arguments, long block, void *scratch) {               \
    const ck_flat *a = arguments;                                              \
    const long last = least(a->count, (block + 1) * a->block_count);    \
    const float f = a->factor;                                                 \
    long i = block * a->block_count;                                           \
    for (; i + CK_WIDTH <= last; i += CK_WIDTH) {                              \
      vec x = load(a->x + i), y = load(a->y + i);                              \
      (void)x;                                                                 \
      store(a->y + i, vector_form);                                            \
    }                                                                          \
    for (; i < last; i++) {                                                    \
      float x = a->x[i], y = a->y[i];                                          \
      (void)x;                                                                 \
      a->y[i] = scalar_form;                                                   \
    }                                                                          \
  }

CK_FLAT(axpy, y + x * splat(f), y + x * f)
CK_FLAT(scale, y * splat(f), y * f)
CK_FLAT(lerp, y + (x - y) * splat(f), y + (x - y) * f)

static void round_numbers(void *arguments, long block, void *scratch) {
  const ck_rounding *a = arguments;
  const long last = least(a->count, (block + 1) * a->block_count);
  long i = block * a->block_count;
  for (; i + CK_WIDTH <= last; i += CK_WIDTH) store_rounded(a->rounded + i, load(a->x + i));
  if (i < last) store_rounded_part(a->rounded + i, load_part(a->x + i, last - i, 0), last - i);
}

static void widen_numbers(void *arguments, long block, void *scratch) {
  const ck_rounding *a = arguments;
  const long last = least(a->count, (block + 1) * a->block_count);
  long i = block * a->block_count;
  for (; i + CK_WIDTH <= last; i += CK_WIDTH) store(a->x + i, load_rounded(a->rounded + i));
  if (i < last) store_part(a->x + i, load_rounded_part(a->rounded + i, last - i), last - i);
}
