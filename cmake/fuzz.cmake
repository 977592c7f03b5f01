# SPDX-License-Identifier: BSD-3-Clause
# The fuzzing build: every tests/fuzz/fuzz_NAME.c becomes a program of libFuzzer, fuzz/NAME, with
# the address and undefined-behaviour sanitizers; CTest runs each on its seeds and a little beyond,
# the same inputs each time; `make fuzz FUZZ=10m` looks for new ones. Nothing else is built.
if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "PANACHE_FUZZ needs clang with its run-time libraries (Debian: clang and "
                      "libclang-rt-14-dev); the compiler is ${CMAKE_C_COMPILER_ID}. Pass "
                      "-DCMAKE_C_COMPILER=clang.")
endif()
find_program(PANACHE_BASH bash REQUIRED)

file(GLOB harnesses CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
foreach(source ${harnesses})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source} ${PROJECT_SOURCE_DIR}/tests/fuzz/memory_file.c)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz)
  target_link_libraries(${name} PRIVATE pn_job pn_machines pn_report)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  string(REPLACE fuzz_ "" subject ${name})
  add_test(NAME fuzz/${subject} COMMAND ${PANACHE_BASH} ${PROJECT_SOURCE_DIR}/tests/fuzz/run
           --build ${PROJECT_BINARY_DIR} --runs 20000 ${subject})
  set_tests_properties(fuzz/${subject} PROPERTIES LABELS fuzz TIMEOUT 120)
endforeach()
