# SPDX-License-Identifier: BSD-3-Clause
# Tests that run under an MPI launcher: every tests/mpi/test_*.c for several numbers of ranks (its
# argument, so that a run of single processes fails) and every MPI that has a plug-in. Ranks may
# outnumber the processors; Open MPI wants to be told so, and that a container's root may run it.
# MPI libraries leave memory behind when they end; what is ours is watched in the unit tests.
set(PANACHE_TEST_RANKS 1 2 3 4 7 16 CACHE STRING "Numbers of ranks of the tests under MPI")
set(launch_environment OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    OMPI_MCA_rmaps_base_oversubscribe=1 ASAN_OPTIONS=detect_leaks=0)

foreach(family ${PANACHE_MPI_FAMILIES})
  find_program(PANACHE_MPIRUN_${family} NAMES mpirun.${family} mpirun REQUIRED)
endforeach()

# pn_mpi_test(name words...): a test that starts ranks, with this environment and a limit of time
function(pn_mpi_test name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "${launch_environment}" TIMEOUT 120
                       LABELS mpi PROCESSORS 2)
endfunction()

file(GLOB mpi_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/mpi/test_*.c)
foreach(source ${mpi_tests})
  get_filename_component(name ${source} NAME_WE)
  add_executable(mpi_${name} ${source})
  target_link_libraries(mpi_${name} PRIVATE pn_run pn_report)
  foreach(family ${PANACHE_MPI_FAMILIES})
    set(numbers ${PANACHE_TEST_RANKS})
    if(family STREQUAL mpich AND openmpi IN_LIST PANACHE_MPI_FAMILIES)
      list(REMOVE_ITEM numbers 7) # it waits by turning: seven ranks of it show what Open MPI's do, later
    endif()
    foreach(ranks ${numbers})
      pn_mpi_test(mpi/${name}/${family}/${ranks} ${PANACHE_MPIRUN_${family}} -np ${ranks}
                  $<TARGET_FILE:mpi_${name}> ${ranks})
      set_tests_properties(mpi/${name}/${family}/${ranks} PROPERTIES PROCESSORS ${ranks})
      if(ranks EQUAL 3) # repeated in every build
        set_tests_properties(mpi/${name}/${family}/${ranks} PROPERTIES LABELS "mpi;small")
      endif()
    endforeach()
  endforeach()
endforeach()

add_executable(faller ${PROJECT_SOURCE_DIR}/tests/mpi/faller.c)
target_link_libraries(faller PRIVATE pn_run)
foreach(family ${PANACHE_MPI_FAMILIES})
  foreach(case killed aborted absent apart mute stopped looping circle slow none foreign guessed cramped missing)
    pn_mpi_test(mpi/failures/${family}/${case} ${PROJECT_SOURCE_DIR}/tests/mpi/failures.sh
                ${PANACHE_MPIRUN_${family}} $<TARGET_FILE:faller> ${PANACHE_PLUGIN_DIR} ${case})
    # They wait for somebody, and work little.
    set_tests_properties(mpi/failures/${family}/${case} PROPERTIES PROCESSORS 1)
  endforeach()
  set_tests_properties(mpi/failures/${family}/cramped PROPERTIES SKIP_RETURN_CODE 77)
endforeach()

# A Slurm that the test starts itself; skipped where its daemons are not installed.
if(TARGET panache AND PANACHE_MPI_FAMILIES)
  pn_mpi_test(slurm/launch ${PROJECT_SOURCE_DIR}/tests/slurm/launch $<TARGET_FILE:panache>
              ${PANACHE_MPI_FAMILIES})
  set_tests_properties(slurm/launch PROPERTIES LABELS slurm TIMEOUT 300 SKIP_RETURN_CODE 77
                       PROCESSORS 1) # it waits for daemons
endif()

if(TARGET panache)
  foreach(family ${PANACHE_MPI_FAMILIES})
    foreach(case command matrix options hosts crowded)
      pn_mpi_test(mpi/alike/${family}/${case} ${PROJECT_SOURCE_DIR}/tests/mpi/alike.sh
                  ${PANACHE_MPIRUN_${family}} $<TARGET_FILE:panache> ${case})
      set_tests_properties(mpi/alike/${family}/${case} PROPERTIES SKIP_RETURN_CODE 77)
    endforeach()
  endforeach()
endif()

if(TARGET panache)
  foreach(family ${PANACHE_MPI_FAMILIES})
    foreach(rank 0 2)
      pn_mpi_test(mpi/frozen/${family}/${rank} ${PROJECT_SOURCE_DIR}/tests/mpi/frozen.sh
                  ${PANACHE_MPIRUN_${family}} $<TARGET_FILE:panache> ${rank})
      set_tests_properties(mpi/frozen/${family}/${rank} PROPERTIES PROCESSORS 1)
    endforeach()
  endforeach()
endif()
