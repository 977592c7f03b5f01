# SPDX-License-Identifier: BSD-3-Clause
# Removes what the last `make install` put in place, by the list that it left in the build folder
# (-DBUILD=folder, ./build if not given), and the folders of that name that are then empty. DESTDIR
# means the same as for the installation.

if(NOT BUILD)
  set(BUILD ${CMAKE_CURRENT_LIST_DIR}/../build)
endif()
set(manifest ${BUILD}/install_manifest.txt)
if(NOT EXISTS ${manifest})
  message(FATAL_ERROR "Nothing to uninstall: there is no ${manifest}, which an installation leaves.")
endif()
file(STRINGS ${manifest} files)
foreach(file ${files})
  message(STATUS "Removing $ENV{DESTDIR}${file}")
  file(REMOVE $ENV{DESTDIR}${file})
  get_filename_component(folder $ENV{DESTDIR}${file} DIRECTORY)
  if(folder MATCHES "/panache$")
    execute_process(COMMAND rmdir ${folder} ERROR_QUIET) # refused, rightly, while it is not empty
  endif()
endforeach()
file(REMOVE ${manifest})
