// Numbers of bfloat16 in plain vectors: rounding, and the loops on tiles for processors that do not multiply
// such numbers. Those are slower than float32; they are the reference of the others, and run on any machine.

#include "ck.h"

// How wide vectors are passed does not matter: every function that has some is inlined.
#pragma clang diagnostic ignored "-Wpsabi"
#define CK_WIDTH 16
#include "ck_vector_body.h"

void ck_round_bfloat16(const float *x, long stride, long rows, long columns, uint16_t *out) {
  for (long r = 0; r < rows; r++, x += stride, out += columns) {
    long i = 0;
    for (; i + CK_WIDTH <= columns; i += CK_WIDTH) store_rounded(out + i, load(x + i));
    if (i < columns) store_rounded_part(out + i, load_part(x + i, columns - i, 0), columns - i);
  }
}

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
