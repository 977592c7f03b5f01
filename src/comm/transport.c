// SPDX-License-Identifier: BSD-3-Clause
// Opened with RTLD_GLOBAL, because the MPI looks its symbols up in the process.
#include "comm/transport.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// By what the MPI calls itself, which may be asked before it starts.
static bool is_cray(void)
{
    enum { MOST_TEXT = 8192 }; // MPI_MAX_LIBRARY_VERSION_STRING of the largest
    char text[MOST_TEXT] = "";
    int length = 0;
    union { // ISO C knows no conversion from an object's to a function's address
        void *symbol;
        int (*function)(char *text, int *length);
    } version = {dlsym(RTLD_DEFAULT, "MPI_Get_library_version")};
    return version.symbol && version.function(text, &length) == 0 && strstr(text, "CRAY");
}

pn_status pn_transport_open(void)
{
    static const char *const libraries[] = {"libmpi_gtl_cuda.so", "libmpi_gtl_hsa.so"};
    const char *wanted = getenv("MPICH_GPU_SUPPORT_ENABLED");
    if (!wanted || strcmp(wanted, "1") != 0)
        return PN_OK;
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
        if (dlopen(libraries[i], RTLD_NOW | RTLD_GLOBAL))
            return PN_OK;
    if (!is_cray())
        return PN_OK;
    return pn_fail(PN_ERROR_SYSTEM,
                   "MPICH_GPU_SUPPORT_ENABLED=1 asks Cray's MPI to send device memory, for which "
                   "it needs %s or %s, and neither can be opened (%s). Add their folder "
                   "($CRAY_MPICH_ROOTDIR/gtl/lib) to LD_LIBRARY_PATH, or set the variable to 0: "
                   "messages then go by way of the host",
                   libraries[0], libraries[1], dlerror());
}
