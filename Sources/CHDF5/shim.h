// What Swift cannot import from hdf5.h, each wrapped once.
//
// The names of types, access flags and property classes (H5T_NATIVE_FLOAT, H5F_ACC_RDONLY,
// H5P_FILE_ACCESS ...) are macros that call H5open() before they read a global, so the importer drops
// them. Casting macros ((hid_t)0, (hsize_t)-1) are dropped as well. Remove a wrapper when the importer
// learns its macro.
#pragma once
#include <hdf5.h>
#include <string.h>

static inline hid_t chdf5_native_float32(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_float64(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t chdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }

// On disk everything is little endian, whatever the machine.
static inline hid_t chdf5_file_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_file_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_file_uint16(void) { return H5T_STD_U16LE; }
static inline hid_t chdf5_file_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }

static inline hid_t chdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_all(void) { return H5S_ALL; }
static inline hid_t chdf5_class_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_class_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_class_link_create(void) { return H5P_LINK_CREATE; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }

// The stack and its printer belong to a thread in a thread-safe build, so printing is turned off at
// every entry, not once. H5E_DEFAULT is a casting macro.
static inline void chdf5_begin(void) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5Eclear2(H5E_DEFAULT);
}

typedef struct {
  char *text;
  size_t room;
  unsigned seen;
} chdf5_message;

static inline herr_t chdf5_collect(unsigned n, const H5E_error2_t *error, void *context) {
  chdf5_message *message = (chdf5_message *)context;
  (void)n;
  // The first two entries from the inside say what failed; the rest repeats it layer by layer.
  if (error->desc == NULL || message->seen == 2) return 0;
  size_t used = strlen(message->text);
  if (message->seen > 0 && used + 3 < message->room) {
    strcat(message->text, "; ");
    used += 2;
  }
  strncat(message->text, error->desc, message->room - used - 1);
  message->seen += 1;
  return 0;
}

// Writes the innermost descriptions of the thread's error stack and clears it.
static inline void chdf5_error_text(char *text, size_t room) {
  chdf5_message message = {text, room, 0};
  text[0] = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, chdf5_collect, &message);
  H5Eclear2(H5E_DEFAULT);
}

// H5F_OBJ_ALL is an expression of macros, and an id of (hid_t)H5F_OBJ_ALL means every open file.
static inline long chdf5_open_objects(void) {
  return (long)H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL);
}

// H5Lget_info and H5Oget_info are versioned macros; only hard links to plain objects are ours.
// Returns 1 for a group, 2 for a dataset, 0 for anything else, negative on error.
static inline int chdf5_child_kind(hid_t group, const char *name) {
  H5L_info_t info;
  if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0) return -1;
  if (info.type != H5L_TYPE_HARD) return 0;
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0) return -1;
  H5I_type_t type = H5Iget_type(object);
  H5Oclose(object);
  return type == H5I_GROUP ? 1 : type == H5I_DATASET ? 2 : 0;
}

static inline ssize_t chdf5_child_name(hid_t group, hsize_t index, char *name, size_t room) {
  return H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, room, H5P_DEFAULT);
}
