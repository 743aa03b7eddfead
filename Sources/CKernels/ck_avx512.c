#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#define CK_WIDTH 16
#define CK_NAME "avx512"
#define CK_TABLE ck_avx512_table
#include "ck_all_body.h"
#pragma clang attribute pop
#endif
