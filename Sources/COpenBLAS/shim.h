#pragma once
// Not linked: Kernels opens the library itself, after choosing its kernels (see Kernels/OpenBLAS.swift).
#include <cblas.h>
