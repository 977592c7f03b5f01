# SPDX-License-Identifier: BSD-3-Clause
# The CUDA sources on a device that exists nowhere (tests/emulate): compiled as C++ with the calls of
# a thread sanitizer, for which the emulation has functions of its own, into a plug-in that the tests
# open in the place of the real one. It needs a C++ compiler, and no toolkit.
#
# PANACHE_EMULATE_DIR: the folder of that plug-in in the build tree; empty where it is not built.
set(PANACHE_EMULATE_DIR "")
if(PANACHE_THREAD)
  return() # whose calls are its own
endif()
if(CMAKE_C_COMPILER_ID MATCHES "Clang" AND NOT CMAKE_CXX_COMPILER AND NOT DEFINED ENV{CXX})
  get_filename_component(folder ${CMAKE_C_COMPILER} DIRECTORY)
  find_program(PANACHE_CLANGXX clang++ HINTS ${folder}) # the one that belongs to the C compiler
  mark_as_advanced(PANACHE_CLANGXX)
  if(PANACHE_CLANGXX)
    set(CMAKE_CXX_COMPILER ${PANACHE_CLANGXX})
  endif()
endif()
include(CheckLanguage)
check_language(CXX)
if(NOT CMAKE_CXX_COMPILER)
  message(STATUS "No C++ compiler found: the CUDA sources are not tested on an emulated device")
  return()
endif()
enable_language(CXX)
set(PANACHE_EMULATE_DIR ${PROJECT_BINARY_DIR}/emulate)

# Without CMake's own choice of optimisation: what is checked are the accesses that a source makes.
set(CMAKE_CXX_FLAGS_RELEASE "")
set(CMAKE_CXX_FLAGS_DEBUG "")
add_library(emulate_settings INTERFACE)
target_compile_features(emulate_settings INTERFACE cxx_std_17)
target_include_directories(emulate_settings INTERFACE ${PROJECT_SOURCE_DIR}/src
                           ${PROJECT_SOURCE_DIR}/tests/emulate/toolkit)
target_compile_options(emulate_settings INTERFACE -g -fvisibility=hidden -Wall -Wextra -Werror)
target_link_libraries(emulate_settings INTERFACE Threads::Threads ${CMAKE_DL_LIBS})

file(GLOB parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/emulate/*.cpp)
add_library(emulate_device OBJECT ${parts})
target_link_libraries(emulate_device PRIVATE emulate_settings)
target_compile_options(emulate_device PRIVATE -O2)

# Sources of kernels: every load and store announces itself.
add_library(emulate_checked INTERFACE)
target_link_libraries(emulate_checked INTERFACE emulate_settings)
target_compile_options(emulate_checked INTERFACE -O1 -fsanitize=thread -Wno-unknown-pragmas)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(emulate_checked INTERFACE -Wno-tsan)
endif()

file(GLOB cuda_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/compute/cuda/*.cu)
set_source_files_properties(${cuda_sources} ${PROJECT_SOURCE_DIR}/tests/emulate/faults.cu
                            PROPERTIES LANGUAGE CXX)
add_library(emulate_cuda OBJECT ${cuda_sources})
target_link_libraries(emulate_cuda PRIVATE emulate_checked)

add_library(emulate_plugin MODULE $<TARGET_OBJECTS:emulate_cuda> $<TARGET_OBJECTS:emulate_device>)
target_link_libraries(emulate_plugin PRIVATE pn_base)
target_link_options(emulate_plugin PRIVATE -Wl,--exclude-libs,ALL)
set_target_properties(emulate_plugin PROPERTIES PREFIX "" OUTPUT_NAME panache-cuda LINKER_LANGUAGE CXX
                      LIBRARY_OUTPUT_DIRECTORY ${PANACHE_EMULATE_DIR})

# The same sources by way of HIP (src/compute/hip), on the same device. It has rocBLAS in itself.
file(GLOB hip_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/compute/hip/*.cpp)
add_library(emulate_hip_blas OBJECT ${hip_sources})
target_link_libraries(emulate_hip_blas PRIVATE emulate_settings)
add_library(emulate_hip_cuda OBJECT ${cuda_sources})
target_link_libraries(emulate_hip_cuda PRIVATE emulate_checked)
foreach(part emulate_hip_blas emulate_hip_cuda)
  target_include_directories(${part} BEFORE PRIVATE ${PROJECT_SOURCE_DIR}/src/compute/hip
                             ${PROJECT_SOURCE_DIR}/tests/emulate/hip)
endforeach()
add_library(emulate_rocblas OBJECT ${PROJECT_SOURCE_DIR}/tests/emulate/hip/rocblas.cpp)
target_link_libraries(emulate_rocblas PRIVATE emulate_settings)

add_library(emulate_hip_plugin MODULE $<TARGET_OBJECTS:emulate_hip_cuda> $<TARGET_OBJECTS:emulate_hip_blas>
            $<TARGET_OBJECTS:emulate_rocblas> $<TARGET_OBJECTS:emulate_device>)
target_link_libraries(emulate_hip_plugin PRIVATE pn_base)
target_link_options(emulate_hip_plugin PRIVATE -Wl,--exclude-libs,ALL)
set_target_properties(emulate_hip_plugin PROPERTIES PREFIX "" OUTPUT_NAME panache-hip LINKER_LANGUAGE CXX
                      LIBRARY_OUTPUT_DIRECTORY ${PANACHE_EMULATE_DIR})

# That it finds what it is for, and is silent about what is right.
add_library(emulate_faults_object OBJECT ${PROJECT_SOURCE_DIR}/tests/emulate/faults.cu)
target_link_libraries(emulate_faults_object PRIVATE emulate_checked)
add_executable(emulate_faults $<TARGET_OBJECTS:emulate_faults_object>
               $<TARGET_OBJECTS:emulate_device>)
target_link_libraries(emulate_faults PRIVATE Threads::Threads ${CMAKE_DL_LIBS})

# The tests of the compute seam on it, with 1 to 3 multiprocessors and several seeds (0: everything
# as late as can be), and whole runs. None of them is skipped: a device that cannot be opened fails.
set(emulate_environment LD_LIBRARY_PATH=${PANACHE_STUBS}/driver
    PANACHE_ROCBLAS=${PANACHE_EMULATE_DIR}/panache-hip.so
    PANACHE_PLUGINS=${PANACHE_EMULATE_DIR}:${PANACHE_PLUGIN_DIR})

# pn_emulate_test(name command...)
function(pn_emulate_test name)
  add_test(NAME emulate/${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(emulate/${name} PROPERTIES LABELS emulate TIMEOUT 300
                       ENVIRONMENT "${emulate_environment};${launch_environment}")
endfunction()

pn_emulate_test(faults $<TARGET_FILE:emulate_faults>)
foreach(name ${PANACHE_SEAM_TESTS})
  set(seeds 0 1 2 3 4 5)
  if(name STREQUAL test_compute_panel) # as long as all others together
    set(seeds 0 1 2)
  endif()
  foreach(seed ${seeds})
    math(EXPR processors "${seed} % 3 + 1")
    pn_emulate_test(${name}/${seed} ${CMAKE_COMMAND} -E env PANACHE_EMULATE_SEED=${seed}
                    PANACHE_EMULATE_PROCESSORS=${processors} $<TARGET_FILE:cuda_${name}>)
  endforeach()
endforeach()

foreach(name test_compute_rows test_compute_update)
  pn_emulate_test(overflow/${name} ${CMAKE_COMMAND} -E env PANACHE_EMULATE_SEED=4
                  PANACHE_TEST_OVERFLOW=1 $<TARGET_FILE:cuda_${name}>)
endforeach()

if(TARGET panache)
  set(runs ${PROJECT_SOURCE_DIR}/tests/emulate/runs $<TARGET_FILE:panache>)
  pn_emulate_test(runs/alone ${runs} alone)
  pn_emulate_test(runs/hip ${runs} hip)
  pn_emulate_test(runs/emulated ${runs} emulated)
  pn_emulate_test(runs/held ${runs} held)
  pn_emulate_test(runs/breaks ${runs} breaks)
  pn_emulate_test(runs/overflow ${runs} overflow)
  foreach(family ${PANACHE_MPI_FAMILIES})
    foreach(kind grid unlike joint overflow)
      pn_emulate_test(runs/${kind}/${family} ${runs} ${kind} ${PANACHE_MPIRUN_${family}})
      set_tests_properties(emulate/runs/${kind}/${family} PROPERTIES PROCESSORS 2)
    endforeach()
  endforeach()
endif()

if(TARGET panache AND PANACHE_MPI_FAMILIES)
  list(GET PANACHE_MPI_FAMILIES 0 family)
  pn_emulate_test(runs/makers ${runs} makers ${PANACHE_MPIRUN_${family}})
  pn_emulate_test(runs/mxp ${runs} mxp ${PANACHE_MPIRUN_${family}})
  set_tests_properties(emulate/runs/makers emulate/runs/mxp PROPERTIES PROCESSORS 2)
endif()

# Pauses in mid-run and columns that change hands, between devices and between these and processors,
# and panels of both: the tests of a test backend, opened by another name.
if(PANACHE_MPI_FAMILIES)
  list(GET PANACHE_MPI_FAMILIES 0 family)
  foreach(name test_migrate test_moves test_panel)
    add_executable(emulate_${name} ${PROJECT_SOURCE_DIR}/tests/mpi/${name}.c
                   ${PROJECT_SOURCE_DIR}/tests/emulate/open_emulated.c)
    target_compile_definitions(emulate_${name} PRIVATE pn_compute_deferred_open=pn_emulated_open
                               pn_compute_deferred_open=pn_emulated_open)
    target_link_libraries(emulate_${name} PRIVATE pn_run pn_report)
    pn_emulate_test(${name} ${PANACHE_MPIRUN_${family}} -np 3 $<TARGET_FILE:emulate_${name}> 3)
    set_tests_properties(emulate/${name} PROPERTIES PROCESSORS 2)
  endforeach()
endif()
