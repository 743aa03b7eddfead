// Matrix products of oneDNN through its C API (oneapi-src.github.io/oneDNN, "Matrix multiplication").
//
// Not linked: the library is opened at run time, so that a machine without it runs the program. That
// needs the calls as values, which Swift cannot take from the header; versions 2 and 3 also differ in
// how a memory descriptor is held, which is settled here. The header that is built against decides the
// version that is opened.
#pragma once
#include <dlfcn.h>
#include <dnnl.h>
#include <stdlib.h>

#if DNNL_VERSION_MAJOR >= 3
#define CONEDNN_FILE "libdnnl.so.3"
#define CONEDNN_DESCRIPTOR_CALLS(X) \
  X(memory_desc_create_with_strides) X(memory_desc_destroy) X(matmul_primitive_desc_create)
#else
#define CONEDNN_FILE "libdnnl.so.2"
#define CONEDNN_DESCRIPTOR_CALLS(X) \
  X(memory_desc_init_by_strides) X(matmul_desc_init) X(primitive_desc_create)
#endif

#define CONEDNN_CALLS(X)                                                              \
  CONEDNN_DESCRIPTOR_CALLS(X)                                                         \
  X(version) X(engine_create) X(stream_create) X(stream_wait) X(stream_destroy)       \
  X(primitive_attr_create) X(primitive_attr_destroy) X(primitive_attr_set_post_ops)   \
  X(primitive_attr_set_scratchpad_mode) X(post_ops_create) X(post_ops_append_sum)     \
  X(post_ops_destroy) X(primitive_desc_destroy) X(primitive_desc_query_md)            \
  X(primitive_create) X(primitive_execute) X(primitive_destroy) X(memory_create)      \
  X(memory_set_data_handle) X(memory_destroy) X(memory_desc_get_size)

#pragma clang assume_nonnull begin

/// The opened library: its calls and an engine for this processor.
typedef struct {
#define CONEDNN_FIELD(call) __typeof__(&dnnl_##call) call;
  CONEDNN_CALLS(CONEDNN_FIELD)
#undef CONEDNN_FIELD
  dnnl_engine_t engine;
} conednn_library;

/// c[m, n] (+)= a b: sizes, and floats from row to row as the matrices are stored.
typedef struct {
  long m, n, k, lda, ldb, ldc;
  int transpose_a, transpose_b, accumulate;
  int bfloat16;  // operands; c is float32
} conednn_shape;

/// A product that is compiled for its shape. One thread at a time may run it.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_stream_t stream;
  dnnl_memory_t a, b, c, scratchpad;
  void *memory;  // of the scratchpad
} conednn_product;

/// Opens the library, or gives NULL where it or one of the calls is missing.
static inline conednn_library *_Nullable conednn_open(void) {
  void *file = dlopen(CONEDNN_FILE, RTLD_NOW | RTLD_LOCAL);
  conednn_library *l = file ? (conednn_library *)calloc(1, sizeof *l) : NULL;
  if (!l) return NULL;
  int missing = 0;
#define CONEDNN_FIND(call)                                           \
  l->call = (__typeof__(&dnnl_##call))dlsym(file, "dnnl_" #call);     \
  missing |= l->call == NULL;
  CONEDNN_CALLS(CONEDNN_FIND)
#undef CONEDNN_FIND
  if (!missing && l->engine_create(&l->engine, dnnl_cpu, 0) == dnnl_success) return l;
  free(l);
  return NULL;
}

static inline void conednn_destroy(const conednn_library *l,
                                   conednn_product *_Nullable p) {
  if (!p) return;
  dnnl_memory_t all[4] = {p->a, p->b, p->c, p->scratchpad};
  for (int i = 0; i < 4; i++)
    if (all[i]) l->memory_destroy(all[i]);
  if (p->stream) l->stream_destroy(p->stream);
  if (p->primitive) l->primitive_destroy(p->primitive);
  free(p->memory);
  free(p);
}

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t conednn_matrix;
static inline dnnl_status_t conednn_describe(const conednn_library *l, conednn_matrix *d,
                                             const long *sizes, const long *strides,
                                             dnnl_data_type_t type) {
  const dnnl_dims_t size = {sizes[0], sizes[1]}, stride = {strides[0], strides[1]};
  return l->memory_desc_create_with_strides(d, 2, size, type, stride);
}
static inline const_dnnl_memory_desc_t conednn_descriptor(const conednn_matrix *d) { return *d; }
#else
typedef dnnl_memory_desc_t conednn_matrix;
static inline dnnl_status_t conednn_describe(const conednn_library *l, conednn_matrix *d,
                                             const long *sizes, const long *strides,
                                             dnnl_data_type_t type) {
  const dnnl_dims_t size = {sizes[0], sizes[1]}, stride = {strides[0], strides[1]};
  return l->memory_desc_init_by_strides(d, 2, size, type, stride);
}
static inline const dnnl_memory_desc_t *conednn_descriptor(const conednn_matrix *d) { return d; }
#endif

/// The primitive descriptor of a product; its attributes are `attributes`.
static inline dnnl_primitive_desc_t _Nullable conednn_plan(const conednn_library *l,
                                                 const conednn_matrix *m,
                                                 dnnl_primitive_attr_t attributes) {
  dnnl_primitive_desc_t plan = NULL;
#if DNNL_VERSION_MAJOR >= 3
  if (l->matmul_primitive_desc_create(&plan, l->engine, m[0], m[1], NULL, m[2], attributes) !=
      dnnl_success)
    return NULL;
#else
  dnnl_matmul_desc_t operation;
  if (l->matmul_desc_init(&operation, &m[0], &m[1], NULL, &m[2]) != dnnl_success ||
      l->primitive_desc_create(&plan, &operation, attributes, l->engine, NULL) != dnnl_success)
    return NULL;
#endif
  return plan;
}

/// Attributes: memory of our own, and c added to when asked.
static inline dnnl_primitive_attr_t _Nullable conednn_attributes(const conednn_library *l,
                                                       int accumulate) {
  dnnl_primitive_attr_t attributes = NULL;
  if (l->primitive_attr_create(&attributes) != dnnl_success) return NULL;
  // The library's own scratchpad belongs to the thread that made the primitive; ours may run elsewhere.
  l->primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  dnnl_post_ops_t sum = NULL;
  if (!accumulate) return attributes;
  int added = l->post_ops_create(&sum) == dnnl_success;
#if DNNL_VERSION_MAJOR >= 3
  added = added && l->post_ops_append_sum(sum, 1, 0, dnnl_data_type_undef) == dnnl_success;
#else
  added = added && l->post_ops_append_sum(sum, 1) == dnnl_success;
#endif
  added = added && l->primitive_attr_set_post_ops(attributes, sum) == dnnl_success;
  if (sum) l->post_ops_destroy(sum);
  if (added) return attributes;
  l->primitive_attr_destroy(attributes);
  return NULL;
}

/// Compiles a product; NULL where the library does not offer it.
static inline conednn_product *_Nullable conednn_create(const conednn_library *l,
                                                        const conednn_shape *s) {
  const dnnl_data_type_t type = s->bfloat16 ? dnnl_bf16 : dnnl_f32;
  const long a_size[2] = {s->m, s->k}, b_size[2] = {s->k, s->n}, c_size[2] = {s->m, s->n};
  const long a_step[2] = {s->transpose_a ? 1 : s->lda, s->transpose_a ? s->lda : 1};
  const long b_step[2] = {s->transpose_b ? 1 : s->ldb, s->transpose_b ? s->ldb : 1};
  const long c_step[2] = {s->ldc, 1};
  conednn_product *p = (conednn_product *)calloc(1, sizeof *p);
  if (!p) return NULL;
  conednn_matrix m[3] = {0};
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_desc_t plan = NULL;
  int good = conednn_describe(l, &m[0], a_size, a_step, type) == dnnl_success &&
             conednn_describe(l, &m[1], b_size, b_step, type) == dnnl_success &&
             conednn_describe(l, &m[2], c_size, c_step, dnnl_f32) == dnnl_success;
  good = good && (attributes = conednn_attributes(l, s->accumulate)) != NULL;
  good = good && (plan = conednn_plan(l, m, attributes)) != NULL;
  good = good && l->primitive_create(&p->primitive, plan) == dnnl_success &&
         l->stream_create(&p->stream, l->engine, dnnl_stream_default_flags) == dnnl_success &&
         l->memory_create(&p->a, conednn_descriptor(&m[0]), l->engine, NULL) == dnnl_success &&
         l->memory_create(&p->b, conednn_descriptor(&m[1]), l->engine, NULL) == dnnl_success &&
         l->memory_create(&p->c, conednn_descriptor(&m[2]), l->engine, NULL) == dnnl_success;
  if (good) {
    __typeof__(conednn_descriptor(&m[0])) scratch =
        l->primitive_desc_query_md(plan, dnnl_query_scratchpad_md, 0);
    const size_t bytes = scratch ? l->memory_desc_get_size(scratch) : 0;
    if (bytes > 0)
      good = posix_memalign(&p->memory, 64, bytes) == 0 &&
             l->memory_create(&p->scratchpad, scratch, l->engine, p->memory) == dnnl_success;
  }
  if (plan) l->primitive_desc_destroy(plan);
  if (attributes) l->primitive_attr_destroy(attributes);
#if DNNL_VERSION_MAJOR >= 3
  for (int i = 0; i < 3; i++)
    if (m[i]) l->memory_desc_destroy(m[i]);
#endif
  if (good) return p;
  conednn_destroy(l, p);
  return NULL;
}

/// Multiplies; 1 when the library says that it did.
static inline int conednn_run(const conednn_library *l, conednn_product *p,
                              const void *a, const void *b, float *c) {
  if (l->memory_set_data_handle(p->a, (void *)a) != dnnl_success ||
      l->memory_set_data_handle(p->b, (void *)b) != dnnl_success ||
      l->memory_set_data_handle(p->c, c) != dnnl_success)
    return 0;
  const dnnl_exec_arg_t arguments[4] = {{DNNL_ARG_SRC, p->a},
                                        {DNNL_ARG_WEIGHTS, p->b},
                                        {DNNL_ARG_DST, p->c},
                                        {DNNL_ARG_SCRATCHPAD, p->scratchpad}};
  return l->primitive_execute(p->primitive, p->stream, p->scratchpad ? 4 : 3, arguments) ==
             dnnl_success &&
         l->stream_wait(p->stream) == dnnl_success;
}

#pragma clang assume_nonnull end
