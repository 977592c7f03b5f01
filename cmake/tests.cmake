# SPDX-License-Identifier: BSD-3-Clause
# Everything CTest runs. Labels: unit (one process, no MPI), mpi, slurm, cli, source (the state of the
# source files and of the tools), and small for the MPI and command-line tests that are quick enough
# to be repeated in every build.

pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka) # unit tests: plain C, in every distribution

# pn_test_program(name source libraries...): linked with everything the program is made of.
function(pn_test_program name source)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE pn_job pn_machines pn_report ${ARGN})
endfunction()

file(GLOB unit_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/test_*.c)
foreach(source ${unit_tests})
  get_filename_component(name ${source} NAME_WE)
  pn_test_program(${name} ${source} PkgConfig::CMOCKA)
  add_test(NAME unit/${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(unit/${name} PROPERTIES LABELS unit TIMEOUT 300)
endforeach()

# Functions of the system that the test has of its own.
target_link_options(test_large_pages PRIVATE -Wl,--wrap=sysconf,--wrap=mmap,--wrap=mprotect,--wrap=munmap)

# Libraries of a driver for machines without one: what a driver says can be tested on any machine.
set(PANACHE_STUBS ${PROJECT_BINARY_DIR}/stubs)
add_library(stub_nvml SHARED ${PROJECT_SOURCE_DIR}/tests/stubs/nvml.c)
target_link_libraries(stub_nvml PRIVATE pn_settings)
set_target_properties(stub_nvml PROPERTIES OUTPUT_NAME nvidia-ml SOVERSION 1
                      LIBRARY_OUTPUT_DIRECTORY ${PANACHE_STUBS}/hot)
add_library(stub_cuda_driver SHARED ${PROJECT_SOURCE_DIR}/tests/stubs/cuda_driver.c)
target_link_libraries(stub_cuda_driver PRIVATE pn_settings)
set_target_properties(stub_cuda_driver PROPERTIES OUTPUT_NAME cuda SOVERSION 1
                      LIBRARY_OUTPUT_DIRECTORY ${PANACHE_STUBS}/driver)
foreach(maker cuda hip)
  add_library(stub_${maker}_plugin MODULE ${PROJECT_SOURCE_DIR}/tests/stubs/cuda_plugin.c)
  target_link_libraries(stub_${maker}_plugin PRIVATE pn_compute)
  set_target_properties(stub_${maker}_plugin PROPERTIES PREFIX "" OUTPUT_NAME panache-${maker}
                        LIBRARY_OUTPUT_DIRECTORY ${PANACHE_STUBS}/plugin)
endforeach()
add_library(stub_transport SHARED ${PROJECT_SOURCE_DIR}/tests/stubs/transport.c)
target_link_libraries(stub_transport PRIVATE pn_settings)
set_target_properties(stub_transport PROPERTIES OUTPUT_NAME mpi_gtl_cuda
                      LIBRARY_OUTPUT_DIRECTORY ${PANACHE_STUBS}/transport)
add_library(stub_cray SHARED ${PROJECT_SOURCE_DIR}/tests/stubs/cray.c)
target_link_libraries(stub_cray PRIVATE pn_settings)
set_target_properties(stub_cray PROPERTIES OUTPUT_NAME cray
                      LIBRARY_OUTPUT_DIRECTORY ${PANACHE_STUBS}/cray)
# BLAS libraries with a fault each, in folders named after it.
foreach(fault none slow product solve nan unsafe crash hang illegal serial pool emulated)
  list(APPEND blas_stubs stub_blas_${fault})
  add_library(stub_blas_${fault} SHARED ${PROJECT_SOURCE_DIR}/tests/stubs/blas.c)
  target_link_libraries(stub_blas_${fault} PRIVATE pn_settings)
  target_compile_definitions(stub_blas_${fault} PRIVATE STUB_FAULT="${fault}")
  set_target_properties(stub_blas_${fault} PROPERTIES OUTPUT_NAME openblas SOVERSION 0
                        LIBRARY_OUTPUT_DIRECTORY ${PANACHE_STUBS}/blas/${fault})
endforeach()
add_dependencies(test_blas ${blas_stubs})
add_dependencies(test_blas_choose ${blas_stubs})
add_dependencies(test_kept_bits ${blas_stubs})
# Libraries of 16-bit products, likewise.
foreach(fault none product sums status)
  add_library(stub_half_${fault} SHARED ${PROJECT_SOURCE_DIR}/tests/stubs/half.c)
  target_link_libraries(stub_half_${fault} PRIVATE pn_settings)
  target_compile_definitions(stub_half_${fault} PRIVATE STUB_FAULT="${fault}")
  set_target_properties(stub_half_${fault} PROPERTIES OUTPUT_NAME dnnl SOVERSION 2
                        LIBRARY_OUTPUT_DIRECTORY ${PANACHE_STUBS}/half/${fault})
  add_dependencies(test_half stub_half_${fault})
endforeach()
set_tests_properties(unit/test_half PROPERTIES ENVIRONMENT PANACHE_STUBS=${PANACHE_STUBS})
set_tests_properties(unit/test_blas unit/test_blas_choose unit/test_kept_bits PROPERTIES ENVIRONMENT PANACHE_STUBS=${PANACHE_STUBS})
set_tests_properties(unit/test_device_errors PROPERTIES SKIP_RETURN_CODE 77 ENVIRONMENT
                     "LD_LIBRARY_PATH=${PANACHE_STUBS}/driver;PANACHE_PLUGINS=${PANACHE_PLUGIN_DIR}")
add_dependencies(test_device_errors stub_cuda_driver)
set_tests_properties(unit/test_power PROPERTIES
                     ENVIRONMENT LD_LIBRARY_PATH=${PANACHE_STUBS}/hot)
add_dependencies(test_power stub_nvml)

# The tests of the compute seam once more on a CUDA device; skipped, by name, where there is none.
set(PANACHE_SEAM_TESTS test_compute_single test_compute_rows test_compute_update test_compute_panel test_compute_residual)
foreach(name ${PANACHE_SEAM_TESTS})
  pn_test_program(cuda_${name} ${PROJECT_SOURCE_DIR}/tests/unit/${name}.c PkgConfig::CMOCKA)
  target_compile_definitions(cuda_${name} PRIVATE PN_TEST_CUDA)
  add_test(NAME cuda/${name} COMMAND cuda_${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(cuda/${name} PROPERTIES LABELS "unit;cuda" TIMEOUT 300 SKIP_RETURN_CODE 77
                       ENVIRONMENT PANACHE_PLUGINS=${PANACHE_PLUGIN_DIR})
endforeach()

include(${CMAKE_CURRENT_LIST_DIR}/mpi-tests.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/emulate.cmake)

# A case is a file in tests/cli/cases; `tests/cli/run CASE...` runs and compares it.
if(TARGET panache AND EXISTS ${PROJECT_SOURCE_DIR}/tests/cli/run)
  file(GLOB cases CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/cli/cases/*)
  foreach(case ${cases})
    get_filename_component(name ${case} NAME_WE)
    add_test(NAME cli/${name} COMMAND ${PROJECT_SOURCE_DIR}/tests/cli/run ${case})
    set_tests_properties(cli/${name} PROPERTIES LABELS "cli;small" TIMEOUT 300
                         ENVIRONMENT
                         "PANACHE=$<TARGET_FILE:panache>;PANACHE_STUBS=${PANACHE_STUBS}")
  endforeach()
  # The longest three are not repeated in every build; what they call has unit tests there. A
  # library that is loaded before all others (cli/transport) is none for a build with sanitizers.
  # A sanitizer takes more addresses than cli/limits leaves.
  set_tests_properties(cli/probe cli/screen cli/shares cli/transport cli/limits PROPERTIES LABELS cli)
  # What ranks reach is compared.
  set_tests_properties(cli/screen cli/unlike PROPERTIES RUN_SERIAL ON)
endif()

if(TARGET panache)
  add_test(NAME cli/readme COMMAND ${PROJECT_SOURCE_DIR}/tests/cli/readme)
  set_tests_properties(cli/readme PROPERTIES LABELS cli TIMEOUT 900
                       ENVIRONMENT PANACHE=$<TARGET_FILE:panache>)
  add_test(NAME cli/live COMMAND ${PROJECT_SOURCE_DIR}/tests/cli/live)
  set_tests_properties(cli/live PROPERTIES LABELS cli TIMEOUT 600 SKIP_RETURN_CODE 77
                       ENVIRONMENT PANACHE=$<TARGET_FILE:panache>)
endif()

# pn_script_test(name command...)
function(pn_script_test name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS source TIMEOUT 120 SKIP_RETURN_CODE 77)
endfunction()

pn_script_test(source/rules ${PROJECT_SOURCE_DIR}/tools/check-source)
pn_script_test(source/format ${PROJECT_SOURCE_DIR}/tools/format --check)
pn_script_test(tools/check-source ${PROJECT_SOURCE_DIR}/tests/tools/check-source)
pn_script_test(tools/deps ${PROJECT_SOURCE_DIR}/tests/tools/deps)
pn_script_test(source/packaging ${PROJECT_SOURCE_DIR}/tools/check-package --recipes)
pn_script_test(tools/configure ${PROJECT_SOURCE_DIR}/tests/tools/configure)
pn_script_test(tools/compare ${PROJECT_SOURCE_DIR}/tests/tools/compare)
if(TARGET panache)
  pn_script_test(tools/install ${PROJECT_SOURCE_DIR}/tests/tools/install ${PROJECT_BINARY_DIR})
endif()

# An emulated processor takes its time.
if(CMAKE_CROSSCOMPILING)
  get_property(all_tests DIRECTORY PROPERTY TESTS)
  set_tests_properties(${all_tests} PROPERTIES TIMEOUT 1500)
endif()
