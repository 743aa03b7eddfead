// Matrix product of a block of rows of c. Both operands are packed, a pass of terms at a time, so that a tile
// reads them line after line. The left one is packed for all panels of the block, the right one panel by
// panel, or before, for all blocks. That costs 5 % where c has 256 columns; rows of a that lie far apart, or
// across the terms, cost up to half.

// Terms of a pass, at most: a panel of b and a strip of a stay in the cache.
#define CK_DEPTH 256
// Rows of a pass, at most: with that many terms they stay in the second-level cache.
#define CK_ROWS 384
// Most rows of c, all in one block, for which b is read as it lies.
#define CK_FEW_ROWS 3

/// Terms of each pass but the last: passes are of even length.
CK_INLINE long pass_terms(long terms) {
  const long passes = (terms + CK_DEPTH - 1) / CK_DEPTH;
  return (terms + passes - 1) / passes;
}

/// A right operand, one panel of all passes.
static void pack_right(void *arguments, long panel, void *scratch) {
  const ck_pack *s = arguments;
  const long n = panel * CK_PANEL, columns = least(CK_PANEL, s->lines - n);
  const long whole = (s->lines + CK_PANEL - 1) / CK_PANEL * CK_PANEL, pass = pass_terms(s->terms);
  for (long k = 0; k < s->terms; k += pass) {
    const long terms = least(pass, s->terms - k);
    const float *b = s->x + (s->terms_dense ? n * s->stride + k : k * s->stride + n);
    pack_panel(b, s->stride, terms, columns, s->terms_dense, (float *)s->out + k * whole + n * terms);
  }
  (void)scratch;
}

static void matmul_rows(const ck_matmul *p, long first, long rows, void *scratch) {
  float *panel = scratch, *left = panel + CK_DEPTH * CK_PANEL;
  const long whole = (p->n + CK_PANEL - 1) / CK_PANEL * CK_PANEL, pass = pass_terms(p->k);
  for (long k = 0; k < p->k; k += pass) {
    const long terms = least(pass, p->k - k);
    if (p->transpose_a)
      pack_turned_strips(p->a + k * p->lda + first, p->lda, rows, terms, left);
    else
      pack_strips(p->a + first * p->lda + k, p->lda, rows, terms, left);
    for (long n = 0; n < p->n; n += CK_PANEL) {
      const long columns = least(CK_PANEL, p->n - n);
      const float *b = p->b + (p->transpose_b ? n * p->ldb + k : k * p->ldb + n);
      const float *right = p->packed_b ? (const float *)p->packed_b + k * whole + n * terms : panel;
      if (!p->packed_b) pack_panel(b, p->ldb, terms, columns, p->transpose_b, panel);
      product_strips(rows, columns, terms, left, terms * CK_TILE_ROWS, right, CK_PANEL,
                     p->c + first * p->ldc + n, p->ldc, p->accumulate || k > 0);
    }
  }
}

/// The same for rows too few to pack b[n, k] for: every row of b is read once, for all of them.
static void matmul_few_rows(const ck_matmul *p) {
  for (long n = 0; n < p->n; n++)
    for (long m = 0; m < p->m; m++) {
      float *c = p->c + m * p->ldc + n;
      const float sum = sum_products(p->a + m * p->lda, p->b + n * p->ldb, NULL, p->k);
      *c = p->accumulate ? *c + sum : sum;
    }
}

static void matmul(void *arguments, long block, void *scratch) {
  const ck_matmul *p = arguments;
  if (p->m <= CK_FEW_ROWS && p->transpose_b && !p->transpose_a) return matmul_few_rows(p);
  const long last = least(p->m, (block + 1) * p->block_rows);
  for (long first = block * p->block_rows; first < last; first += CK_ROWS)
    matmul_rows(p, first, least(CK_ROWS, last - first), scratch);
}
