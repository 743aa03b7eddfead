// Which keys the queries of a block see.

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
