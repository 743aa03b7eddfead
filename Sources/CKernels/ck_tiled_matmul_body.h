// Matrix products of a right operand that was packed before and a left one that was too, or is packed some rows
// and terms at a time, into the second-level cache; 32 x 32 sums at a time.

enum {
  ROWS = 128,             // rows packed per pass of terms, into the scratch
  PANEL_BYTES = 3 << 18,  // of b that a pass over the rows finds in the second-level cache
};
_Static_assert(ROWS * 64 * CK_PASS_TILES * CK_TILED_PARTS <= CK_SCRATCH_BYTES, "rows do not fit");

/// Copies the part of a square of 32 x 32 sums that lies inside of c.
static void copy_square(float *to, long to_stride, const float *from, long from_stride, long rows,
                        long columns) {
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j += 16)
      store_lanes(to + i * to_stride + j, load_lanes(from + i * from_stride + j, columns - j), columns - j);
}

static void multiply_square(const uint16_t *a, long next_a, const uint16_t *b, long next_b,
                            long depth, int parts, float *c, long ldc, long rows, long columns,
                            int accumulate) {
  float square[32 * 32] __attribute__((aligned(64)));
  float *to = c;
  long stride = ldc;
  if (rows < 32 || columns < 32) {
    to = square;
    stride = 32;
    if (accumulate) copy_square(square, 32, c, ldc, rows, columns);
  }
#if CK_TILED_PARTS == 3
  if (parts == 3) {
    multiply_split(a, next_a, b, depth, to, stride, accumulate);
    multiply_split(a, next_a, b + next_b, depth, to + 16, stride, accumulate);
  } else
#endif
    multiply_tiles(a, next_a, b, next_b, depth, to, stride, accumulate);
  if (to == square) copy_square(c, ldc, square, 32, rows, columns);
}

/// Asks for the lines of 32 x 32 sums that are written next.
CK_INLINE void expect_square(const float *c, long ldc, long rows) {
  for (long i = 0; i < rows; i++) {
    __builtin_prefetch(c + i * ldc, 1);
    __builtin_prefetch(c + i * ldc + 16, 1);
  }
}

/// Packs rows of a, 16 by 16, in a pass of terms, and also turns them where another product reads them so.
static void pack_left(const ck_matmul *s, long first, long rows, tile_pass pass, uint16_t *out) {
  const long line = s->transpose_a ? 1 : s->lda, term = s->transpose_a ? s->lda : 1;
  const long step = s->parts * TILE;
  ck_pack left = {.x = s->a + first * line + 32 * pass.first * term, .stride = s->lda, .lines = rows,
                  .terms = least(32 * pass.tiles, s->k - 32 * pass.first), .parts = s->parts,
                  .terms_dense = !s->transpose_a, .left = 1, .out = out};
  if (s->transpose_a) {
    for (long t = 0; t < pass.tiles; t++) pack(&left, t, NULL);
    return;
  }
  for (long row = 0; row < rows; row += 32) {
    const long below = (first + row) / 32;
    const tile_pass later = pass_of(tiles_of(s->m), below);
    for (long t = 0; t < pass.tiles; t++) {
      uint16_t *upper = out + (row / 16 * pass.tiles + t) * step, *lower = upper + pass.tiles * step;
      pack_parts(&left, row, 32 * t, upper);
      pack_parts(&left, row + 16, 32 * t, lower);
      if (!s->turned_a) continue;
      const long place = tile_place(s->k, later, 2 * (pass.first + t)) + below - later.first;
      for (int part = 0; part < s->parts; part++) {
        uint16_t *turned = (uint16_t *)s->turned_a + place * step + part * TILE;
        turn_tiles(upper + part * TILE, lower + part * TILE, turned, turned + later.tiles * step);
      }
    }
  }
}

static void multiply_rows(const ck_matmul *s, long first, long rows, void *scratch) {
  const long depth = tiles_of(s->k), step = s->parts * TILE;
  for (long t = 0, tiles; t < depth; t += tiles) {
    const tile_pass pass = pass_of(depth, t);
    tiles = pass.tiles;
    const uint16_t *packed_b = (const uint16_t *)s->packed_b + tile_place(s->n, pass, 0) * step;
    const uint16_t *a = scratch;
    if (s->packed_a)
      a = (const uint16_t *)s->packed_a + tile_place(s->m, pass, first / 16) * step;
    else
      pack_left(s, first, rows, pass, scratch);
    // Rows of c are written along memory; a panel of b is as wide as the cache allows.
    const long next = tiles * step, wide = PANEL_BYTES / (2 * next) / 2 * 32;
    for (long panel = 0; panel < s->n; panel += wide)
      for (long m = 0; m < rows; m += 32)
        for (long n = panel; n < least(s->n, panel + wide); n += 32) {
          float *c = s->c + (first + m) * s->ldc + n;
          const uint16_t *b = packed_b + n / 16 * next;
          const long high = least(32, rows - m);
          if (n + 32 < s->n) expect_square(c + 32, s->ldc, high);
          multiply_square(a + m / 16 * next, next, b, next, tiles, s->parts, c, s->ldc, high,
                          least(32, s->n - n), s->accumulate || t > 0);
        }
  }
}

static void tiled_matmul(void *arguments, long block, void *scratch) {
  const ck_matmul *s = arguments;
  const long last = least(s->m, (block + 1) * s->block_rows);
  CK_TILES_BEGIN();
  for (long first = block * s->block_rows; first < last; first += ROWS)
    multiply_rows(s, first, least(ROWS, last - first), scratch);
  CK_TILES_END();
}
