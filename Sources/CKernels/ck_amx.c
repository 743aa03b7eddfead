// The tile unit (AMX-BF16): one instruction multiplies a tile of 16 rows x 32 terms with one of 32
// terms x 16 columns.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target( \
        "avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma,prfchw,amx-tile,amx-bf16"))), \
    apply_to = function)

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

#define CK_LEFT(part) \
  _tile_loadd(4, a + (part) * TILE, 64), _tile_loadd(5, a + next_a + (part) * TILE, 64)
#define CK_RIGHT(part) \
  _tile_loadd(6, b + (part) * TILE, 64), _tile_loadd(7, b + next_b + (part) * TILE, 64)
#define CK_MULTIPLY \
  _tile_dpbf16ps(0, 4, 6), _tile_dpbf16ps(1, 4, 7), _tile_dpbf16ps(2, 5, 6), \
      _tile_dpbf16ps(3, 5, 7)

/// c[32, 32] (+)= two by two tiles of sums over `depth` tiles of terms.
CK_INLINE void multiply_tiles(const uint16_t *a, long next_a, const uint16_t *b, long next_b,
                              long depth, const int parts, float *c, long ldc, int accumulate) {
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
  for (long t = 0; t < depth; t++, a += parts * TILE, b += parts * TILE) {
    if (parts == 1) {
      CK_RIGHT(0), CK_LEFT(0), CK_MULTIPLY;
      continue;
    }
    // The six products that float32 accuracy needs, in the order of the fewest loads.
    CK_LEFT(0), CK_RIGHT(2), CK_MULTIPLY;
    CK_RIGHT(1), CK_MULTIPLY;
    CK_LEFT(1), CK_MULTIPLY;
    CK_RIGHT(0), CK_MULTIPLY;
    CK_LEFT(2), CK_MULTIPLY;
    CK_LEFT(0), CK_MULTIPLY;
  }
  _tile_stored(0, c, bytes);
  _tile_stored(1, c + 16, bytes);
  _tile_stored(2, c + 16 * ldc, bytes);
  _tile_stored(3, c + 16 * ldc + 16, bytes);
}

#define CK_TILES_BEGIN() begin_tiles()
#define CK_TILES_END() _tile_release()
#define CK_MOST_PARTS 3
#include "ck_tiled_matmul_body.h"
#include "ck_tiled_attention_body.h"

void ck_amx_pack(void *arguments, long block, void *scratch) { pack(arguments, block, scratch); }
void ck_amx_matmul(void *arguments, long block, void *scratch) {
  tiled_matmul(arguments, block, scratch);
}
void ck_amx_attention_pack(void *arguments, long task, void *scratch) {
  attention_pack(arguments, task, scratch);
}
void ck_amx_attention_forward(void *arguments, long task, void *scratch) {
  tiled_attention_forward(arguments, task, scratch);
}
void ck_amx_attention_backward(void *arguments, long task, void *scratch) {
  tiled_attention_backward(arguments, task, scratch);
}
double ck_amx_peak(long rounds) {
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

#pragma clang attribute pop
#endif
