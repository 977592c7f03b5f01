# SPDX-License-Identifier: BSD-3-Clause
# A plug-in is a shared object named panache-<name>.so that the program opens at run time. It lies
# in lib/panache beside the program in the build tree and in the library folder once installed, and
# takes what it shares with the program (messages, clock, ...) from the program itself.
#
# pn_plugin(name source...): link the library that the plug-in is for with target_link_libraries.
function(pn_plugin name)
  set(target panache-${name})
  add_library(${target} MODULE ${ARGN})
  target_link_libraries(${target} PRIVATE pn_settings)
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so"
                        LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/panache)
  install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/panache)
endfunction()
