// Matrix product of a block of rows of c. Both operands are packed, a share of the terms at a time: the left
// one for all panels, the right one panel by panel, so that a tile reads both line after line. That costs
// 5 % where c has 256 columns; rows of a that lie far apart, or across the terms, cost up to half.

// Terms of a pass, at most: a panel of b and a strip of a stay in the cache.
#define CK_DEPTH 256
// Rows of a pass, at most: with that many terms they stay in the second-level cache.
#define CK_ROWS 384

static void matmul_rows(const ck_matmul *p, long first, long rows, void *scratch) {
  float *right = scratch, *left = right + CK_DEPTH * CK_PANEL;
  const long passes = (p->k + CK_DEPTH - 1) / CK_DEPTH, even = (p->k + passes - 1) / passes;
  for (long k = 0; k < p->k; k += even) {
    const long terms = at_most_long(even, p->k - k);
    if (p->transpose_a)
      pack_turned_strips(p->a + k * p->lda + first, p->lda, rows, terms, left);
    else
      pack_strips(p->a + first * p->lda + k, p->lda, rows, terms, left);
    for (long n = 0; n < p->n; n += CK_PANEL) {
      const long columns = at_most_long(CK_PANEL, p->n - n);
      const float *b = p->b + (p->transpose_b ? n * p->ldb + k : k * p->ldb + n);
      pack_panel(b, p->ldb, terms, columns, p->transpose_b, right);
      product_strips(rows, columns, terms, left, terms * CK_TILE_ROWS, right, CK_PANEL,
                     p->c + first * p->ldc + n, p->ldc, p->accumulate || k > 0);
    }
  }
}

static void matmul(void *arguments, long block, void *scratch) {
  const ck_matmul *p = arguments;
  const long last = at_most_long(p->m, (block + 1) * p->block_rows);
  for (long first = block * p->block_rows; first < last; first += CK_ROWS)
    matmul_rows(p, first, at_most_long(CK_ROWS, last - first), scratch);
}
