// Operands as tiles of bfloat16 numbers, 1 KiB each: rows of a tile of the left operand hold 32 terms,
// rows of a tile of the right one hold pairs of terms of 16 columns. An operand is packed group of 16
// lines by group in passes of DEPTH tiles of terms: [pass, group, tile of the pass, part].
//
// float32 operands are split into three parts, x = x1 + x2 + x3, exact but for the last bit of 24, and
// the six products down to the size of that bit are summed (Henry, Tang and Heinecke,
// arXiv:1904.06376, section III): float32 accuracy. Infinite operands give NaN; parts below 2^-126 are
// zero.
#if defined(__x86_64__)
#include <math.h>
#include <string.h>

#include "ck.h"

#pragma clang fp contract(fast)
#define CK_WIDTH 16
#include "ck_pairs_body.h"
#include "ck_vector_body.h"

enum {
  TILE = 512,  // numbers of a tile
  DEPTH = 48,  // most tiles of terms summed per pass: sums are read and written once a pass
};

CK_INLINE long tiles_of(long terms) { return (terms + 31) / 32; }

/// Tiles of the pass that tile t of `depth` belongs to.
CK_INLINE long pass_of(long depth, long t) { return least(DEPTH, depth - t / DEPTH * DEPTH); }

/// Where tile t of a group lies, in tiles; `lines` and `depth` are the operand's.
CK_INLINE long tile_place(long lines, long depth, long group, long t) {
  const long first = t / DEPTH * DEPTH;
  return first * ((lines + 31) / 32 * 2) + group * pass_of(depth, t) + t - first;
}

/// Takes the next part off 16 pairs of numbers: rounds them and leaves the rest.
CK_INLINE __m512i next_part(__m512 *low, __m512 *high) {
  const __m512i pairs = (__m512i)_mm512_cvtne2ps_pbh(*high, *low);
  const __m512i l = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(pairs));
  const __m512i h = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(pairs, 1));
  *low = _mm512_sub_ps(*low, (__m512)_mm512_slli_epi32(l, 16));
  *high = _mm512_sub_ps(*high, (__m512)_mm512_slli_epi32(h, 16));
  return pairs;
}

/// Brings halves of 16 numbers into pairs.
CK_INLINE __m512i interleave(__m512i x) {
  return _mm512_permutexvar_epi16(
      _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                       21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0),
      x);
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
    __m512 low, high;
    if (whole) {
      low = _mm512_loadu_ps(at);
      high = _mm512_loadu_ps(at + next);
    } else if (dense) {
      low = _mm512_maskz_loadu_ps(i < lines ? first_lanes(terms) : 0, at);
      high = _mm512_maskz_loadu_ps(i < lines ? first_lanes(terms - 16) : 0, at + next);
    } else {
      low = _mm512_maskz_loadu_ps(2 * i < terms ? first_lanes(lines) : 0, at);
      high = _mm512_maskz_loadu_ps(2 * i + 1 < terms ? first_lanes(lines) : 0, at + next);
    }
#pragma clang loop unroll(full)
    for (int part = 0; part < parts; part++) {
      const __m512i pairs = next_part(&low, &high);
      _mm512_store_si512(out + part * TILE + i * 32, dense ? pairs : interleave(pairs));
    }
  }
  // Rows of a hold their terms side by side, b holds pairs of terms above each other.
  if (dense == s->left) return;
  for (int part = 0; part < parts; part++) {
    __m512i t[16];
    for (int i = 0; i < 16; i++) t[i] = _mm512_load_si512(out + part * TILE + i * 32);
    turn(t);
    for (int i = 0; i < 16; i++) _mm512_store_si512(out + part * TILE + i * 32, t[i]);
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
  const long groups = (s->lines + 31) / 32 * 2, depth = tiles_of(s->terms);
  // Reads along memory: a block is two groups of lines, or one tile of terms.
  if (s->terms_dense) {
    for (long group = 2 * block; group < 2 * block + 2; group++)
      for (long t = 0; t < depth; t++)
        pack_parts(s, 16 * group, 32 * t,
                   out + tile_place(s->lines, depth, group, t) * s->parts * TILE);
  } else {
    for (long group = 0; group < groups; group++)
      pack_parts(s, 16 * group, 32 * block,
                 out + tile_place(s->lines, depth, group, block) * s->parts * TILE);
  }
}
#endif
