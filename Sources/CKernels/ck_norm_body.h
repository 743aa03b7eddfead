// Root mean square norm (Zhang and Sennrich, arXiv:1910.07467): y = w x r, r = 1 / sqrt(mean(x^2) + e).

CK_INLINE float inverse_rms(const float *x, long width, float epsilon) {
  return 1.0f / sqrtf(sum_products(x, x, NULL, width) / (float)width + epsilon);
}

CK_INLINE void norm_row(const float *x, const float *weight, float *y, long D, float epsilon) {
  const float r = inverse_rms(x, D, epsilon);
  long i = 0;
  for (; i + CK_WIDTH <= D; i += CK_WIDTH)
    store(y + i, load(x + i) * splat(r) * load(weight + i));
  for (; i < D; i++) y[i] = x[i] * r * weight[i];
}

static void norm_forward(void *arguments, long block, void *scratch) {
  const ck_norm_forward *a = arguments;
  const long D = a->width, last = least(a->rows, (block + 1) * a->block_rows);
  for (long row = block * a->block_rows; row < last; row++)
    norm_row(a->x + row * D, a->weight, a->y + row * D, D, a->epsilon);
}

/// dx = r w dy - x r^3 / D sum(dy w x); adds the row's part of dw = sum over rows of dy x r; y again.
CK_INLINE void norm_row_backward(const float *x, const float *dy, const float *weight, float *y,
                                 float *dx, float *part, long D, float epsilon, int accumulate) {
  const float r = inverse_rms(x, D, epsilon);
  const float c = sum_products(dy, x, weight, D) * r * r * r / (float)D;
  long i = 0;
  for (; i + CK_WIDTH <= D; i += CK_WIDTH) {
    vec xi = load(x + i), di = load(dy + i), w = load(weight + i);
    vec g = di * w * splat(r) - xi * splat(c);
    if (y) store(y + i, xi * splat(r) * w);
    store(dx + i, accumulate ? load(dx + i) + g : g);
    store(part + i, load(part + i) + di * xi * splat(r));
  }
  for (; i < D; i++) {
    float g = dy[i] * weight[i] * r - x[i] * c;
    float p = dy[i] * x[i] * r;
    if (y) y[i] = x[i] * r * weight[i];
    dx[i] = accumulate ? dx[i] + g : g;
    part[i] += p;
  }
}

static void norm_backward(void *arguments, long block, void *scratch) {
  const ck_norm_backward *a = arguments;
  const long D = a->width, last = least(a->rows, (block + 1) * a->block_rows);
  float *part = a->partial + block * D;
  memset(part, 0, (size_t)D * sizeof(float));
  for (long row = block * a->block_rows; row < last; row++) {
    float *y = a->y ? a->y + row * D : NULL;
    norm_row_backward(a->x + row * D, a->dy + row * D, a->weight, y, a->dx + row * D, part, D,
                      a->epsilon, a->accumulate);
  }
}

/// A head as its norm reads it: as it lies, or rounded to bfloat16 in `room`. Rounding again changes nothing.
CK_INLINE const float *head_read(const float *x, long E, int rounds, float *room) {
  if (!rounds) return x;
  long i = 0;
  for (; i + CK_WIDTH <= E; i += CK_WIDTH) store(room + i, widened(rounded(load(x + i))));
  if (i < E) store_part(room + i, widened(rounded(load_part(x + i, E - i, 0))), E - i);
  return room;
}

static void head_norm_forward(void *arguments, long block, void *scratch) {
  const ck_head_norm *a = arguments;
  const long E = a->width, normed = a->heads + a->kv_heads;
  const long last = least(a->tokens, (block + 1) * a->block_tokens);
  float room[CK_MAX_HEAD_WIDTH];
  for (long token = block * a->block_tokens; token < last; token++) {
    const float *x = a->x + token * a->stride;
    float *y = a->y + token * a->stride;
    for (long head = 0; head < normed; head++)
      norm_row(head_read(x + head * E, E, a->rounds, room),
               head < a->heads ? a->query_weight : a->key_weight, y + head * E, E, a->epsilon);
    if (x != y) memcpy(y + normed * E, x + normed * E, (size_t)(a->stride - normed * E) * sizeof(float));
  }
}

/// The gradient in place, and the block's parts of the two weights' gradients behind each other.
static void head_norm_backward(void *arguments, long block, void *scratch) {
  const ck_head_norm *a = arguments;
  const long E = a->width, normed = a->heads + a->kv_heads;
  const long last = least(a->tokens, (block + 1) * a->block_tokens);
  float *part = a->partial + block * 2 * E;
  float room[CK_MAX_HEAD_WIDTH];
  memset(part, 0, (size_t)(2 * E) * sizeof(float));
  for (long token = block * a->block_tokens; token < last; token++)
    for (long head = 0; head < normed; head++) {
      const int is_key = head >= a->heads;
      float *gradient = a->y + token * a->stride + head * E;
      norm_row_backward(head_read(a->x + token * a->stride + head * E, E, a->rounds, room), gradient,
                        is_key ? a->key_weight : a->query_weight, NULL, gradient,
                        is_key ? part + E : part, E, a->epsilon, 0);
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
