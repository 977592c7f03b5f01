# SPDX-License-Identifier: BSD-3-Clause
# Programs in tests/mpi, run under each MPI that a plug-in was built for. The second or a later line
# of a test says how many ranks it is for: "// ranks: 1 2 3 16". Ranks may outnumber the cores.

# pn_mpi_launch(kind result): the start of a command line that runs a program on the ranks that
# follow. tests/mpi/launch KIND RANKS PROGRAM... hides how the launchers differ.
set(launch ${PROJECT_SOURCE_DIR}/tests/mpi/launch)

# pn_mpi_test(program ranks...)
function(pn_mpi_test program)
  foreach(kind ${PANACHE_MPI})
    foreach(ranks ${ARGN})
      set(name mpi/${program}/${kind}/${ranks})
      add_test(NAME ${name} COMMAND ${launch} ${kind} ${ranks} $<TARGET_FILE:${program}>)
      set(labels mpi)
      if(ranks LESS_EQUAL 3)
        list(APPEND labels small)
      endif()
      # More than one rank spins on every core there is: such tests run alone.
      set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 180 PROCESSORS ${ranks})
    endforeach()
  endforeach()
endfunction()

file(GLOB mpi_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/mpi/test_*.c)
foreach(source ${mpi_tests})
  get_filename_component(name ${source} NAME_WE)
  pn_test_program(${name} ${source})
  file(STRINGS ${source} ranks REGEX "^// ranks:" LIMIT_COUNT 1)
  if(NOT ranks)
    message(FATAL_ERROR "${source} has no line like \"// ranks: 1 2 5\", which says what to run.")
  endif()
  string(REGEX MATCHALL "[0-9]+" ranks "${ranks}")
  pn_mpi_test(${name} ${ranks})
endforeach()
