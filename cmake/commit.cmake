# SPDX-License-Identifier: BSD-3-Clause
# The commit that the program was built from, for `panache version`: looked up at each build, since
# a commit changes no file that is compiled, and written only where it changed. PANACHE_COMMIT names
# it where there is no repository, as in a package.
set(PANACHE_COMMIT "" CACHE STRING "Commit to name; empty: that of the repository, if there is one")
if(CMAKE_SCRIPT_MODE_FILE)
  set(commit "${PANACHE_COMMIT}")
  if(NOT commit)
    execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=*
                    WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit ERROR_QUIET
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  if(NOT commit)
    set(commit "unknown")
  endif()
  file(CONFIGURE OUTPUT ${HEADER} CONTENT "#define PANACHE_COMMIT \"${commit}\"\n")
  return()
endif()
set(commit_header ${PROJECT_BINARY_DIR}/generated/commit.h)
add_custom_target(commit-header BYPRODUCTS ${commit_header}
                  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DHEADER=${commit_header}
                          -DPANACHE_COMMIT=${PANACHE_COMMIT} -P ${CMAKE_CURRENT_LIST_FILE})
add_dependencies(panache commit-header)
target_include_directories(panache PRIVATE ${PROJECT_BINARY_DIR}/generated)
