// Keys and values as the products of attention read them. Heads lie far apart in a row of a batch: read where
// they lie, every token is another page.

enum { CK_KEYS = 11 * CK_TILE_ROWS };  // keys of one tile of scores: whole strips

/// The strips or rows of a head in an operand of attention_pack.
CK_INLINE float *head_of(void *operand, const ck_attention *a, long row, long kv_head) {
  return (float *)operand + (row * a->kv_heads + kv_head) * ck_strip_numbers(a->length, a->width);
}

/// out[row][E], dense.
static void copy_rows(const float *x, long stride, long rows, long E, float *out) {
  for (long i = 0; i < rows; i++) memcpy(out + i * E, x + i * stride, (size_t)E * sizeof(float));
}

static void attention_pack(void *arguments, long task, void *scratch) {
  const ck_attention *a = arguments;
  const long E = a->width, T = a->length, operand = task % 4;
  const long row = task / 4 / a->kv_heads, kv_head = task / 4 % a->kv_heads;
  const float *k = a->k + row * T * a->k_stride + kv_head * E;
  const float *v = a->v + row * T * a->v_stride + kv_head * E;
  if (operand == 0 && a->packed_k)
    pack_strips(k, a->k_stride, T, E, head_of(a->packed_k, a, row, kv_head));
  if (operand == 1 && a->packed_v)
    pack_strips(v, a->v_stride, T, E, head_of(a->packed_v, a, row, kv_head));
  if (operand == 2 && a->turned_k)
    copy_rows(k, a->k_stride, T, E, head_of(a->turned_k, a, row, kv_head));
  if (operand == 3 && a->turned_v)
    pack_turned_strips(v, a->v_stride, E, T, head_of(a->turned_v, a, row, kv_head));
  (void)scratch;
}
