// Gradients of the attention (arXiv:2307.08691, algorithm 2), with the scores computed again:
// P = e^(scale q k - logSumExp), dV = P^T dO, dS = P (dO V - sum(dO O)), dQ = scale dS K,
// dK = scale dS^T Q. A task owns a kv head of a row and every G-th query block: its dQ are its own;
// its dK and dV are sums of its own, which attention_merge adds in order.

static void attention_backward(void *arguments, long task, void *scratch) {
  const ck_attention *a = arguments;
  const long E = a->width, T = a->length, group = task % a->groups;
  const long kv_head = task / a->groups % a->kv_heads, row = task / a->groups / a->kv_heads;
  const long heads_each = a->heads / a->kv_heads;
  float *qt = scratch, *dot = qt + CK_MAX_HEAD_WIDTH * CK_Q, *p = dot + CK_MAX_HEAD_WIDTH * CK_Q;
  float *ds = p + CK_KEYS * CK_Q, *lse = ds + CK_KEYS * CK_Q, *delta = lse + CK_Q;
  float *q_rows = delta + CK_Q, *do_rows = q_rows + CK_Q * CK_MAX_HEAD_WIDTH;
  key_gradients own = own_key_gradients(a, row, kv_head, group);
  const float *keys = head_of(a->packed_k, a, row, kv_head);
  const float *values = head_of(a->packed_v, a, row, kv_head);
  const float *key_rows = head_of(a->turned_k, a, row, kv_head);
  const long first_block = a->row_blocks[row], last_block = a->row_blocks[row + 1];
  for (long b = first_block; b < last_block; b++) {
    if (!takes_block(a, b - first_block, group)) continue;
    const ck_query_block *block = &a->blocks[b];
    query_marks marks;
    mark_queries(a, block, &marks);
    const long first_token = row * T + block->first, end = block->first + block->count;
    begin_sums(&own, end, E);
    for (long head = kv_head * heads_each; head < (kv_head + 1) * heads_each; head++) {
      const float *q = a->q + first_token * a->q_stride + head * E;
      const float *o = a->o + first_token * a->o_stride + head * E;
      const float *d_o = a->d_o + first_token * a->do_stride + head * E;
      float *dq = a->dq + first_token * a->dq_stride + head * E;
      pack_transposed(q, a->q_stride, block->count, E, a->scale * CK_LOG2E, qt);
      pack_transposed(d_o, a->do_stride, block->count, E, a->scale, dot);
      copy_rows(q, a->q_stride, block->count, E, q_rows);
      copy_rows(d_o, a->do_stride, block->count, E, do_rows);
      const float *known = a->log_sum_exp + (row * a->heads + head) * T + block->first;
      for (int i = 0; i < CK_Q; i++) {
        const int inside = i < block->count;
        lse[i] = inside ? known[i] * CK_LOG2E : 0;
        delta[i] = inside ? a->scale * sum_products(o + i * a->o_stride, d_o + i * a->do_stride,
                                                    NULL, E)
                          : 0;
      }
      const long first_key = block->first_key / CK_TILE_ROWS * CK_TILE_ROWS;
      for (long key = first_key; key < end; key += CK_KEYS) {
        const long count = least(CK_KEYS, end - key), next = E * CK_TILE_ROWS;
        product_strips(count, CK_Q, E, keys + key * E, next, qt, CK_Q, p, CK_Q, 0);
        product_strips(count, CK_Q, E, values + key * E, next, dot, CK_Q, ds, CK_Q, 0);
        const int masked = key + count - 1 > block->first || key < marks.highest_start;
        for (int lane = 0; lane < CK_Q; lane += CK_WIDTH) {
          const vec l = load(lse + lane), d = load(delta + lane);
          for (long j = 0; j < count; j++) {
            float *at = p + j * CK_Q + lane, *ds_at = ds + j * CK_Q + lane;
            vec x = exp2_vec(load(at) - l);
            if (masked) x = visible(&marks, lane, (int32_t)(key + j)) ? x : splat(0);
            store(at, x);
            store(ds_at, x * (load(ds_at) - d));
          }
        }
        product_rows(count, E, block->count, p, CK_Q * CK_TILE_ROWS, do_rows, E,
                     own.dv + key * own.dv_stride, own.dv_stride, 1);
        product_rows(count, E, block->count, ds, CK_Q * CK_TILE_ROWS, q_rows, E,
                     own.dk + key * own.dk_stride, own.dk_stride, 1);
        product_columns(block->count, E, count, ds, CK_TILE_ROWS, key_rows + key * E, E, dq,
                        a->dq_stride, key > first_key);
      }
    }
  }
  begin_sums(&own, T, E);
}

/// Adds the later groups' key and value gradients, in order, for CK_MERGE_TOKENS tokens of a head.
static void attention_merge(void *arguments, long task, void *scratch) {
  const ck_attention *a = arguments;
  const long E = a->width, T = a->length, chunks = (T + CK_MERGE_TOKENS - 1) / CK_MERGE_TOKENS;
  const long chunk = task % chunks, kv_head = task / chunks % a->kv_heads;
  const long row = task / chunks / a->kv_heads;
  const long last = least(T, (chunk + 1) * CK_MERGE_TOKENS);
  for (long group = 1; group < a->groups; group++) {
    const float *part =
        a->parts + (((group - 1) * a->rows + row) * a->kv_heads + kv_head) * 2 * T * E;
    for (long t = chunk * CK_MERGE_TOKENS; t < last; t++) {
      float *dk = a->dk + (row * T + t) * a->dk_stride + kv_head * E;
      float *dv = a->dv + (row * T + t) * a->dv_stride + kv_head * E;
      for (long e = 0; e < E; e++) {
        dk[e] += part[t * E + e];
        dv[e] += part[(T + t) * E + e];
      }
    }
  }
}
