// Rows of a table by token, and the gradient of that.

static void gather(void *arguments, long block, void *scratch) {
  const ck_embedding *a = arguments;
  const long last = least(a->rows, (block + 1) * a->block_rows);
  for (long row = block * a->block_rows; row < last; row++)
    memcpy(a->rows_out + row * a->width, a->table + (long)a->tokens[row] * a->width,
           (size_t)a->width * sizeof(float));
}

/// A block owns some columns of every row, and adds tokens in their order: no two blocks meet.
static void scatter(void *arguments, long block, void *scratch) {
  const ck_embedding *a = arguments;
  const long first = block * a->block_columns;
  const long last = least(a->width, first + a->block_columns);
  for (long row = 0; row < a->rows; row++) {
    const float *from = a->rows_out + row * a->width;
    float *to = a->gradient + (long)a->tokens[row] * a->width;
    long i = first;
    for (; i + CK_WIDTH <= last; i += CK_WIDTH) store(to + i, load(to + i) + load(from + i));
    for (; i < last; i++) to[i] += from[i];
  }
}
