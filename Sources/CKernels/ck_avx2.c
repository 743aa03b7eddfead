#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_WIDTH 8
#define CK_NAME "avx2"
#define CK_TABLE ck_avx2_table
#include "ck_all_body.h"
#pragma clang attribute pop
#endif
