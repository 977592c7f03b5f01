# SPDX-License-Identifier: BSD-3-Clause
# The peers that Panache is compared with, built only when asked for: the target `peers` makes
# bench/dgemm, bench/dgetrf, bench/pdgesv, what hpcc needs, and a slow link, in the build folder. They use the OpenBLAS
# that Panache opens at run time; ScaLAPACK is the one made for Open MPI.

find_library(PANACHE_OPENBLAS openblas PATH_SUFFIXES openblas-pthread)
find_path(PANACHE_OPENBLAS_INCLUDE cblas.h PATH_SUFFIXES openblas-pthread openblas)
find_library(PANACHE_SCALAPACK NAMES scalapack-openmpi scalapack)
mark_as_advanced(PANACHE_OPENBLAS PANACHE_OPENBLAS_INCLUDE PANACHE_SCALAPACK)

add_custom_target(peers)

# pn_peer(name libraries...)
function(pn_peer name)
  add_executable(${name} EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/bench/peers/${name}.c)
  target_link_libraries(${name} PRIVATE pn_settings ${ARGN})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  add_dependencies(peers ${name})
endfunction()

add_library(hpl_only MODULE EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/bench/peers/hpl_only.c)
target_link_libraries(hpl_only PRIVATE pn_settings)
set_target_properties(hpl_only PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY
                      ${PROJECT_BINARY_DIR}/bench)
add_dependencies(peers hpl_only)

pn_peer(slow_link)
if(PANACHE_OPENBLAS AND PANACHE_OPENBLAS_INCLUDE)
  foreach(peer dgemm dgetrf)
    pn_peer(${peer} ${PANACHE_OPENBLAS})
    target_include_directories(${peer} PRIVATE ${PANACHE_OPENBLAS_INCLUDE})
  endforeach()
  if(PANACHE_SCALAPACK AND TARGET pn_mpi_openmpi)
    pn_peer(pdgesv ${PANACHE_SCALAPACK} ${PANACHE_OPENBLAS} pn_mpi_openmpi)
  endif()
endif()
