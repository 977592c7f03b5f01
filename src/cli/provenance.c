// SPDX-License-Identifier: BSD-3-Clause
#include "cli/provenance.h"

#include "base/plugin.h"
#include "base/plural.h"
#include "comm/launcher.h"
#include "commit.h"
#include "compute/blas_find.h"
#include "compute/open_compute.h"

#include <stdlib.h>

static void print_blas(FILE *stream)
{
    pn_blas_files *files = malloc(sizeof *files);
    if (!files)
        return;
    pn_blas_find(files);
    fprintf(stream, "BLAS    %d librar%s found%s\n", files->count, files->count == 1 ? "y" : "ies",
            files->count ? "; panache blas tries them:" : "; a run needs one, such as OpenBLAS");
    for (int i = 0; i < files->count; i++)
        fprintf(stream, "        %s\n", files->path[i]);
    free(files);
}

static void print_plugin(FILE *stream, const char *title, const char *file, const char *missing)
{
    pn_found_file place;
    if (pn_plugin_find(&place, file))
        fprintf(stream, "%-8s%s\n", title, place.path);
    else
        fprintf(stream, "%-8sno plug-in: Panache was built without %s\n", title, missing);
}

void pn_provenance_print(FILE *stream)
{
    static const char *const words[] = {"cuda", "hip"};
    static const char *const titles[] = {"CUDA", "HIP"};
    fprintf(stream, "panache %s\ncommit  %s\n", PANACHE_VERSION, PANACHE_COMMIT);
    print_blas(stream);
    print_plugin(stream, "MPI", "panache-mpi-openmpi.so", "Open MPI");
    print_plugin(stream, "", "panache-mpi-mpich.so", "MPICH");
    for (int i = 0; i < 2; i++) {
        char file[32];
        snprintf(file, sizeof file, "panache-%s.so", words[i]);
        print_plugin(stream, titles[i], file, i ? "hipcc" : "nvcc");
        fprintf(stream, "        %s\n",
                pn_device_driver_found(words[i]) ? "its driver is here" : "its driver is not here");
    }
}
