-- SPDX-License-Identifier: BSD-3-Clause
-- Lmod's module for an installation by hand, `make install PREFIX=/opt/panache/0.1.0`: copy it to
-- panache/0.1.0.lua in a folder of MODULEPATH, and set the folder here.
local version = "0.1.0"
local root = pathJoin("/opt/panache", version)

help([[Panache, a Linpack (HPL) that measures a machine of unlike parts in one run.
panache help lists its commands; man panache tells more. Load the MPI of your site beside it.]])
whatis("Name: panache")
whatis("Version: " .. version)
whatis("Description: a Linpack for machines of unlike parts")

prepend_path("PATH", pathJoin(root, "bin"))
prepend_path("MANPATH", pathJoin(root, "share/man"))
