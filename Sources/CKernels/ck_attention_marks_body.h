// What the loops of attention share: which keys the queries of a block see, and what a task of the
// backward pass owns.

#define CK_Q CK_QUERY_BLOCK
#define CK_LOG2E 1.44269504088896341f
#define CK_LN2 0.693147180559945309f
#define CK_HIDDEN -1e30f  // a score nobody sees; finite, because inf - inf is not

typedef struct {
  int32_t starts[CK_Q];   // first visible key of each query
  int32_t numbers[CK_Q];  // number of each query in its row: the last visible key
  int32_t highest_start;
} query_marks;

static void mark_queries(const ck_attention *a, const ck_query_block *b, query_marks *marks) {
  const int32_t *starts = a->starts + (long)b->row * a->length + b->first;
  marks->highest_start = 0;
  for (int i = 0; i < CK_Q; i++) {
    // Lanes past the last query behave like it; their results are dropped.
    const int32_t start = starts[i < b->count ? i : b->count - 1];
    marks->starts[i] = start;
    marks->numbers[i] = b->first + (i < b->count ? i : b->count - 1);
    if (start > marks->highest_start) marks->highest_start = start;
  }
}

CK_INLINE veci visible(const query_marks *marks, int lane, int32_t key) {
  const veci number = loadi(marks->numbers + lane), start = loadi(marks->starts + lane);
  return (number >= (veci)key) & (start <= (veci)key);
}

/// Sums over the query blocks of a task: dk and dv of a kv head of a row, [T, E].
typedef struct {
  float *dk, *dv;
  long dk_stride, dv_stride;
  long keys;  // so many hold a sum; what is behind them does not yet
} key_gradients;

/// The sums of group `group`, none yet: the first group's are the result, the others' are added to it by
/// attention_merge.
static key_gradients own_key_gradients(const ck_attention *a, long row, long kv_head, long group) {
  const long T = a->length, E = a->width;
  key_gradients own = {.dk = a->dk + row * T * a->dk_stride + kv_head * E,
                       .dv = a->dv + row * T * a->dv_stride + kv_head * E,
                       .dk_stride = a->dk_stride,
                       .dv_stride = a->dv_stride};
  if (group > 0) {
    own.dk = a->parts + (((group - 1) * a->rows + row) * a->kv_heads + kv_head) * 2 * T * E;
    own.dv = own.dk + T * E;
    own.dk_stride = own.dv_stride = E;
  }
  return own;
}

/// Begins the sums up to a key with zeros: as late as can be, so that they are in the cache when products are
/// added to them.
static void begin_sums(key_gradients *own, long end, long E) {
  for (; own->keys < end; own->keys++) {
    memset(own->dk + own->keys * own->dk_stride, 0, (size_t)E * sizeof(float));
    memset(own->dv + own->keys * own->dv_stride, 0, (size_t)E * sizeof(float));
  }
}

/// Whether a group takes the query block of a number. There and back again, 0 1 2 2 1 0: later queries see
/// more keys, and this evens it out.
CK_INLINE int takes_block(const ck_attention *a, long number, long group) {
  const long place = number % (2 * a->groups);
  return (place < a->groups ? place : 2 * a->groups - 1 - place) == group;
}
