// Matrix product of a block of rows of c, with our own loops: for machines without OpenBLAS.

#define CK_DEPTH 512  // terms summed per pass; CK_DEPTH * CK_PANEL floats of b stay in the cache

static void matmul(void *arguments, long block, void *scratch) {
  const ck_matmul *a = arguments;
  const long first = block * a->block_rows, rows = at_most_long(a->m - first, a->block_rows);
  const long am = a->transpose_a ? 1 : a->lda, ak = a->transpose_a ? a->lda : 1;
  float *packed = scratch;
  for (long k = 0; k < a->k; k += CK_DEPTH) {
    const long depth = at_most_long(CK_DEPTH, a->k - k);
    for (long n = 0; n < a->n; n += CK_PANEL) {
      const long columns = at_most_long(CK_PANEL, a->n - n);
      for (long i = 0; i < depth; i++)
        for (long j = 0; j < columns; j++)
          packed[i * columns + j] = a->transpose_b ? a->b[(n + j) * a->ldb + k + i]
                                                   : a->b[(k + i) * a->ldb + n + j];
      product(rows, columns, depth, a->a + first * am + k * ak, am, ak, packed, columns,
              a->c + first * a->ldc + n, a->ldc, a->accumulate || k > 0);
    }
  }
}
