// Root mean square norm (Zhang and Sennrich, arXiv:1910.07467): y = w x r, r = 1 / sqrt(mean(x^2) + e).

CK_INLINE float inverse_rms(const float *x, long width, float epsilon) {
  return 1.0f / sqrtf(sum_products(x, x, NULL, width) / (float)width + epsilon);
}

static void norm_forward(void *arguments, long block, void *scratch) {
  const ck_norm_forward *a = arguments;
  const long D = a->width, last = least(a->rows, (block + 1) * a->block_rows);
  for (long row = block * a->block_rows; row < last; row++) {
    const float *x = a->x + row * D;
    float *y = a->y + row * D;
    const float r = inverse_rms(x, D, a->epsilon);
    long i = 0;
    for (; i + CK_WIDTH <= D; i += CK_WIDTH)
      store(y + i, load(x + i) * splat(r) * load(a->weight + i));
    for (; i < D; i++) y[i] = x[i] * r * a->weight[i];
  }
}

/// dx = r w dy - x r^3 / D sum(dy w x); the block's part of dw = sum over rows of dy x r; y again.
static void norm_backward(void *arguments, long block, void *scratch) {
  const ck_norm_backward *a = arguments;
  const long D = a->width, last = least(a->rows, (block + 1) * a->block_rows);
  float *part = a->partial + block * D;
  memset(part, 0, (size_t)D * sizeof(float));
  for (long row = block * a->block_rows; row < last; row++) {
    const float *x = a->x + row * D, *dy = a->dy + row * D;
    float *dx = a->dx + row * D, *y = a->y ? a->y + row * D : NULL;
    const float r = inverse_rms(x, D, a->epsilon);
    const float c = sum_products(dy, x, a->weight, D) * r * r * r / (float)D;
    long i = 0;
    for (; i + CK_WIDTH <= D; i += CK_WIDTH) {
      vec xi = load(x + i), di = load(dy + i), w = load(a->weight + i);
      vec g = di * w * splat(r) - xi * splat(c);
      if (y) store(y + i, xi * splat(r) * w);
      store(dx + i, a->accumulate ? load(dx + i) + g : g);
      store(part + i, load(part + i) + di * xi * splat(r));
    }
    for (; i < D; i++) {
      float g = dy[i] * a->weight[i] * r - x[i] * c;
      if (y) y[i] = x[i] * r * a->weight[i];
      dx[i] = a->accumulate ? dx[i] + g : g;
      part[i] += dy[i] * x[i] * r;
    }
  }
}

/// sum (+)= parts[0] + parts[1] + ..., in this order, for a block of columns.
static void sum_parts(void *arguments, long block, void *scratch) {
  const ck_sum_parts *a = arguments;
  const long first = block * a->block_columns;
  const long last = least(a->width, first + a->block_columns);
  long i = first;
  for (; i + CK_WIDTH <= last; i += CK_WIDTH) {
    vec s = a->accumulate ? load(a->sum + i) : splat(0);
    for (long p = 0; p < a->count; p++) s += load(a->parts + p * a->stride + i);
    store(a->sum + i, s);
  }
  for (; i < last; i++) {
    float s = a->accumulate ? a->sum[i] : 0;
    for (long p = 0; p < a->count; p++) s += a->parts[p * a->stride + i];
    a->sum[i] = s;
  }
}
