// Operands as tiles of bfloat16 numbers, 1 KiB each: rows of a tile of the left operand hold 32 terms,
// rows of a tile of the right one hold pairs of terms of 16 columns. An operand is packed group of 16
// lines by group in passes of at most CK_PASS_TILES tiles of terms: [pass, group, tile of the pass, part].
//
// float32 operands are split into three parts, x = x1 + x2 + x3, exact but for the last bit of 24, and
// the six products down to the size of that bit are summed (Henry, Tang and Heinecke,
// arXiv:1904.06376, section III): float32 accuracy. Infinite operands give NaN; parts below 2^-126 are
// zero.
//
// All loops on tiles are made of vectors of 16 floats and of four operations on them, which the ck_<isa>.c that
// includes this file has defined: load_lanes, store_lanes, round_pairs and add_products.
#include <math.h>
#include <string.h>

#pragma clang fp contract(fast)

typedef uint16_t numbers32 __attribute__((ext_vector_type(32)));

enum { TILE = 512 };  // numbers of a tile

/// A row of a tile: 16 pairs of numbers.
CK_INLINE veci load_pairs(const uint16_t *row) { return loadi((const int32_t *)row); }
CK_INLINE void store_pairs(uint16_t *row, veci pairs) { ((veci_unaligned *)row)->value = pairs; }

CK_INLINE long tiles_of(long terms) { return (terms + 31) / 32; }

/// Tiles of each pass but the last: passes are of even length, and of whole blocks of keys.
CK_INLINE long pass_tiles(long depth) {
  enum { KEYS = CK_KEY_BLOCK / 32 };
  const long passes = (depth + CK_PASS_TILES - 1) / CK_PASS_TILES;
  return ((depth + passes - 1) / passes + KEYS - 1) / KEYS * KEYS;
}

/// The pass of an operand that tile t of `depth` belongs to.
typedef struct { long first, tiles; } tile_pass;

CK_INLINE tile_pass pass_of(long depth, long t) {
  const long pass = pass_tiles(depth), first = t / pass * pass;
  return (tile_pass){first, least(pass, depth - first)};
}

/// Where the first tile of a group lies in a pass, in tiles; `lines` are the operand's.
CK_INLINE long tile_place(long lines, tile_pass pass, long group) {
  return pass.first * ((lines + 31) / 32 * 2) + group * pass.tiles;
}

/// Takes the next part off 32 numbers: rounds them and leaves the rest.
CK_INLINE veci next_part(vec *low, vec *high) {
  const veci pairs = round_pairs(*low, *high);
  const numbers32 parts = __builtin_bit_cast(numbers32, pairs);
  *low -= widened(parts.lo);
  *high -= widened(parts.hi);
  return pairs;
}

/// Brings halves of 16 numbers into pairs.
CK_INLINE veci interleave(veci halves) {
  const numbers32 x = __builtin_bit_cast(numbers32, halves);
  return __builtin_bit_cast(
      veci, __builtin_shufflevector(x, x, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25,
                                    10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
}

// Of each four lanes of x and y, the first or last two in turns, as numbers or as pairs of them; then of each
// eight the even or odd fours.
#define CK_LOW(x, y) \
  __builtin_shufflevector(x, y, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define CK_HIGH(x, y) \
  __builtin_shufflevector(x, y, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define CK_LOW_PAIRS(x, y) \
  __builtin_shufflevector(x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define CK_HIGH_PAIRS(x, y) \
  __builtin_shufflevector(x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define CK_EVEN_FOURS(x, y) \
  __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
#define CK_ODD_FOURS(x, y) \
  __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)

/// Turns 16 rows of 16 pairs into 16 columns: first inside of four lanes, then the fours.
CK_INLINE void turn(veci r[16]) {
  veci t[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = CK_LOW(r[i], r[i + 1]);
    t[i + 1] = CK_HIGH(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    r[i] = CK_LOW_PAIRS(t[i], t[i + 2]);
    r[i + 1] = CK_HIGH_PAIRS(t[i], t[i + 2]);
    r[i + 2] = CK_LOW_PAIRS(t[i + 1], t[i + 3]);
    r[i + 3] = CK_HIGH_PAIRS(t[i + 1], t[i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    const veci even0 = CK_EVEN_FOURS(r[i], r[i + 4]), even1 = CK_EVEN_FOURS(r[i + 8], r[i + 12]);
    const veci odd0 = CK_ODD_FOURS(r[i], r[i + 4]), odd1 = CK_ODD_FOURS(r[i + 8], r[i + 12]);
    t[i] = CK_EVEN_FOURS(even0, even1);
    t[i + 4] = CK_EVEN_FOURS(odd0, odd1);
    t[i + 8] = CK_ODD_FOURS(even0, even1);
    t[i + 12] = CK_ODD_FOURS(odd0, odd1);
  }
  for (int i = 0; i < 16; i++) r[i] = t[i];
}

// Of each eight lanes of x and y, the first or last four in turns: pairs above each other.
#define CK_LOW_NUMBERS(x, y)                                                                             \
  __builtin_shufflevector(x, y, 0, 32, 1, 33, 2, 34, 3, 35, 8, 40, 9, 41, 10, 42, 11, 43, 16, 48, 17, 49, \
                          18, 50, 19, 51, 24, 56, 25, 57, 26, 58, 27, 59)
#define CK_HIGH_NUMBERS(x, y)                                                                             \
  __builtin_shufflevector(x, y, 4, 36, 5, 37, 6, 38, 7, 39, 12, 44, 13, 45, 14, 46, 15, 47, 20, 52, 21, 53, \
                          22, 54, 23, 55, 28, 60, 29, 61, 30, 62, 31, 63)

/// Turns 32 rows of 32 numbers, two tiles above each other, into two tiles of columns.
CK_INLINE void turn_tiles(const uint16_t *upper, const uint16_t *lower, uint16_t *first, uint16_t *second) {
#pragma clang loop unroll(full)
  for (int high = 0; high < 2; high++) {
    veci r[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      const uint16_t *row = (i < 8 ? upper : lower) + i % 8 * 64;
      const numbers32 x = __builtin_bit_cast(numbers32, load_pairs(row));
      const numbers32 y = __builtin_bit_cast(numbers32, load_pairs(row + 32));
      r[i] = __builtin_bit_cast(veci, high ? CK_HIGH_NUMBERS(x, y) : CK_LOW_NUMBERS(x, y));
    }
    turn(r);
    // Columns 0..3, 8..11, 16..19 and 24..27, or those behind them.
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      const int column = i / 4 * 8 + i % 4 + 4 * high;
      store_pairs((column < 16 ? first : second) + column % 16 * 32, r[i]);
    }
  }
}

/// Packs one tile of up to 16 lines and 32 terms, part behind part; `whole` when none is missing. It reads
/// many rows at once, more than the processor foresees by itself: what comes four tiles later is asked for.
CK_INLINE void pack_tile(const ck_pack *s, const int parts, const int whole, const int dense, long line,
                         long term, uint16_t *out) {
  const long lines = least(16, s->lines - line), terms = s->terms - term;
#pragma clang loop unroll_count(4)
  for (long i = 0; i < 16; i++) {
    // Terms 0..15 and 16..31 of a line, or two terms of 16 lines.
    const float *at = s->x + (dense ? (line + i) * s->stride + term : (term + 2 * i) * s->stride + line);
    const long next = dense ? 16 : s->stride, later = dense ? 4 * 32 : 4 * 16;
    __builtin_prefetch(at + later);
    __builtin_prefetch(at + later + next);
    vec low, high;
    if (whole) {
      low = load(at);
      high = load(at + next);
    } else if (dense) {
      low = load_lanes(at, i < lines ? terms : 0);
      high = load_lanes(at + next, i < lines ? terms - 16 : 0);
    } else {
      low = load_lanes(at, 2 * i < terms ? lines : 0);
      high = load_lanes(at + next, 2 * i + 1 < terms ? lines : 0);
    }
#pragma clang loop unroll(full)
    for (int part = 0; part < parts; part++) {
      const veci pairs = next_part(&low, &high);
      store_pairs(out + part * TILE + i * 32, dense ? pairs : interleave(pairs));
    }
  }
  // Rows of a hold their terms side by side, b holds pairs of terms above each other.
  if (dense == s->left) return;
  for (int part = 0; part < parts; part++) {
    veci t[16];
    for (int i = 0; i < 16; i++) t[i] = load_pairs(out + part * TILE + i * 32);
    turn(t);
    for (int i = 0; i < 16; i++) store_pairs(out + part * TILE + i * 32, t[i]);
  }
}

#define CK_PACK(parts, whole)                             \
  (s->terms_dense ? pack_tile(s, parts, whole, 1, line, term, out) \
                  : pack_tile(s, parts, whole, 0, line, term, out))

static void pack_parts(const ck_pack *s, long line, long term, uint16_t *out) {
  const int whole = s->lines - line >= 16 && s->terms - term >= 32;
  if (s->parts == 1)
    whole ? CK_PACK(1, 1) : CK_PACK(1, 0);
  else
    whole ? CK_PACK(3, 1) : CK_PACK(3, 0);
}

static void pack(void *arguments, long block, void *scratch) {
  const ck_pack *s = arguments;
  uint16_t *out = s->out;
  const long groups = (s->lines + 31) / 32 * 2, depth = tiles_of(s->terms), step = s->parts * TILE;
  // Reads along memory: a block is two groups of lines, or one tile of terms.
  if (s->terms_dense) {
    for (long group = 2 * block; group < 2 * block + 2; group++)
      for (long t = 0; t < depth;) {
        const tile_pass pass = pass_of(depth, t);
        uint16_t *at = out + tile_place(s->lines, pass, group) * step;
        for (; t < pass.first + pass.tiles; t++, at += step) pack_parts(s, 16 * group, 32 * t, at);
      }
  } else {
    const tile_pass pass = pass_of(depth, block);
    for (long group = 0; group < groups; group++)
      pack_parts(s, 16 * group, 32 * block,
                 out + (tile_place(s->lines, pass, group) + block - pass.first) * step);
  }
}
