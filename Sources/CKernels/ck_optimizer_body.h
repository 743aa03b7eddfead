// AdamW (Loshchilov and Hutter, arXiv:1711.05101): decay acts on the parameter, not on the moments.

static void adamw(void *arguments, long block, void *scratch) {
  const ck_adamw *a = arguments;
  const long last = least(a->count, (block + 1) * a->block_count);
  const float step = a->rate / a->correction1, keep = 1.0f - a->rate * a->decay;
  const float root = 1.0f / sqrtf(a->correction2);
  const float b1 = a->beta1, b2 = a->beta2;
  long i = block * a->block_count;
  for (; i + CK_WIDTH <= last; i += CK_WIDTH) {
    vec g = load(a->gradients + i) * splat(a->gradient_scale);
    vec m = load(a->m + i) * splat(b1) + g * splat(1.0f - b1);
    vec v = load(a->v + i) * splat(b2) + g * g * splat(1.0f - b2);
    store(a->m + i, m);
    store(a->v + i, v);
    vec size = __builtin_elementwise_sqrt(v) * splat(root) + splat(a->epsilon);
    store(a->parameters + i, load(a->parameters + i) * splat(keep) - splat(step) * m / size);
  }
  for (; i < last; i++) {
    float g = a->gradients[i] * a->gradient_scale;
    float m = a->m[i] * b1 + g * (1.0f - b1), v = a->v[i] * b2 + g * g * (1.0f - b2);
    a->m[i] = m;
    a->v[i] = v;
    a->parameters[i] = a->parameters[i] * keep - step * m / (sqrtf(v) * root + a->epsilon);
  }
}
