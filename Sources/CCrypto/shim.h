// SHA-256 through libcrypto's EVP interface; nothing here needs a wrapper.
#pragma once
#include <openssl/evp.h>
