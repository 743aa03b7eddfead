// Tiles for processors that multiply pairs of bfloat16 numbers in vectors (AVX512_BF16).
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), \
    apply_to = function)

// The operands of 32 x 32 sums over 16 tiles of terms stay in the first-level cache.
#define CK_PASS_TILES 16
#define CK_TILED_PARTS 1
#define CK_TILED_FILL ck_avx512_bfloat16_fill
#include "ck_tile_lanes_body.h"
#include "ck_tiles_body.h"
#include "ck_tile_pairs_body.h"
#include "ck_tiled_all_body.h"

#pragma clang attribute pop
#endif
