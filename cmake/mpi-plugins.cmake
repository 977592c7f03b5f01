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

# The words with which a wrapper of that family calls its compiler.
function(pn_mpi_words wrapper family result)
  if(family STREQUAL openmpi)
    set(question --showme)
  else()
    set(question -show)
  endif()
  execute_process(COMMAND ${wrapper} ${question} OUTPUT_VARIABLE line
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${result} "${line}" PARENT_SCOPE)
endfunction()

# Makes pn_mpi_<family>, to link with that MPI, and the plug-in; line: the flags for its compiler.
# An installed plug-in finds its MPI as every program of that MPI does; where that is by paths in
# the program (Spack, EasyBuild), CMAKE_INSTALL_RPATH_USE_LINK_PATH says so.
function(pn_mpi_plugin family line)
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
            ${PROJECT_SOURCE_DIR}/src/comm/witness.c ${PROJECT_SOURCE_DIR}/src/comm/peer.c)
  set_target_properties(panache-mpi-${family} PROPERTIES BUILD_RPATH "${folders}")
  if(CMAKE_INSTALL_RPATH_USE_LINK_PATH)
    set_target_properties(panache-mpi-${family} PROPERTIES INSTALL_RPATH "${folders}")
  endif()
  target_link_libraries(panache-mpi-${family} PRIVATE pn_mpi_${family})
endfunction()

# A wrapper is a program of this machine: for another one pkg-config tells the flags.
function(pn_mpi_by_pkg_config)
  foreach(module ompi-c:openmpi mpich:mpich)
    string(REGEX MATCH "(.*):(.*)" module ${module})
    execute_process(COMMAND ${PKG_CONFIG_EXECUTABLE} --cflags --libs ${CMAKE_MATCH_1}
                    OUTPUT_VARIABLE line RESULT_VARIABLE status ERROR_QUIET
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(status EQUAL 0)
      pn_mpi_plugin(${CMAKE_MATCH_2} "${line}")
      list(APPEND PANACHE_MPI_FAMILIES ${CMAKE_MATCH_2})
    endif()
  endforeach()
  set(PANACHE_MPI_FAMILIES ${PANACHE_MPI_FAMILIES} PARENT_SCOPE)
endfunction()

function(pn_mpi_by_wrappers)
  set(wrappers ${PANACHE_MPICC})
  if(NOT wrappers)
    foreach(candidate mpicc.openmpi mpicc.mpich mpicc)
      find_program(wrapper_${candidate} ${candidate})
      if(wrapper_${candidate})
        list(APPEND wrappers ${wrapper_${candidate}})
      endif()
    endforeach()
  endif()
  foreach(wrapper ${wrappers})
    pn_mpi_family(${wrapper} family)
    if(family AND NOT family IN_LIST PANACHE_MPI_FAMILIES)
      pn_mpi_words(${wrapper} ${family} line)
      pn_mpi_plugin(${family} "${line}")
      list(APPEND PANACHE_MPI_FAMILIES ${family})
      message(STATUS "MPI plug-in ${family}: ${wrapper}")
    endif()
  endforeach()
  set(PANACHE_MPI_FAMILIES ${PANACHE_MPI_FAMILIES} PARENT_SCOPE)
endfunction()

set(PANACHE_MPI_FAMILIES "")
if(PANACHE_MPI STREQUAL OFF)
  message(STATUS "PANACHE_MPI is OFF: only single-process runs will be possible")
elseif(CMAKE_CROSSCOMPILING AND NOT PANACHE_MPICC)
  pn_mpi_by_pkg_config()
else()
  pn_mpi_by_wrappers()
endif()
if(NOT PANACHE_MPI_FAMILIES)
  pn_feature_missing(MPI "no MPI compiler wrapper was found: only single-process runs will be possible")
endif()
