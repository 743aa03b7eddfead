#define CK_WIDTH 4
#define CK_NAME "portable"
#define CK_TABLE ck_portable_table
#include "ck_all_body.h"
