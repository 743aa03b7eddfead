#pragma once
// Own loops of Needlepoint, float32, row-major. Each loop is compiled once per instruction set from
// ck_<op>_body.h; a ck_table holds one set. Every operation is a ck_task: it does one block of the
// work, so that a pool can hand out blocks. Blocks never share an output, and where an operation sums
// over blocks it writes partial sums that are added in block order: results do not depend on threads.
// Legend: B rows, T tokens, D width, H query heads, K key-value heads, E head width, F feed-forward,
// V vocabulary.

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// One block of an operation: its arguments, the block number, and CK_SCRATCH_BYTES of 64-byte
/// aligned memory that no other running block uses.
typedef void (*ck_task)(void *arguments, long block, void *scratch);

enum {
  CK_SCRATCH_BYTES = 1 << 21,
  CK_TILE_ROWS = 6,      // rows of sums that the vector loops keep in registers
  CK_QUERY_BLOCK = 64,   // queries of one attention block
  CK_KEY_BLOCK = 64,     // keys of one tile of scores on tiles; see also ck_plan_queries
  CK_MERGE_TOKENS = 256, // tokens of one block of attention_merge
  CK_MAX_HEAD_WIDTH = 256,
};

// --- Pool ---------------------------------------------------------------------------------------

typedef struct ck_pool ck_pool;

/// A pool of `threads` threads, the caller of ck_pool_run being one of them. NULL when out of memory;
/// fewer threads than asked when the system gives fewer. Workers block all signals.
ck_pool *_Nullable ck_pool_create(int threads);
void ck_pool_destroy(ck_pool *pool);
int ck_pool_threads(const ck_pool *pool);
/// Calls task(arguments, block, scratch) for every block in 0..<count, and returns when all are done.
/// Called from inside a task it runs the blocks on the spot; calls from two threads take turns.
void ck_pool_run(ck_pool *pool, long count, ck_task task, void *arguments);

// --- Arguments ----------------------------------------------------------------------------------

typedef struct {
  const float *x;            // [rows, width]
  const float *weight;       // [width]
  float *y;                  // [rows, width]
  long rows, width, block_rows;
  float epsilon;
} ck_norm_forward;

typedef struct {
  const float *dy;           // [rows, width]
  const float *x;            // [rows, width]
  const float *weight;       // [width]
  float *_Nullable y;        // [rows, width]: the forward result again
  float *dx;                 // [rows, width]
  float *partial;            // [blocks, width]: this block's part of the weight gradient
  long rows, width, block_rows;
  float epsilon;
  int accumulate;            // add into dx instead of writing it
} ck_norm_backward;

/// Norms of query and key heads: of a token the query heads, the key heads, and what is left as it is.
typedef struct {
  const float *x;            // [tokens, heads + kv_heads, width], `stride` floats from token to token
  float *y;                  // forward: result, as x, and may be x; backward: its gradient, becomes that of x
  const float *query_weight, *key_weight;  // [width]
  float *_Nullable partial;  // [blocks, 2, width]: this block's parts of the weights' gradients; backward only
  long tokens, heads, kv_heads, width, stride, block_tokens;
  float epsilon;
  int rounds;                // x is read as bfloat16
} ck_head_norm;

typedef struct {
  float *y;                  // [rows, width], `stride` floats from row to row
  const float *bias;         // [width]
  long rows, width, stride, block_rows;
} ck_bias;

typedef struct {
  float *x;                  // [tokens, heads, 2 * half] with `stride` floats from token to token
  const float *cosine;       // [tokens, half]
  const float *sine;         // [tokens, half]
  long tokens, heads, half, stride, block_rows;
  float sign;                // 1 turns forward, -1 turns back (the gradient)
} ck_rotary;

typedef struct {
  const float *gate, *up;    // [rows, width], `input_stride` floats from row to row
  const float *_Nullable dh; // [rows, width] dense; backward only
  float *h;                  // [rows, width] dense; may be dh
  float *_Nullable dgate, *_Nullable dup;  // [rows, width], `gradient_stride` floats apart
  uint16_t *_Nullable kept;  // [rows, 2 width] dense: gate and up as bfloat16, written forward and then read
  long rows, width, input_stride, gradient_stride, block_rows;
} ck_swiglu;

typedef struct {
  float *logits;             // [rows, vocabulary]; becomes d loss / d logits when `gradient`
  const int32_t *targets;    // [rows], negative is ignored
  const float *_Nullable weights;  // [rows], d total / d loss of the row
  float *losses;             // [rows], nats
  int32_t *_Nullable best;   // [rows], first index of the largest logit
  long rows, vocabulary, block_rows;
  int gradient;
} ck_cross_entropy;

typedef struct {
  float *parameters;         // [count]
  const float *gradients;    // [count]
  float *m, *v;              // [count], first and second moment
  long count, block_count;
  float rate, beta1, beta2, epsilon, decay;
  float correction1, correction2;  // 1 - beta^step
  float gradient_scale;      // factor on every gradient, for clipping
} ck_adamw;

typedef struct {
  const float *x;            // [count]
  float *_Nullable y;        // [count]
  double *_Nullable partial; // [blocks]
  long count, block_count;
  float factor;
} ck_flat;

typedef struct {
  float *x;                  // [count]
  uint16_t *rounded;         // [count], as bfloat16
  long count, block_count;
} ck_rounding;

typedef struct {
  const int32_t *tokens;     // [rows]
  const float *table;        // [vocabulary, width]: gather
  float *rows_out;           // [rows, width]: gather writes it, scatter reads it
  float *gradient;           // [vocabulary, width]: scatter
  long rows, width, vocabulary, block_rows, block_columns;
} ck_embedding;

typedef struct {
  const float *parts;        // [count, width], `stride` floats apart
  float *sum;                // [width]
  long count, width, stride, block_columns;
  int accumulate;
} ck_sum_parts;

/// A run of queries of one row of the batch that is worked on as one block.
typedef struct {
  int32_t row, first, count; // queries first..<first + count of the row, count <= CK_QUERY_BLOCK
  int32_t first_key;         // smallest document start among them
} ck_query_block;

typedef struct {
  const float *q;            // [B, T, H, E], q_stride floats from token to token
  const float *k, *v;        // [B, T, K, E], k_stride, v_stride
  const int32_t *starts;     // [B, T], first visible token, counted inside the row
  float *o;                  // [B, T, H, E], o_stride
  float *log_sum_exp;        // [B, H, T], natural logarithm
  const float *_Nullable d_o;             // [B, T, H, E], o_stride of its own: do_stride
  float *_Nullable dq, *_Nullable dk, *_Nullable dv;  // strides dq_stride, dk_stride, dv_stride
  float *_Nullable parts;    // [groups - 1, B, K, 2, T, E]: key and value gradients of later groups
  const ck_query_block *blocks;  // [block_count]
  const int32_t *row_blocks; // [B + 1]: first block of each row
  long rows, length, heads, kv_heads, width, block_count, groups;
  long q_stride, k_stride, v_stride, o_stride, do_stride, dq_stride, dk_stride, dv_stride;
  float scale;
  // Keys and values as the loops read them, one for each of [B, K], written by attention_pack or
  // tiled_attention_pack; NULL where the pass does not use one. Vector loops: floats, ck_strip_numbers(T, E),
  // in strips of tokens, values also in strips of components (turned_v) and keys in dense rows (turned_k).
  // Tiled loops: bfloat16, ck_packed_numbers(T, E, 1), as tiles, and both also turned, [E, T].
  void *_Nullable packed_k, *_Nullable packed_v;
  void *_Nullable turned_k, *_Nullable turned_v;
} ck_attention;

typedef struct {
  const float *a;            // nt, nn: [m, k]; tn: [k, m]; lda floats from row to row
  const float *b;            // nt: [n, k]; nn, tn: [k, n]; ldb
  float *c;                  // [m, n], ldc
  long m, n, k, lda, ldb, ldc, block_rows;
  int accumulate, transpose_a, transpose_b;
  const void *_Nullable packed_b;  // b by `pack` for `matmul`, by `tiled_pack` for `tiled_matmul`
  // Of `tiled_matmul` only.
  int parts;                       // of a number
  void *_Nullable turned_a;        // written: a, not transposed, as `packed_a` of a product of its transpose
  const void *_Nullable packed_a;  // a as tiles, read instead of a
} ck_matmul;

/// An operand as products read it: tiles of bfloat16 numbers, see ck_tiles_body.h, or panels of floats, see
/// ck_strips_body.h, which are right operands only.
typedef struct {
  const float *x;            // [lines, terms], or [terms, lines]; `stride` floats from row to row
  long stride, lines, terms; // lines: rows of a or columns of b
  int terms_dense;           // x is [lines, terms]
  int left;                  // for a, not b; tiles only
  int parts;                 // tiles: 1: rounded; 3: float32 split into three, to lose nothing
  void *out;                 // tiles: [groups of 16 lines (an even number), tiles of 32 terms, parts, 512]
                             // panels: [passes of terms, panels, terms of the pass, panel_columns]
} ck_pack;

// --- Table --------------------------------------------------------------------------------------

typedef struct {
  const char *name;
  int vector_bytes;
  ck_task norm_forward, norm_backward;        // ck_norm_forward, ck_norm_backward
  ck_task head_norm_forward, head_norm_backward;  // ck_head_norm
  ck_task add_bias;                           // ck_bias
  ck_task rotary;                             // ck_rotary
  ck_task swiglu_forward, swiglu_backward;    // ck_swiglu
  ck_task cross_entropy;                      // ck_cross_entropy
  ck_task adamw;                              // ck_adamw
  ck_task squared_sum, axpy, scale, lerp;     // ck_flat
  ck_task round, widen;                       // ck_rounding
  ck_task gather, scatter;                    // ck_embedding
  ck_task sum_parts;                          // ck_sum_parts
  ck_task attention_pack;                     // ck_attention, block = operand + 4 * (kv head + K * row)
  ck_task attention_forward;                  // ck_attention, block = head + H * query block
  ck_task attention_backward;                 // ck_attention, block = group + G * (kv head + K * row)
  ck_task attention_merge;                    // ck_attention, block = chunk + C * (kv head + K * row)
  long panel_columns;                         // lines of a block of `pack`
  ck_task pack;                               // ck_pack
  ck_task matmul;                             // ck_matmul, block of rows of c
  int tiled_parts;                            // most `parts` on tiles: 0, 1, or 3 for float32 too
  ck_task _Nullable tiled_pack;               // ck_pack
  ck_task _Nullable tiled_matmul;             // ck_matmul of packed right operands
  ck_task _Nullable tiled_attention_pack;     // as attention_pack
  ck_task _Nullable tiled_attention_forward;  // as attention_forward, of packed operands
  ck_task _Nullable tiled_attention_backward; // as attention_backward, of packed operands
  /// y[i] = e^x[i]; for tests of the exponential.
  void (*exponential)(const float *x, float *y, long count);
  /// Register-only multiply-adds: does `rounds` of them and returns floating-point operations done.
  double (*peak)(long rounds);
  /// The same of bfloat16 numbers with float32 sums.
  double (*_Nullable peak_bfloat16)(long rounds);
} ck_table;

enum {
  CK_PORTABLE = 0,
  CK_PORTABLE_BFLOAT16 = 1,  // with tiles of bfloat16 numbers in plain vectors, slower than float32
  CK_AVX2 = 2,
  CK_AVX512 = 3,
  CK_AVX512_BFLOAT16 = 4,  // AVX-512 with products of bfloat16 numbers
  CK_AMX = 5,              // that, with a tile unit for such products
};

/// The loops of an instruction set, or NULL where this processor or this build does not have it.
const ck_table *_Nullable ck_table_of(int instruction_set);
/// out[row][column], dense, rounded to nearest even from x, `stride` floats from row to row; NaNs stay.
void ck_round_bfloat16(const float *x, long stride, long rows, long columns, uint16_t *out);
/// Numbers of an operand packed as tiles, [lines, terms]; as many for [terms, lines].
long ck_packed_numbers(long lines, long terms, int parts);
/// Floats of the keys or values of a head in any layout of the vector loops; a multiple of 16.
long ck_strip_numbers(long length, long width);
/// Processors this process may use, or 0 when the system does not say.
int ck_core_count(void);

/// Cuts the queries of every row into blocks of at most CK_QUERY_BLOCK, at document starts where that
/// saves work. `blocks` has room for ck_plan_capacity(rows, length); row_blocks is [rows + 1].
/// Returns the number of blocks.
long ck_plan_queries(const int32_t *starts /* [rows, length] */, long rows, long length,
                     ck_query_block *blocks, int32_t *row_blocks);
long ck_plan_capacity(long rows, long length);

#pragma clang assume_nonnull end
