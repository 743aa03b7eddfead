// Exact attention by blocks (Dao et al., arXiv:2205.14135; the order of loops of arXiv:2307.08691):
// scores of CK_QUERY_BLOCK queries and CK_KEYS keys at a time, with a running maximum and sum.
// Tiles are kept transposed, [key][query]: vectors run along the queries, so the softmax needs no sums
// across lanes. Scores carry log2(e), so that the exponential is a power of two.

/// out[e][query] = factor x[query][e], zero past the last query.
static void pack_transposed(const float *x, long stride, long count, long E, float factor,
                            float *out) {
  if (count < CK_Q) memset(out, 0, (size_t)(E * CK_Q) * sizeof(float));
  for (long e0 = 0; e0 < E; e0 += 8)
    for (long i = 0; i < count; i++)
      for (long e = e0; e < e0 + 8; e++) out[e * CK_Q + i] = factor * x[i * stride + e];
}

static void attention_forward(void *arguments, long task, void *scratch) {
  const ck_attention *a = arguments;
  const long E = a->width, T = a->length, head = task % a->heads;
  // The last queries see most keys: they come first, so that threads end together.
  const ck_query_block *block = &a->blocks[a->block_count - 1 - task / a->heads];
  const long kv_head = head / (a->heads / a->kv_heads), row = block->row;
  float *q = scratch, *o = q + CK_MAX_HEAD_WIDTH * CK_Q, *s = o + CK_MAX_HEAD_WIDTH * CK_Q;
  float *top = s + CK_KEYS * CK_Q, *total = top + CK_Q, *shrink = total + CK_Q;
  query_marks marks;
  mark_queries(a, block, &marks);
  const long first_token = row * T + block->first;
  pack_transposed(a->q + first_token * a->q_stride + head * E, a->q_stride, block->count, E,
                  a->scale * CK_LOG2E, q);
  memset(o, 0, (size_t)(E * CK_Q) * sizeof(float));
  for (int i = 0; i < CK_Q; i++) {
    top[i] = CK_HIDDEN;
    total[i] = 0;
  }
  const float *keys = head_of(a->packed_k, a, row, kv_head);
  const float *values = head_of(a->turned_v, a, row, kv_head);
  const long end = block->first + block->count;
  for (long key = block->first_key / CK_TILE_ROWS * CK_TILE_ROWS; key < end; key += CK_KEYS) {
    const long count = least(CK_KEYS, end - key);
    product_strips(count, CK_Q, E, keys + key * E, E * CK_TILE_ROWS, q, CK_Q, s, CK_Q, 0);
    const int masked = key + count - 1 > block->first || key < marks.highest_start;
    int moved = 0;
    for (int lane = 0; lane < CK_Q; lane += CK_WIDTH) {
      const vec old = load(top + lane);
      vec highest = old;
      if (masked)
        for (long j = 0; j < count; j++) {
          float *p = s + j * CK_Q + lane;
          vec x = visible(&marks, lane, (int32_t)(key + j)) ? load(p) : splat(CK_HIDDEN);
          store(p, x);
          highest = at_least(x, highest);
        }
      else
        for (long j = 0; j < count; j++) highest = at_least(load(s + j * CK_Q + lane), highest);
      const vec change = exp2_vec(old - highest);
      for (int i = 0; i < CK_WIDTH; i++) moved |= change[i] != 1.0f;
      store(top + lane, highest);
      store(shrink + lane, change);
      vec sum = load(total + lane) * change;
      for (long j = 0; j < count; j++) {
        float *p = s + j * CK_Q + lane;
        vec x = exp2_vec(load(p) - highest);
        if (masked) x = visible(&marks, lane, (int32_t)(key + j)) ? x : splat(0);
        store(p, x);
        sum += x;
      }
      store(total + lane, sum);
    }
    if (moved)
      for (long e = 0; e < E; e++)
        for (int lane = 0; lane < CK_Q; lane += CK_WIDTH) {
          float *p = o + e * CK_Q + lane;
          store(p, load(p) * load(shrink + lane));
        }
    product_strips(E, CK_Q, count, values + key * CK_TILE_ROWS, T * CK_TILE_ROWS, s, CK_Q, o, CK_Q, 1);
  }
  for (int i = 0; i < block->count; i++) {
    float *out = a->o + (first_token + i) * a->o_stride + head * E;
    const float factor = 1.0f / total[i];
    for (long e = 0; e < E; e++) out[e] = o[e * CK_Q + i] * factor;
    a->log_sum_exp[(row * a->heads + head) * T + block->first + i] =
        (top[i] + log2f(total[i])) * CK_LN2;
  }
}
