// The layouts that products read, written from rows: strips for the left operand, panels for the right.

typedef float vec4 __attribute__((ext_vector_type(4)));
typedef struct { vec4 value; } __attribute__((packed, aligned(4), may_alias)) vec4_unaligned;
typedef float vec2 __attribute__((ext_vector_type(2)));
typedef struct { vec2 value; } __attribute__((packed, aligned(4), may_alias)) vec2_unaligned;

CK_INLINE vec4 load4(const float *p) { return ((const vec4_unaligned *)p)->value; }
CK_INLINE void store4(float *p, vec4 x) { ((vec4_unaligned *)p)->value = x; }

/// Turns a square: x[i][j] becomes x[j][i].
CK_INLINE void turn_square(vec4 x[4]) {
  const vec4 low0 = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
  const vec4 low1 = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
  const vec4 high0 = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
  const vec4 high1 = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  x[0] = __builtin_shufflevector(low0, low1, 0, 1, 4, 5);
  x[1] = __builtin_shufflevector(low0, low1, 2, 3, 6, 7);
  x[2] = __builtin_shufflevector(high0, high1, 0, 1, 4, 5);
  x[3] = __builtin_shufflevector(high0, high1, 2, 3, 6, 7);
}

/// out[term][line], `width` apart, from x[line][term]: squares of four numbers, then what is left.
CK_INLINE void turn_lines(const float *x, long stride, long terms, long lines, long width, float *out) {
  const long whole = lines / 4 * 4;
  long k = 0;
  for (; k + 4 <= terms; k += 4)
    for (long j = 0; j < whole; j += 4) {
      vec4 square[4];
      for (int i = 0; i < 4; i++) square[i] = load4(x + (j + i) * stride + k);
      turn_square(square);
      for (int i = 0; i < 4; i++) store4(out + (k + i) * width + j, square[i]);
    }
  for (long i = 0; i < terms; i++)
    for (long j = i < k ? whole : 0; j < lines; j++) out[i * width + j] = x[j * stride + i];
}

/// out[term][CK_TILE_ROWS] from a[row][term]: a square of the first four rows, pairs of the last two.
CK_INLINE void turn_strip(const float *a, long lda, long terms, float *out) {
  _Static_assert(CK_TILE_ROWS == 6, "a square and a pair");
  const float *last = a + 4 * lda;
  long k = 0;
  for (; k + 4 <= terms; k += 4, out += 4 * CK_TILE_ROWS) {
    vec4 square[4];
    for (int i = 0; i < 4; i++) square[i] = load4(a + i * lda + k);
    turn_square(square);
    const vec4 x = load4(last + k), y = load4(last + lda + k);
    const vec4 low = __builtin_shufflevector(x, y, 0, 4, 1, 5);
    const vec4 high = __builtin_shufflevector(x, y, 2, 6, 3, 7);
    const vec2 pairs[4] = {low.lo, low.hi, high.lo, high.hi};
    for (int i = 0; i < 4; i++) {
      store4(out + i * CK_TILE_ROWS, square[i]);
      ((vec2_unaligned *)(out + i * CK_TILE_ROWS + 4))->value = pairs[i];
    }
  }
  for (; k < terms; k++, out += CK_TILE_ROWS)
    for (int i = 0; i < CK_TILE_ROWS; i++) out[i] = a[i * lda + k];
}

/// out[strip][term][CK_TILE_ROWS rows] from a[row][term]; what the last strip lacks is not written.
static void pack_strips(const float *a, long lda, long rows, long terms, float *out) {
  long m = 0;
  for (; m + CK_TILE_ROWS <= rows; m += CK_TILE_ROWS) turn_strip(a + m * lda, lda, terms, out + m * terms);
  turn_lines(a + m * lda, lda, terms, rows - m, CK_TILE_ROWS, out + m * terms);
}

/// The same from a[term][row].
static void pack_turned_strips(const float *a, long lda, long rows, long terms, float *out) {
  for (long k = 0; k < terms; k++, a += lda) {
    float *at = out + k * CK_TILE_ROWS;
    long m = 0;
    for (; m + CK_TILE_ROWS <= rows; m += CK_TILE_ROWS, at += terms * CK_TILE_ROWS) {
      store4(at, load4(a + m));
      for (int i = 4; i < CK_TILE_ROWS; i++) at[i] = a[m + i];
    }
    for (long i = 0; m + i < rows; i++) at[i] = a[m + i];
  }
}

/// out[term][column], CK_PANEL apart, from b[column][term] when `turned`, else from b[term][column].
static void pack_panel(const float *b, long ldb, long terms, long columns, int turned, float *out) {
  if (turned && columns == CK_PANEL)
    turn_lines(b, ldb, terms, CK_PANEL, CK_PANEL, out);
  else if (turned)
    turn_lines(b, ldb, terms, columns, CK_PANEL, out);
  else if (columns == CK_PANEL)
    for (long k = 0; k < terms; k++)
      for (long j = 0; j < CK_PANEL; j += CK_WIDTH) store(out + k * CK_PANEL + j, load(b + k * ldb + j));
  else
    for (long k = 0; k < terms; k++)
      for (long j = 0; j < columns; j++) out[k * CK_PANEL + j] = b[k * ldb + j];
}
