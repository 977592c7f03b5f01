// SPDX-License-Identifier: BSD-3-Clause
#include "base/plugin.h"

bool pn_plugin_find(pn_found_file *place, const char *file)
{
    static const char *const beside[] = {
        "%s/lib/panache",
        "%s/../" PANACHE_LIBRARY_DIR "/panache",
        "%s/../lib/" PANACHE_TRIPLET "/panache",
        "%s/../lib/panache",
    };
    pn_file_search search = {"PANACHE_PLUGINS", beside, sizeof beside / sizeof beside[0]};
    return pn_file_find(place, &search, file);
}
