# SPDX-License-Identifier: BSD-3-Clause
# What compilers have to be told. GCC 12.2 for Arm, which is Debian 12's, ends with an internal error
# where it vectorises a loop with fmax or fmin over integers; without its own idea of them it does
# not. No loop of the factorisation uses them.
include(CheckCSourceCompiles)

if(CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(CMAKE_REQUIRED_FLAGS "-O3 -fno-math-errno")
  set(CMAKE_REQUIRED_LIBRARIES m)
  check_c_source_compiles("
    #include <math.h>
    static double most(const double *a, const int *divisor, int n)
    {
        double greatest = 0;
        for (int i = 0; i < n; i++)
            greatest = fmax(greatest, 8 * a[0] / divisor[i]);
        return greatest;
    }
    int main(int argc, char **argv)
    {
        (void)argv;
        double a = argc;
        int divisor[100] = {[0 ... 99] = argc};
        return most(&a, divisor, 100 / argc) > 3;
    }" PANACHE_VECTORISES_FMAX)
  unset(CMAKE_REQUIRED_FLAGS)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(NOT PANACHE_VECTORISES_FMAX)
    target_compile_options(pn_settings INTERFACE -fno-builtin-fmax -fno-builtin-fmin)
  endif()
endif()
