// Numbers of bfloat16 in plain vectors: rounding, and the loops on tiles for processors that do not multiply
// such numbers. Those are slower than float32; they are the reference of the others, and run on any machine.
#include <string.h>

#include "ck.h"

void ck_round_bfloat16(const float *x, long stride, long rows, long columns, uint16_t *out) {
  for (long r = 0; r < rows; r++)
    for (long i = 0; i < columns; i++) {
      uint32_t bits;
      memcpy(&bits, x + r * stride + i, sizeof bits);
      const uint32_t even = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
      // Rounding up could carry a NaN into an infinity.
      out[r * columns + i] =
          (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? (bits >> 16) | 0x40 : even);
    }
}

// How wide vectors are passed does not matter: every function that has some is inlined.
#pragma clang diagnostic ignored "-Wpsabi"
#define CK_WIDTH 16
#include "ck_vector_body.h"

CK_INLINE vec load_lanes(const float *p, long count) { return load_part(p, count, 0); }
CK_INLINE void store_lanes(float *p, vec x, long count) { store_part(p, x, count); }

CK_INLINE veci round_pairs(vec low, vec high) {
  uint16_t numbers[32];
  store_rounded(numbers, low);
  store_rounded(numbers + 16, high);
  return loadi((const int32_t *)numbers);
}

CK_INLINE vec add_products(vec sum, veci left, veci right) {
  sum += as_float(left & (int32_t)0xffff0000) * as_float(right & (int32_t)0xffff0000);
  return sum + as_float(left << 16) * as_float(right << 16);
}

#define CK_PASS_TILES 16
#define CK_TILED_PARTS 1
#define CK_TILED_FILL ck_portable_bfloat16_fill
#include "ck_tiles_body.h"
#include "ck_tile_pairs_body.h"
#include "ck_tiled_all_body.h"
