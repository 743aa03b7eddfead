// Matrix product of a block of rows of c. Columns of b are packed one panel at a time, so that a tile
// reads them line after line; a is read where it lies. On AVX2 and AVX-512 processors this is as fast
// as OpenBLAS at its best or faster, at the sizes of our layers: a row of a is short and b is small,
// so there is little to gain from more packing (packing a transposed a cost 15 %).

// Terms summed per pass: that many rows of a panel of b stay in the cache; fewer where rows of a lie
// across the terms and want to stay too.
#define CK_DEPTH 512
#define CK_DEPTH_TRANSPOSED 128

typedef float vec4 __attribute__((ext_vector_type(4)));
typedef struct { vec4 value; } __attribute__((packed, aligned(4), may_alias)) vec4_unaligned;

/// out[term][column], `columns` apart, from b[column][term]: squares of 4 x 4, then what is left.
static void turn_panel(const float *b, long stride, long terms, long columns, float *out) {
  const long whole = columns / 4 * 4;
  long k = 0;
  for (; k + 4 <= terms; k += 4)
    for (long j = 0; j < whole; j += 4) {
      vec4 r[4];
      for (int i = 0; i < 4; i++) r[i] = ((const vec4_unaligned *)(b + (j + i) * stride + k))->value;
      const vec4 low0 = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
      const vec4 low1 = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
      const vec4 high0 = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
      const vec4 high1 = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
      const vec4 turned[4] = {__builtin_shufflevector(low0, low1, 0, 1, 4, 5),
                              __builtin_shufflevector(low0, low1, 2, 3, 6, 7),
                              __builtin_shufflevector(high0, high1, 0, 1, 4, 5),
                              __builtin_shufflevector(high0, high1, 2, 3, 6, 7)};
      for (int i = 0; i < 4; i++) ((vec4_unaligned *)(out + (k + i) * columns + j))->value = turned[i];
    }
  for (long i = 0; i < terms; i++)
    for (long j = i < k ? whole : 0; j < columns; j++) out[i * columns + j] = b[j * stride + i];
}

static void matmul(void *arguments, long block, void *scratch) {
  const ck_matmul *a = arguments;
  const long first = block * a->block_rows, rows = at_most_long(a->m - first, a->block_rows);
  const long am = a->transpose_a ? 1 : a->lda, ak = a->transpose_a ? a->lda : 1;
  const long most = a->transpose_a ? CK_DEPTH_TRANSPOSED : CK_DEPTH;
  float *packed = scratch;
  for (long k = 0; k < a->k; k += most) {
    const long depth = at_most_long(most, a->k - k);
    for (long n = 0; n < a->n; n += CK_PANEL) {
      const long columns = at_most_long(CK_PANEL, a->n - n);
      const float *b = a->b + (a->transpose_b ? n * a->ldb + k : k * a->ldb + n);
      if (a->transpose_b)
        turn_panel(b, a->ldb, depth, columns, packed);
      else
        for (long i = 0; i < depth; i++)
          memcpy(packed + i * columns, b + i * a->ldb, (size_t)columns * sizeof(float));
      product(rows, columns, depth, a->a + first * am + k * ak, am, ak, packed, columns,
              a->c + first * a->ldc + n, a->ldc, a->accumulate || k > 0);
    }
  }
}
