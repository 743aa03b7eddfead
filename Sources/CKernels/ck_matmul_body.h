// Matrix product of a block of rows of c. Columns of b are packed one panel at a time, so that a tile
// reads them line after line; a is read where it lies. On AVX2 and AVX-512 processors this is as fast
// as OpenBLAS at its best or faster, at the sizes of our layers: a row of a is short and b is small,
// so there is little to gain from more packing (packing a transposed a cost 15 %).

// Terms summed per pass: that many rows of a panel of b stay in the cache; fewer where rows of a lie
// across the terms and want to stay too.
#define CK_DEPTH 512
#define CK_DEPTH_TRANSPOSED 128

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
        for (long i = 0; i < depth; i++)
          for (long j = 0; j < columns; j++) packed[i * columns + j] = b[j * a->ldb + i];
      else
        for (long i = 0; i < depth; i++)
          memcpy(packed + i * columns, b + i * a->ldb, (size_t)columns * sizeof(float));
      product(rows, columns, depth, a->a + first * am + k * ak, am, ak, packed, columns,
              a->c + first * a->ldc + n, a->ldc, a->accumulate || k > 0);
    }
  }
}
