// Softmax cross entropy over a chunk of rows, in place: the logits become their own gradient.

/// loss = log(sum e^(x - max)) + max - x[target]; d x = weight (softmax(x) - onehot(target)).
static void cross_entropy(void *arguments, long block, void *scratch) {
  const ck_cross_entropy *a = arguments;
  const long V = a->vocabulary, last = least(a->rows, (block + 1) * a->block_rows);
  for (long row = block * a->block_rows; row < last; row++) {
    float *x = a->logits + row * V;
    const int32_t target = a->targets[row];
    if (target < 0 && !a->best) {
      a->losses[row] = 0;
      if (a->gradient) memset(x, 0, (size_t)V * sizeof(float));
      continue;
    }
    long i = 0;
    float top = -INFINITY;
    if (V >= CK_WIDTH) {
      vec highest = load(x);
      for (i = CK_WIDTH; i + CK_WIDTH <= V; i += CK_WIDTH) highest = at_least(load(x + i), highest);
      top = max_lanes(highest);
    }
    for (; i < V; i++) top = x[i] > top ? x[i] : top;
    if (a->best) {
      long best = 0;
      while (best < V - 1 && !(x[best] == top)) best++;
      a->best[row] = (int32_t)best;
    }
    if (target < 0) {
      a->losses[row] = 0;
      if (a->gradient) memset(x, 0, (size_t)V * sizeof(float));
      continue;
    }
    const float of_target = x[target];
    vec sums = splat(0);
    for (i = 0; i + CK_WIDTH <= V; i += CK_WIDTH) {
      vec e = exp_vec(load(x + i) - splat(top));
      sums += e;
      if (a->gradient) store(x + i, e);
    }
    float sum = sum_lanes(sums);
    if (i < V) {
      const long rest = V - i;
      float e[CK_WIDTH];
      store(e, exp_vec(load_part(x + i, rest, top) - splat(top)));
      for (long j = 0; j < rest; j++) {
        sum += e[j];
        if (a->gradient) x[i + j] = e[j];
      }
    }
    a->losses[row] = logf(sum) + (top - of_target);
    if (!a->gradient) continue;
    const float weight = a->weights ? a->weights[row] : 1.0f, factor = weight / sum;
    for (i = 0; i + CK_WIDTH <= V; i += CK_WIDTH) store(x + i, load(x + i) * splat(factor));
    for (; i < V; i++) x[i] *= factor;
    x[target] -= weight;
  }
}
