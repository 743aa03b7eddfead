// The tile unit (AMX-BF16): one instruction multiplies a tile of 16 rows x 32 terms with one of 32
// terms x 16 columns.
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target( \
        "avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma,prfchw,amx-tile,amx-bf16"))), \
    apply_to = function)

#define CK_PASS_TILES 48
#define CK_TILED_PARTS 3
#define CK_TILED_FILL ck_amx_fill
#include "ck_tile_lanes_body.h"
#include "ck_tiles_body.h"

/// How the tile registers are used: eight of 16 rows x 64 bytes.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_configuration;

static void begin_tiles(void) {
  tile_configuration c = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    c.row_bytes[i] = 64;
    c.rows[i] = 16;
  }
  _tile_loadconfig(&c);
}

// It seems that a core renames tile registers from a small store, which its two hardware threads share: while the
// other one is at work, loads wait for each other the more, the more registers hold something
// (eight loads take 101 ns with eight registers, 45 with four). So a product works with as few as its loads
// allow: the sums, and two or three operands; with the other thread idle that is as fast as more.

#define CK_LOAD(register, x) _tile_loadd(register, x, 64)

/// c[32, 32] (+)= two by two tiles of sums over `depth` tiles of terms, operands rounded to bfloat16.
CK_INLINE void multiply_tiles(const uint16_t *a, long next_a, const uint16_t *b, long next_b, long depth,
                              float *c, long ldc, int accumulate) {
  const long bytes = ldc * 4;
  if (accumulate) {
    _tile_loadd(0, c, bytes);
    _tile_loadd(1, c + 16, bytes);
    _tile_loadd(2, c + 16 * ldc, bytes);
    _tile_loadd(3, c + 16 * ldc + 16, bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (long t = 0; t < depth; t++, a += TILE, b += TILE) {
    CK_LOAD(4, a), CK_LOAD(5, b), _tile_dpbf16ps(0, 4, 5);
    CK_LOAD(4, a + next_a), _tile_dpbf16ps(2, 4, 5);
    CK_LOAD(5, b + next_b), _tile_dpbf16ps(3, 4, 5);
    CK_LOAD(4, a), _tile_dpbf16ps(1, 4, 5);
  }
  _tile_stored(0, c, bytes);
  _tile_stored(1, c + 16, bytes);
  _tile_stored(2, c + 16 * ldc, bytes);
  _tile_stored(3, c + 16 * ldc + 16, bytes);
}

/// c[32, 16] (+)= two tiles of sums of operands in three parts: the six products that float32 accuracy
/// needs, the largest last, in an order of few loads.
CK_INLINE void multiply_split(const uint16_t *a, long next_a, const uint16_t *b, long depth, float *c,
                              long ldc, int accumulate) {
  const long bytes = ldc * 4;
  if (accumulate) {
    _tile_loadd(0, c, bytes);
    _tile_loadd(1, c + 16 * ldc, bytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
  }
#define CK_LEFT(part) CK_LOAD(2, a + (part) * TILE), CK_LOAD(3, a + next_a + (part) * TILE)
#define CK_RIGHT(part) CK_LOAD(4, b + (part) * TILE)
#define CK_MULTIPLY _tile_dpbf16ps(0, 2, 4), _tile_dpbf16ps(1, 3, 4)
  for (long t = 0; t < depth; t++, a += 3 * TILE, b += 3 * TILE) {
    CK_LEFT(2), CK_RIGHT(0), CK_MULTIPLY;
    CK_LEFT(1), CK_MULTIPLY;
    CK_RIGHT(1), CK_MULTIPLY;
    CK_LEFT(0), CK_MULTIPLY;
    CK_RIGHT(2), CK_MULTIPLY;
    CK_RIGHT(0), CK_MULTIPLY;
  }
  _tile_stored(0, c, bytes);
  _tile_stored(1, c + 16 * ldc, bytes);
}

static double peak(long rounds) {
  begin_tiles();
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (long k = 0; k < rounds; k++) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_release();
  return 4.0 * 2 * 16 * 16 * 32 * (double)rounds;
}

#define CK_TILES_BEGIN() begin_tiles()
#define CK_TILES_END() _tile_release()
#include "ck_tiled_all_body.h"

#pragma clang attribute pop
#endif
