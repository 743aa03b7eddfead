// Exact attention by blocks, as ck_attention_forward_body.h and ck_attention_backward_body.h have it, on
// tiles. Scores stay [key][query], so that vectors run along the queries. Keys and values are packed
// once for all queries, as left operands: keys and values for products over E, both turned for products
// over the keys. The weights P of a tile become the right operand of O^T = V^T P and the left one of
// dV = P^T dO; so do their gradients.

#include "ck_attention_marks_body.h"

enum {
  SPAN_BYTES = 700 << 10, // of the packed queries that share a pass over the keys
  SPAN = 4,              // most blocks of queries that do
};

/// The numbers of one row and key-value head in a packed operand.
CK_INLINE uint16_t *numbers_of(void *operand, const ck_attention *a, long owner) {
  return (uint16_t *)operand + owner * ck_packed_numbers(a->length, a->width, 1);
}

static void attention_pack(void *arguments, long task, void *scratch) {
  const ck_attention *a = arguments;
  const long E = a->width, T = a->length, operand = task % 4, owner = task / 4;
  const long row = owner / a->kv_heads, kv_head = owner % a->kv_heads;
  void *outs[4] = {a->packed_k, a->packed_v, a->turned_k, a->turned_v};
  if (!outs[operand]) return;
  const int keys = operand % 2 == 0, turned = operand >= 2;
  const long stride = keys ? a->k_stride : a->v_stride;
  ck_pack s = {.x = (keys ? a->k : a->v) + row * T * stride + kv_head * E,
               .stride = stride,
               .lines = turned ? E : T,
               .terms = turned ? T : E,
               .terms_dense = !turned,
               .left = 1,
               .parts = 1,
               .out = numbers_of(outs[operand], a, owner)};
  for (long block = 0; block < (T + 31) / 32; block++) pack(&s, block, scratch);
}

/// Packs a block of at most CK_Q queries. `terms` are E, or the queries when `turned`.
static void pack_queries(const float *x, long stride, long count, long E, int turned, float *copy,
                         uint16_t *out) {
  if (count < CK_Q) {
    for (long i = 0; i < count; i++) memcpy(copy + i * E, x + i * stride, (size_t)E * sizeof(float));
    memset(copy + count * E, 0, (size_t)((CK_Q - count) * E) * sizeof(float));
    x = copy;
    stride = E;
  }
  ck_pack s = {.x = x, .stride = stride, .lines = turned ? E : CK_Q, .terms = turned ? CK_Q : E,
               .terms_dense = !turned, .left = 0, .parts = 1, .out = out};
  for (long block = 0; block < CK_Q / 32; block++) pack(&s, block, NULL);
}

/// c[32 * rows, 32 * columns] (+)= left times right: `a`, `b` groups of 32 lines each, `a_depth`,
/// `b_depth` tiles of terms a group, of which `depth` are summed.
CK_INLINE void multiply_squares(long rows, long columns, const uint16_t *a, long a_depth,
                                const uint16_t *b, long b_depth, long depth, 
                                float *c, long ldc, int accumulate) {
  const long next_a = a_depth * TILE, next_b = b_depth * TILE;
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j++)
      multiply_tiles(a + 2 * i * next_a, next_a, b + 2 * j * next_b, next_b, depth,
                     c + 32 * i * ldc + 32 * j, ldc, accumulate);
}

/// Rounds a row of a tile: of a left operand, or of a right one.
CK_INLINE void round_row(vec low, vec high, int pairs_above, uint16_t *out) {
  const veci pairs = round_pairs(low, high);
  store_pairs(out, pairs_above ? interleave(pairs) : pairs);
}

/// 2^x as exp2_vec has it, for results that are rounded to bfloat16: by a polynomial of degree 4, whose
/// error of 2.6e-6 is a thousandth of the rounding.
CK_INLINE vec weight_of(vec x) {
  const vec magic = splat(12582912.0f);
  x = at_least(x, splat(-126.0f));
  const vec t = x + magic, f = x - (t - magic);
  vec p = splat(9.57010195e-3f);
  p = p * f + splat(5.59178616e-2f);
  p = p * f + splat(2.40247448e-1f);
  p = p * f + splat(6.93121815e-1f);
  p = p * f + splat(9.99999261e-1f);
  return as_float(as_int(p) + (as_int(t) << 23));
}

/// Largest score of each query among `count` keys, and the one before. Scores that nobody sees are
/// replaced when `masked`.
CK_INLINE void find_top(const query_marks *marks, float *s, long key, long count, int masked,
                        const float *top, float *out) {
  vec best[2][CK_Q / CK_WIDTH];
  for (int i = 0; i < CK_Q / CK_WIDTH; i++) best[0][i] = best[1][i] = load(top + i * CK_WIDTH);
  for (long j = 0; j < count; j += 2)
#pragma clang loop unroll(full)
    for (int k = 0; k < 2; k++)
#pragma clang loop unroll(full)
      for (int i = 0; i < CK_Q / CK_WIDTH; i++) {
        float *at = s + (j + k) * CK_Q + i * CK_WIDTH;
        vec x = load(at);
        if (masked) {
          x = visible(marks, i * CK_WIDTH, (int32_t)(key + j + k)) ? x : splat(CK_HIDDEN);
          store(at, x);
        }
        best[k][i] = at_least(x, best[k][i]);
      }
  for (int i = 0; i < CK_Q / CK_WIDTH; i++)
    store(out + i * CK_WIDTH, at_least(best[0][i], best[1][i]));
}

/// out[i][e] = x[e][i], queries i < count, `stride` floats apart, and components e < E.
CK_INLINE void write_queries(const float *x, long count, long E, float *out, long stride) {
  for (long i = 0; i < count; i += 16)
    for (long e = 0; e < E; e += 16) {
      veci square[16];
      for (int j = 0; j < 16; j++) square[j] = as_int(load(x + (e + j) * CK_Q + i));
      turn(square);
      for (int j = 0; j < least(16, count - i); j++)
        store_lanes(out + (i + j) * stride + e, as_float(square[j]), E - e);
    }
}

CK_INLINE void attend_tiled(const ck_attention *a, long task, void *scratch) {
  const long E = a->width, T = a->length, head = task % a->heads;
  // The last queries see most keys: they come first, so that threads end together.
  const ck_query_block *block = &a->blocks[a->block_count - 1 - task / a->heads];
  const long kv_head = head / (a->heads / a->kv_heads), row = block->row;
  const long depth = tiles_of(E), squares = (E + 31) / 32, key_depth = tiles_of(T);
  float *s = scratch, *o = s + CK_KEY_BLOCK * CK_Q, *top = o + CK_MAX_HEAD_WIDTH * CK_Q;
  float *new_top = top + CK_Q, *total = new_top + CK_Q, *shrink = total + CK_Q;
  float *copy = shrink + CK_Q;
  uint16_t *p = (uint16_t *)(copy + CK_MAX_HEAD_WIDTH * CK_Q), *q = p + CK_KEY_BLOCK * CK_Q;
  query_marks marks;
  mark_queries(a, block, &marks);
  const long first_token = row * T + block->first, owner = row * a->kv_heads + kv_head;
  const uint16_t *keys = numbers_of(a->packed_k, a, owner), *values = numbers_of(a->turned_v, a, owner);
  const vec to_bits = splat(a->scale * CK_LOG2E);  // from a score to the exponent of its weight
  pack_queries(a->q + first_token * a->q_stride + head * E, a->q_stride, block->count, E, 0, copy, q);
  memset(o, 0, (size_t)(squares * 32 * CK_Q) * sizeof(float));
  for (int i = 0; i < CK_Q; i++) {
    top[i] = CK_HIDDEN;
    total[i] = 0;
  }
  const long end = block->first + block->count;
  for (long key = block->first_key / CK_KEY_BLOCK * CK_KEY_BLOCK; key < end; key += CK_KEY_BLOCK) {
    const long groups = least(CK_KEY_BLOCK / 32, (end - key + 31) / 32), count = groups * 32;
    multiply_squares(groups, CK_Q / 32, keys + key / 16 * depth * TILE, depth, q, depth,
                     depth, s, CK_Q, 0);
    const int masked = key + count - 1 > block->first || key < marks.highest_start;
    int moved = 0;
    if (masked)
      find_top(&marks, s, key, count, 1, top, new_top);
    else
      find_top(&marks, s, key, count, 0, top, new_top);
    for (int lane = 0; lane < CK_Q; lane += CK_WIDTH) {
      const vec old = load(top + lane), m0 = load(new_top + lane);
      const vec change = exp2_vec((old - m0) * to_bits), top_bits = m0 * to_bits;
      moved |= __builtin_reduce_or(old != m0);
      store(top + lane, m0);
      store(shrink + lane, change);
      vec sum = load(total + lane) * change;
      uint16_t *out = p + lane / 16 * (CK_KEY_BLOCK / 32) * TILE;
      for (long j = 0; j < count; j += 2) {
        vec x = weight_of(load(s + j * CK_Q + lane) * to_bits - top_bits);
        vec y = weight_of(load(s + (j + 1) * CK_Q + lane) * to_bits - top_bits);
        if (masked) {
          x = visible(&marks, lane, (int32_t)(key + j)) ? x : splat(0);
          y = visible(&marks, lane, (int32_t)(key + j + 1)) ? y : splat(0);
        }
        sum += x + y;
        round_row(x, y, 1, out + j / 32 * TILE + j % 32 * 16);
      }
      store(total + lane, sum);
    }
    if (moved)
      for (long e = 0; e < squares * 32; e++)
        for (int lane = 0; lane < CK_Q; lane += CK_WIDTH) {
          float *at = o + e * CK_Q + lane;
          store(at, load(at) * load(shrink + lane));
        }
    const tile_pass pass = pass_of(key_depth, key / 32);
    const long place = tile_place(E, pass, 0) + key / 32 - pass.first;
    multiply_squares(squares, CK_Q / 32, values + place * TILE, pass.tiles, p, CK_KEY_BLOCK / 32, groups, o,
                     CK_Q, 1);
  }
  // Rounded, since products read it so: then the backward pass sees the same numbers whether they were kept or not.
  for (int lane = 0; lane < CK_Q; lane += CK_WIDTH) {
    const vec factor = splat(1) / load(total + lane);
    for (long e = 0; e < E; e++) {
      float *at = o + e * CK_Q + lane;
      store(at, widened(rounded(load(at) * factor)));
    }
  }
  write_queries(o, block->count, E, a->o + first_token * a->o_stride + head * E, a->o_stride);
  for (int i = 0; i < block->count; i++)
    a->log_sum_exp[(row * a->heads + head) * T + block->first + i] =
        top[i] * a->scale + log2f(total[i]) * CK_LN2;
}

static void tiled_attention_forward(void *arguments, long task, void *scratch) {
  const ck_attention *a = arguments;
  CK_TILES_BEGIN();
  attend_tiled(a, task, scratch);
  CK_TILES_END();
}

/// Queries of one block and head as the products of the backward pass want them.
typedef struct {
  const ck_query_block *block;
  query_marks marks;
  uint16_t *q, *d_o;            // right operands [CK_Q, E]
  uint16_t *q_turned, *d_o_turned;  // right operands [E, CK_Q]
  float lse[CK_Q], delta[CK_Q];  // to the base 2; with the scale
  float *dq;                    // [E in squares, CK_Q]
} query_span;

/// x[rows, columns] (+)= y, `from` floats apart.
CK_INLINE void add_rows(float *x, long stride, const float *y, long from, long rows, long columns) {
  for (long i = 0; i < rows; i++)
    for (long e = 0; e < columns; e += 16) {
      float *at = x + i * stride + e;
      store_lanes(at, load_lanes(at, columns - e) + load(y + i * from + e), columns - e);
    }
}

CK_INLINE void turn_back_tiled(const ck_attention *a, long task, void *scratch) {
  const long E = a->width, T = a->length, group = task % a->groups;
  const long kv_head = task / a->groups % a->kv_heads, row = task / a->groups / a->kv_heads;
  const long heads_each = a->heads / a->kv_heads;
  const long depth = tiles_of(E), squares = depth, key_depth = tiles_of(T), wide = squares * 32;
  enum { KEY_TILES = CK_KEY_BLOCK / 32, QUERY_TILES = CK_Q / 32, SQUARE = CK_KEY_BLOCK * CK_Q };
  float *s = scratch, *ds = s + SQUARE, *dk_tile = ds + SQUARE, *dv_tile = dk_tile + wide * CK_KEY_BLOCK;
  float *copy = dv_tile + wide * CK_KEY_BLOCK;
  uint16_t *p_left = (uint16_t *)(copy + wide * CK_Q), *ds_left = p_left + SQUARE;
  uint16_t *ds_right = ds_left + SQUARE;
  char *rest = (char *)(ds_right + SQUARE);
  query_span span[SPAN];
  const long packed = wide * CK_Q, each = packed * 4 * 2 + wide * CK_Q * 4;
  const long together = least(SPAN, SPAN_BYTES / each > 0 ? SPAN_BYTES / each : 1);
  for (long i = 0; i < together; i++) {
    span[i].q = (uint16_t *)(rest + i * each);
    span[i].d_o = span[i].q + packed;
    span[i].q_turned = span[i].d_o + packed;
    span[i].d_o_turned = span[i].q_turned + packed;
    span[i].dq = (float *)(span[i].d_o_turned + packed);
  }
  key_gradients own = own_key_gradients(a, row, kv_head, group);
  const vec scale = splat(a->scale), to_bits = splat(a->scale * CK_LOG2E);
  const long owner = row * a->kv_heads + kv_head;
  const uint16_t *keys = numbers_of(a->packed_k, a, owner), *values = numbers_of(a->packed_v, a, owner);
  const uint16_t *turned = numbers_of(a->turned_k, a, owner);
  const long first_block = a->row_blocks[row], last_block = a->row_blocks[row + 1];
  for (long b = first_block, number = 0; b < last_block; b += together, number++) {
    if (!takes_block(a, number, group)) continue;
    const long count = least(together, last_block - b);
    long first_key = T, last_key = 0;
    for (long i = 0; i < count; i++) {
      span[i].block = &a->blocks[b + i];
      mark_queries(a, span[i].block, &span[i].marks);
      first_key = least(first_key, span[i].block->first_key);
      last_key = span[i].block->first + span[i].block->count;
    }
    begin_sums(&own, least(T, (last_key + CK_KEY_BLOCK - 1) / CK_KEY_BLOCK * CK_KEY_BLOCK), E);
    for (long head = kv_head * heads_each; head < (kv_head + 1) * heads_each; head++) {
      for (long i = 0; i < count; i++) {
        query_span *u = &span[i];
        const long n = u->block->count, token = row * T + u->block->first;
        const float *q = a->q + token * a->q_stride + head * E;
        const float *o = a->o + token * a->o_stride + head * E;
        const float *d_o = a->d_o + token * a->do_stride + head * E;
        pack_queries(q, a->q_stride, n, E, 0, copy, u->q);
        pack_queries(q, a->q_stride, n, E, 1, copy, u->q_turned);
        pack_queries(d_o, a->do_stride, n, E, 0, copy, u->d_o);
        pack_queries(d_o, a->do_stride, n, E, 1, copy, u->d_o_turned);
        memset(u->dq, 0, (size_t)(wide * CK_Q) * sizeof(float));
        const float *known = a->log_sum_exp + (row * a->heads + head) * T + u->block->first;
        for (int j = 0; j < CK_Q; j++) {
          // Lanes past the last query get no weight.
          u->lse[j] = j < n ? known[j] * CK_LOG2E : -CK_HIDDEN;
          u->delta[j] = j < n ? a->scale * sum_products(o + j * a->o_stride, d_o + j * a->do_stride,
                                                        NULL, E)
                              : 0;
        }
      }
      for (long key = first_key / CK_KEY_BLOCK * CK_KEY_BLOCK; key < last_key;
           key += CK_KEY_BLOCK) {
        const long present = least(CK_KEY_BLOCK, T - key);
        const tile_pass pass = pass_of(key_depth, key / 32);
        const long place = tile_place(E, pass, 0) + key / 32 - pass.first;
        int begun = 0;
        for (long i = 0; i < count; i++) {
          const query_span *u = &span[i];
          const long first = u->block->first, end = first + u->block->count;
          if (key >= end || key + CK_KEY_BLOCK <= u->block->first_key) continue;
          const long groups = least(KEY_TILES, (end - key + 31) / 32), keys_here = groups * 32;
          const long at = key / 16 * depth * TILE;
          multiply_squares(groups, QUERY_TILES, keys + at, depth, u->q, depth, depth, s,
                           CK_Q, 0);
          multiply_squares(groups, QUERY_TILES, values + at, depth, u->d_o, depth, depth,
                           ds, CK_Q, 0);
          const int masked = key + keys_here - 1 > first || key < u->marks.highest_start;
          for (int lane = 0; lane < CK_Q; lane += 32) {
            const vec l0 = load(u->lse + lane), l1 = load(u->lse + lane + 16);
            const vec d0 = load(u->delta + lane), d1 = load(u->delta + lane + 16);
            for (long j = 0; j < keys_here; j += 2) {
              vec p[2][2], g[2][2];
#pragma clang loop unroll(full)
              for (int k = 0; k < 2; k++) {
                const float *x = s + (j + k) * CK_Q + lane, *y = ds + (j + k) * CK_Q + lane;
                p[k][0] = weight_of(load(x) * to_bits - l0);
                p[k][1] = weight_of(load(x + 16) * to_bits - l1);
                if (masked) {
                  const int32_t number = (int32_t)(key + j + k);
                  p[k][0] = visible(&u->marks, lane, number) ? p[k][0] : splat(0);
                  p[k][1] = visible(&u->marks, lane + 16, number) ? p[k][1] : splat(0);
                }
                g[k][0] = p[k][0] * (load(y) * scale - d0);
                g[k][1] = p[k][1] * (load(y + 16) * scale - d1);
                const long left = ((j + k) / 16 * QUERY_TILES + lane / 32) * TILE +
                                  (j + k) % 16 * 32;
                round_row(p[k][0], p[k][1], 0, p_left + left);
                round_row(g[k][0], g[k][1], 0, ds_left + left);
              }
#pragma clang loop unroll(full)
              for (int half = 0; half < 2; half++)
                round_row(g[0][half], g[1][half], 1,
                            ds_right + ((lane / 16 + half) * KEY_TILES + j / 32) * TILE +
                                j % 32 * 16);
            }
          }
          if (begun == 0 && groups < KEY_TILES) {
            memset(dk_tile, 0, (size_t)(CK_KEY_BLOCK * wide) * sizeof(float));
            memset(dv_tile, 0, (size_t)(CK_KEY_BLOCK * wide) * sizeof(float));
            begun = 1;
          }
          multiply_squares(groups, squares, p_left, QUERY_TILES, u->d_o_turned, QUERY_TILES,
                           QUERY_TILES, dv_tile, wide, begun);
          multiply_squares(groups, squares, ds_left, QUERY_TILES, u->q_turned, QUERY_TILES,
                           QUERY_TILES, dk_tile, wide, begun);
          multiply_squares(squares, QUERY_TILES, turned + place * TILE, pass.tiles, ds_right, KEY_TILES, groups,
                           u->dq, CK_Q, 1);
          begun = 1;
        }
        if (begun) {
          add_rows(own.dk + key * own.dk_stride, own.dk_stride, dk_tile, wide, present, E);
          add_rows(own.dv + key * own.dv_stride, own.dv_stride, dv_tile, wide, present, E);
        }
      }
      for (long i = 0; i < count; i++) {
        const ck_query_block *block = span[i].block;
        write_queries(span[i].dq, block->count, E,
                      a->dq + (row * T + block->first) * a->dq_stride + head * E, a->dq_stride);
      }
    }
  }
  begin_sums(&own, T, E);
}

static void tiled_attention_backward(void *arguments, long task, void *scratch) {
  const ck_attention *a = arguments;
  CK_TILES_BEGIN();
  turn_back_tiled(a, task, scratch);
  CK_TILES_END();
}
