// Everything on tiles of one processor family, for the ck_<isa>.c that includes it. Before ck_tiles_body.h that
// file defines
//   CK_PASS_TILES   most tiles of terms summed per pass: sums are read and written once a pass,
//   CK_TILED_PARTS  most parts of an operand: 1, or 3 where float32 runs on tiles too,
//   CK_TILED_FILL   the name of the function below, the only symbol,
// and after it the product of two by two tiles, multiply_tiles; multiply_split, that of operands in three parts;
// peak; CK_TILES_BEGIN and CK_TILES_END, around each task.
#include "ck_tiled_matmul_body.h"
#include "ck_tiled_attention_body.h"

/// Puts the loops into a table.
void CK_TILED_FILL(ck_table *table) {
  table->tiled_parts = CK_TILED_PARTS;
  table->tiled_pack = pack;
  table->tiled_matmul = tiled_matmul;
  table->tiled_attention_pack = attention_pack;
  table->tiled_attention_forward = tiled_attention_forward;
  table->tiled_attention_backward = tiled_attention_backward;
  table->peak_bfloat16 = peak;
}
