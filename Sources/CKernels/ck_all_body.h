// Everything of one instruction set. Included once by each ck_<isa>.c, which defines CK_WIDTH (floats
// in a vector), CK_NAME and CK_TABLE. All functions are static: the table is the only symbol.
#include <math.h>
#include <string.h>

#include "ck.h"

// Products may be fused into sums; sums are never reordered by the compiler, so that the exponential's
// rounding trick holds and results repeat.
#pragma clang fp contract(fast)

#include "ck_vector_body.h"
#include "ck_norm_body.h"
#include "ck_elementwise_body.h"
#include "ck_loss_body.h"
#include "ck_optimizer_body.h"
#include "ck_embedding_body.h"
#include "ck_tile_body.h"
#include "ck_strips_body.h"
#include "ck_attention_marks_body.h"
#include "ck_attention_pack_body.h"
#include "ck_attention_forward_body.h"
#include "ck_attention_backward_body.h"
#include "ck_matmul_body.h"
#include "ck_peak_body.h"

const ck_table CK_TABLE = {
    .name = CK_NAME,
    .vector_bytes = CK_WIDTH * 4,
    .norm_forward = norm_forward,
    .norm_backward = norm_backward,
    .head_norm_forward = head_norm_forward,
    .head_norm_backward = head_norm_backward,
    .add_bias = add_bias,
    .rotary = rotary,
    .swiglu_forward = swiglu_forward,
    .swiglu_backward = swiglu_backward,
    .cross_entropy = cross_entropy,
    .adamw = adamw,
    .squared_sum = squared_sum,
    .axpy = axpy,
    .scale = scale,
    .lerp = lerp,
    .round = round_numbers,
    .widen = widen_numbers,
    .gather = gather,
    .scatter = scatter,
    .sum_parts = sum_parts,
    .attention_pack = attention_pack,
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .attention_merge = attention_merge,
    .panel_columns = CK_PANEL,
    .pack = pack_right,
    .matmul = matmul,
    .exponential = exponential,
    .peak = peak,
};
