# SPDX-License-Identifier: BSD-3-Clause
# One plug-in for each MPI found: panache-mpi-openmpi.so, panache-mpi-mpich.so, from the one source
# src/comm/plugin/mpi.c. The flags come from that MPI's own compiler wrapper, asked what it would
# run; only the wrapper's folders, libraries and definitions are taken, so that any compiler can be
# used. PANACHE_MPI lists the MPIs found.

set(PANACHE_MPI "")

# pn_mpi_wrapper(result kind names...): a wrapper for `kind`, or nothing. A plain `mpicc` may belong
# to either, so each candidate has to say whose it is.
function(pn_mpi_wrapper result kind)
  set(${result} "" PARENT_SCOPE)
  foreach(name ${ARGN})
    find_program(PANACHE_MPICC_${kind}_${name} ${name})
    mark_as_advanced(PANACHE_MPICC_${kind}_${name})
    set(wrapper ${PANACHE_MPICC_${kind}_${name}})
    if(wrapper)
      execute_process(COMMAND ${wrapper} --showme:version OUTPUT_VARIABLE version
                      ERROR_VARIABLE version RESULT_VARIABLE is_openmpi)
      if((kind STREQUAL openmpi AND is_openmpi EQUAL 0)
         OR (kind STREQUAL mpich AND NOT is_openmpi EQUAL 0))
        set(${result} ${wrapper} PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
endfunction()

# pn_mpi_plugin(kind wrapper question...): `question` makes the wrapper print its command lines.
function(pn_mpi_plugin kind wrapper)
  set(flags "")
  foreach(question ${ARGN})
    execute_process(COMMAND ${wrapper} ${question} OUTPUT_VARIABLE line RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "${wrapper} ${question} failed; expected the flags that it compiles with.")
    endif()
    string(APPEND flags " ${line}")
  endforeach()
  separate_arguments(flags UNIX_COMMAND "${flags}")
  list(TRANSFORM flags REPLACE "^-isystem" "-I")
  list(FILTER flags INCLUDE REGEX "^-(I|L|l|D|Wl,-rpath|pthread)")
  set(compile ${flags})
  set(link ${flags})
  list(FILTER compile INCLUDE REGEX "^-[ID]")
  list(FILTER link INCLUDE REGEX "^-(L|l|Wl|pthread)")
  list(TRANSFORM compile REPLACE "^-I" "-isystem") # no warnings from other people's headers
  list(REMOVE_DUPLICATES compile)
  list(REMOVE_DUPLICATES link)

  pn_plugin(mpi-${kind} ${PROJECT_SOURCE_DIR}/src/comm/plugin/mpi.c)
  target_compile_options(panache-mpi-${kind} PRIVATE ${compile})
  target_link_libraries(panache-mpi-${kind} PRIVATE ${link})
  set(PANACHE_MPI ${PANACHE_MPI} ${kind} PARENT_SCOPE)
endfunction()

if(EXISTS ${PROJECT_SOURCE_DIR}/src/comm/plugin/mpi.c)
  pn_mpi_wrapper(wrapper openmpi mpicc.openmpi mpicc)
  if(wrapper)
    pn_mpi_plugin(openmpi ${wrapper} --showme:compile --showme:link)
  endif()
  pn_mpi_wrapper(wrapper mpich mpicc.mpich mpicc)
  if(wrapper)
    pn_mpi_plugin(mpich ${wrapper} -show)
  endif()
  message(STATUS "MPI plug-ins: ${PANACHE_MPI}")
endif()
