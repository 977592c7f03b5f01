# SPDX-License-Identifier: BSD-3-Clause
# A plug-in is a shared object panache-<name>.so that the program opens at run time, so that the
# program itself starts where the library behind it is missing. It lies in lib/panache beside the
# program in the build tree and in the library folder once installed. It brings what it needs of
# the base room along, hidden, and shows only what it exports by name.
#
# PANACHE_PLUGIN_DIR: that folder of the build tree.
# pn_plugin(name source...): makes the target panache-<name>, to be linked with that library.
set(PANACHE_PLUGIN_DIR ${PROJECT_BINARY_DIR}/lib/panache)
target_compile_definitions(pn_base PRIVATE PANACHE_LIBRARY_DIR="${CMAKE_INSTALL_LIBDIR}"
                           PANACHE_TRIPLET="${CMAKE_LIBRARY_ARCHITECTURE}")
set_property(SOURCE src/cli/machine_options.c APPEND PROPERTY COMPILE_DEFINITIONS
             PANACHE_DATA_DIR="${CMAKE_INSTALL_DATADIR}")

function(pn_plugin name)
  set(target panache-${name})
  add_library(${target} MODULE ${ARGN})
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden
                        LIBRARY_OUTPUT_DIRECTORY ${PANACHE_PLUGIN_DIR})
  target_link_libraries(${target} PRIVATE pn_base)
  target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL)
  install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/panache)
endfunction()
# Where the system's libraries are, BLAS among them.
target_compile_definitions(pn_compute PRIVATE PANACHE_TRIPLET="${CMAKE_LIBRARY_ARCHITECTURE}")
