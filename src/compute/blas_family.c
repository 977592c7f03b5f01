// SPDX-License-Identifier: BSD-3-Clause
// The names of kernels are those that the libraries document for their variables; names unknown to
// a version are ignored or refused by it, which a trial in a process of its own finds out.
#include "compute/blas_family.h"

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AVX512 "avx512f avx512dq avx512bw avx512vl"

static const pn_blas_kernel of_openblas[] = {
    {"SapphireRapids", AVX512 " avx512_bf16 amx_tile"},
    {"Cooperlake", AVX512 " avx512_bf16"},
    {"SkylakeX", AVX512},
    {"Zen", "avx2 fma"},
    {"Haswell", "avx2 fma"},
    {"Excavator", "avx2 fma fma4"},
    {"Steamroller", "avx fma fma4"},
    {"Piledriver", "avx fma fma4"},
    {"Bulldozer", "avx fma4"},
    {"Sandybridge", "avx"},
    {"Barcelona", "sse4a"},
    {"Nehalem", "sse4_2"},
    {"Dunnington", "sse4_1"},
    {"Core2", "ssse3"},
    {"Prescott", "pni"},
    {"NEOVERSEV1", "asimd sve"},
    {"NEOVERSEN2", "asimd sve bf16"},
    {"A64FX", "asimd sve"},
    {"ARMV8SVE", "asimd sve"},
    {"NEOVERSEN1", "asimd"},
    {"THUNDERX2T99", "asimd"},
    {"CORTEXA72", "asimd"},
    {"CORTEXA57", "asimd"},
    {"ARMV8", "asimd"},
};

static const pn_blas_kernel of_blis[] = {
    {"zen5", AVX512 " avx512_bf16"},
    {"zen4", AVX512 " avx512_bf16"},
    {"skx", AVX512},
    {"zen3", "avx2 fma"},
    {"zen2", "avx2 fma"},
    {"zen", "avx2 fma"},
    {"haswell", "avx2 fma"},
    {"excavator", "avx2 fma fma4"},
    {"piledriver", "avx fma fma4"},
    {"bulldozer", "avx fma4"},
    {"sandybridge", "avx"},
    {"penryn", "ssse3"},
    {"armsve", "asimd sve"},
    {"a64fx", "asimd sve"},
    {"altramax", "asimd"},
    {"altra", "asimd"},
    {"firestorm", "asimd"},
    {"thunderx2", "asimd"},
    {"cortexa57", "asimd"},
};

static const pn_blas_kernel of_mkl[] = {
    {"AVX512", AVX512}, {"AVX2", "avx2 fma"}, {"AVX", "avx"}, {"SSE4_2", "sse4_2"}};

#define KERNELS(list) list, sizeof list / sizeof list[0]

static const pn_blas_family families[PN_BLAS_FAMILIES] = {
    {"OpenBLAS", "OPENBLAS_CORETYPE", KERNELS(of_openblas)},
    {"BLIS", "BLIS_ARCH_TYPE", KERNELS(of_blis)},
    {"MKL", "MKL_ENABLE_INSTRUCTIONS", KERNELS(of_mkl)},
    {"ATLAS", NULL, NULL, 0},
    {"vendor", NULL, NULL, 0},
    {"other", NULL, NULL, 0},
};
enum { OPENBLAS, BLIS, MKL, ATLAS, VENDOR };

const pn_blas_family *pn_blas_family_at(int family)
{
    return &families[family];
}

// POSIX promises that dlsym's pointer to data converts to one to a function; ISO C does not.
static void find(void *library, const char *symbol, void *function)
{
    void *address = dlsym(library, symbol);
    memcpy(function, &address, sizeof address);
}

// Unsafe is the build without threads alone: its scratch buffers have no lock (0.3.21 as Debian
// builds it gave wrong products and solves).
static bool is_openblas(void *library, pn_blas_identity *identity)
{
    static const char *const threading[] = {"serial", "pthread", "OpenMP"};
    char *(*config)(void) = NULL;
    char *(*core)(void) = NULL;
    int (*parallel)(void) = NULL;
    char release[32];
    find(library, "openblas_get_config", &config);
    find(library, "openblas_get_corename", &core);
    find(library, "openblas_get_parallel", &parallel);
    if (!config || sscanf(config(), "OpenBLAS %31s", release) != 1)
        return false;
    snprintf(identity->name, sizeof identity->name, "OpenBLAS %s", release);
    if (core)
        snprintf(identity->kernels, sizeof identity->kernels, "%s", core());
    int kind = parallel ? parallel() : -1;
    if (kind >= 0 && kind <= 2)
        snprintf(identity->threading, sizeof identity->threading, "%s", threading[kind]);
    identity->serial_only = kind == 0;
    return true;
}

// BLIS 0.9 takes numbers alone, which mean other kernels in other versions; the last is "generic".
// Lists that do not end so are of versions that take names.
static void number_kernels(const char *(*name)(int), char *list, size_t room)
{
    size_t used = 0;
    for (int id = 0; used < room; id++) {
        const char *one = name(id);
        used += (size_t)snprintf(list + used, room - used, "%s%s", id ? " " : "", one);
        if (strcmp(one, "generic") == 0)
            return;
    }
    list[0] = '\0';
}

static bool is_blis(void *library, pn_blas_identity *identity)
{
    const char *(*version)(void) = NULL;
    int (*id)(void) = NULL;
    const char *(*name)(int) = NULL;
    find(library, "bli_info_get_version_str", &version);
    find(library, "bli_arch_query_id", &id);
    find(library, "bli_arch_string", &name);
    if (!version)
        return false;
    const char *release = version();
    bool named = strncmp(release, "AOCL", 4) == 0 || strncmp(release, "BLIS", 4) == 0;
    snprintf(identity->name, sizeof identity->name, "%s%s", named ? "" : "BLIS ", release);
    if (id && name) {
        snprintf(identity->kernels, sizeof identity->kernels, "%s", name(id()));
        number_kernels(name, identity->numbered, sizeof identity->numbered);
    }
    int64_t (*openmp)(void) = NULL;
    int64_t (*pthreads)(void) = NULL;
    find(library, "bli_info_get_enable_openmp", &openmp);
    find(library, "bli_info_get_enable_pthreads", &pthreads);
    if (openmp && pthreads)
        snprintf(identity->threading, sizeof identity->threading, "%s",
                 openmp()     ? "OpenMP"
                 : pthreads() ? "pthread"
                              : "serial");
    return true;
}

static bool is_mkl(void *library, pn_blas_identity *identity)
{
    void (*version)(char *, int) = NULL;
    char said[200] = "";
    find(library, "MKL_Get_Version_String", &version);
    if (!version)
        return false;
    version(said, sizeof said - 1);
    const char *number = strstr(said, "Version ");
    snprintf(identity->name, sizeof identity->name, "MKL %.*s",
             (int)(number ? strcspn(number + 8, " ") : 0), number ? number + 8 : "");
    return true;
}

static bool has(void *library, const char *symbol)
{
    return dlsym(library, symbol) != NULL;
}

static int recognise(void *library, const char *asked, pn_blas_identity *identity)
{
    if (is_openblas(library, identity))
        return OPENBLAS;
    if (is_blis(library, identity))
        return BLIS;
    if (is_mkl(library, identity))
        return MKL;
    bool is_atlas = has(library, "ATL_buildinfo");
    bool is_nvpl = has(library, "nvpl_blas_get_version"), is_armpl = has(library, "armplinfo");
    snprintf(identity->name, sizeof identity->name, "%s",
             is_atlas   ? "ATLAS"
             : is_nvpl  ? "NVPL"
             : is_armpl ? "ArmPL"
                        : asked);
    return is_atlas ? ATLAS : is_nvpl || is_armpl ? VENDOR : PN_BLAS_OTHER;
}

// Of the file that has the library's own calls; the one opened may only lead to it.
static void learn_path(void *library, int family, char *path, size_t room)
{
    static const char *const own[] = {
        [OPENBLAS] = "openblas_get_config", [BLIS] = "bli_info_get_version_str"};
    void *address = family <= BLIS ? dlsym(library, own[family]) : NULL;
    Dl_info place;
    struct link_map *map = NULL;
    if (address && dladdr(address, &place) && place.dli_fname)
        snprintf(path, room, "%s", place.dli_fname);
    else if (dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 && map)
        snprintf(path, room, "%s", map->l_name);
}

void pn_blas_identify(void *library, const char *asked, pn_blas_identity *identity)
{
    *identity = (pn_blas_identity){0};
    identity->family = recognise(library, asked, identity);
    learn_path(library, identity->family, identity->path, sizeof identity->path);
}

// Threads that nobody calls would still be created, and bound, and looked after. OMP_NUM_THREADS
// is left as it is: it means other programs' threads too, and none is created before the first
// call that wants some.
void pn_blas_stay_single(void)
{
    static const char *const single[][2] = {
        {"OPENBLAS_NUM_THREADS", "1"},   {"BLIS_NUM_THREADS", "1"},
        {"MKL_NUM_THREADS", "1"},        {"MKL_THREADING_LAYER", "SEQUENTIAL"},
        {"MKL_INTERFACE_LAYER", "LP64"}, {"ARMPL_NUM_THREADS", "1"},
        {"NVPL_BLAS_NUM_THREADS", "1"},  {"GOTO_NUM_THREADS", "1"},
        {"VECLIB_MAXIMUM_THREADS", "1"},
    };
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
        setenv(single[i][0], single[i][1], 1);
}

void pn_blas_set_one_thread(void *library)
{
    static const char *const by_value[] = {"openblas_set_num_threads", "MKL_Set_Num_Threads"};
    for (size_t i = 0; i < sizeof by_value / sizeof by_value[0]; i++) {
        void (*set)(int) = NULL;
        find(library, by_value[i], &set);
        if (set)
            set(1);
    }
    void (*set_blis)(int64_t) = NULL;
    find(library, "bli_thread_set_num_threads", &set_blis);
    if (set_blis)
        set_blis(1);
}

static bool has_word(const char *words, const char *word, size_t length)
{
    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t here = strcspn(at, " ");
        if (here == length && memcmp(at, word, length) == 0)
            return true;
        at += here;
    }
    return false;
}

bool pn_blas_kernel_runs(const pn_blas_kernel *kernel, const char *features)
{
    for (const char *need = kernel->needs; *need; need += strspn(need, " ")) {
        size_t length = strcspn(need, " ");
        if (!has_word(features, need, length))
            return false;
        need += length;
    }
    return true;
}

void pn_blas_kernel_value(const pn_blas_kernel *kernel, const char *numbered, char *value,
                          size_t bytes)
{
    int place = 0;
    size_t length = strlen(kernel->name);
    snprintf(value, bytes, "%s", kernel->name);
    for (const char *at = numbered; *at; at += strspn(at, " "), place++) {
        size_t here = strcspn(at, " ");
        if (here == length && memcmp(at, kernel->name, length) == 0)
            snprintf(value, bytes, "%d", place);
        at += here;
    }
}
