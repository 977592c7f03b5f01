# SPDX-License-Identifier: BSD-3-Clause
# One plug-in for each MPI whose compiler wrapper is found: lib/panache/panache-mpi-<family>.so.
# The wrapper is only asked for its flags, so that every MPI is compiled by the project's compiler.
# PANACHE_MPICC: wrappers to use instead of those found.
set(PANACHE_MPICC "" CACHE STRING "MPI compiler wrappers, separated by semicolons; empty: all found")

# The family of the MPI behind a wrapper: openmpi, mpich or nothing.
function(pn_mpi_family wrapper result)
  file(WRITE ${PROJECT_BINARY_DIR}/mpi-family.c "#include <mpi.h>\n")
  execute_process(COMMAND ${wrapper} -E -dM ${PROJECT_BINARY_DIR}/mpi-family.c
                  OUTPUT_VARIABLE macros ERROR_QUIET)
  set(family "")
  if(macros MATCHES "#define OPEN_MPI ")
    set(family openmpi)
  elseif(macros MATCHES "#define MPICH_VERSION ")
    set(family mpich)
  endif()
  set(${result} ${family} PARENT_SCOPE)
endfunction()

# Makes pn_mpi_<family>, to link with that MPI, and the plug-in.
function(pn_mpi_plugin wrapper family)
  if(family STREQUAL openmpi)
    execute_process(COMMAND ${wrapper} --showme OUTPUT_VARIABLE line OUTPUT_STRIP_TRAILING_WHITESPACE)
  else()
    execute_process(COMMAND ${wrapper} -show OUTPUT_VARIABLE line OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  separate_arguments(words UNIX_COMMAND "${line}")
  list(FILTER words INCLUDE REGEX "^-")
  set(includes ${words})
  list(FILTER includes INCLUDE REGEX "^-I")
  list(TRANSFORM includes REPLACE "^-I" "")
  set(folders ${words})
  list(FILTER folders INCLUDE REGEX "^-L")
  list(TRANSFORM folders REPLACE "^-L" "")
  list(REMOVE_ITEM folders ${CMAKE_C_IMPLICIT_LINK_DIRECTORIES})
  list(FILTER words INCLUDE REGEX "^-(L|l|Wl,)")

  add_library(pn_mpi_${family} INTERFACE)
  target_include_directories(pn_mpi_${family} SYSTEM INTERFACE ${includes})
  target_link_libraries(pn_mpi_${family} INTERFACE ${words})

  pn_plugin(mpi-${family} ${PROJECT_SOURCE_DIR}/src/comm/plugin/mpi.c
            ${PROJECT_SOURCE_DIR}/src/comm/witness.c)
  set_target_properties(panache-mpi-${family} PROPERTIES INSTALL_RPATH "${folders}"
                        BUILD_WITH_INSTALL_RPATH ON)
  target_link_libraries(panache-mpi-${family} PRIVATE pn_mpi_${family})
endfunction()

set(wrappers ${PANACHE_MPICC})
if(NOT wrappers)
  foreach(candidate mpicc.openmpi mpicc.mpich mpicc)
    find_program(wrapper_${candidate} ${candidate})
    if(wrapper_${candidate})
      list(APPEND wrappers ${wrapper_${candidate}})
    endif()
  endforeach()
endif()
set(PANACHE_MPI_FAMILIES "")
foreach(wrapper ${wrappers})
  pn_mpi_family(${wrapper} family)
  if(family AND NOT family IN_LIST PANACHE_MPI_FAMILIES)
    pn_mpi_plugin(${wrapper} ${family})
    list(APPEND PANACHE_MPI_FAMILIES ${family})
    message(STATUS "MPI plug-in ${family}: ${wrapper}")
  endif()
endforeach()
if(NOT PANACHE_MPI_FAMILIES)
  message(STATUS "No MPI compiler wrapper found: only single-process runs will be possible")
endif()
