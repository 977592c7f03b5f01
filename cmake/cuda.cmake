# SPDX-License-Identifier: BSD-3-Clause
# The plug-in for CUDA devices, lib/panache/panache-cuda.so, where nvcc is installed: machine code
# for every architecture of the list below that this nvcc knows, and the newest of them in a form
# that drivers of later devices can translate. CMake's own CUDA language is left alone, because it
# would try the compiler in every configuration; nothing here runs on a device.
# PANACHE_CUDA_ARCHITECTURES: fewer of them, to build faster.
if(PANACHE_CUDA STREQUAL OFF)
  return()
endif()
find_program(PANACHE_NVCC nvcc HINTS /usr/local/cuda/bin ENV CUDA_HOME PATH_SUFFIXES bin)
set(PANACHE_CUDA_KNOWN 70 75 80 86 89 90 100 120)
set(PANACHE_CUDA_ARCHITECTURES ${PANACHE_CUDA_KNOWN} CACHE STRING
    "Compute capabilities that the CUDA plug-in is built for, where nvcc knows them")

# Those wanted that nvcc lists, as its arguments.
function(pn_cuda_targets result)
  execute_process(COMMAND ${PANACHE_NVCC} --list-gpu-arch OUTPUT_VARIABLE listed)
  set(arguments "")
  foreach(number ${PANACHE_CUDA_ARCHITECTURES})
    if(listed MATCHES "compute_${number}(\n|$)")
      list(APPEND arguments -gencode arch=compute_${number},code=sm_${number})
      set(newest ${number})
    endif()
  endforeach()
  if(NOT arguments)
    message(FATAL_ERROR "${PANACHE_NVCC} knows none of the architectures "
                        "${PANACHE_CUDA_ARCHITECTURES} (PANACHE_CUDA_ARCHITECTURES).")
  endif()
  list(APPEND arguments -gencode arch=compute_${newest},code=compute_${newest})
  set(${result} ${arguments} PARENT_SCOPE)
endfunction()

if(NOT PANACHE_NVCC)
  pn_feature_missing(CUDA "no nvcc was found")
  return()
endif()
get_filename_component(toolkit ${PANACHE_NVCC} REALPATH)
get_filename_component(toolkit ${toolkit} DIRECTORY)
find_library(PANACHE_CUBLAS cublas HINTS ${toolkit}/../lib64 ${toolkit}/../lib)
if(NOT PANACHE_CUBLAS)
  pn_feature_missing(CUDA "no cuBLAS was found beside ${PANACHE_NVCC}")
  return()
endif()
pn_cuda_targets(targets)
message(STATUS "CUDA plug-in: ${PANACHE_NVCC}, ${targets}")

# Of the plug-in's files those with kernels are compiled for every architecture, the others once.
set(kernels cuda_memory cuda_rows cuda_update cuda_base cuda_joint_base cuda_triangle cuda_residual cuda_single cuda_plain)
set(flags -std=c++17 -O3 -I${PROJECT_SOURCE_DIR}/src -Wno-deprecated-gpu-targets
    -Xcompiler -Wall,-Wextra,-fPIC,-fvisibility=hidden)
if(PANACHE_WERROR)
  list(APPEND flags --Werror all-warnings -Xcompiler -Werror)
endif()
set(objects "")
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/compute/cuda/*.cu)
foreach(source ${sources})
  get_filename_component(name ${source} NAME_WE)
  set(object ${PROJECT_BINARY_DIR}/cuda/${name}.o)
  if(name IN_LIST kernels)
    set(how ${targets} --threads 0)
  else()
    set(how -x c++)
  endif()
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/cuda
    COMMAND ${PANACHE_NVCC} ${flags} ${how} -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d COMMENT "Building CUDA object ${name}" VERBATIM)
  list(APPEND objects ${object})
endforeach()

# Only cuBLAS is shared: the runtime comes along, and finds the driver when it is called.
# pn_cuda_link(plugin options...)
function(pn_cuda_link plugin)
  add_custom_command(
    OUTPUT ${plugin}
    COMMAND ${PANACHE_NVCC} -shared -o ${plugin} ${objects} $<TARGET_FILE:pn_base> ${PANACHE_CUBLAS}
            ${ARGN} -Xlinker --exclude-libs,ALL -ldl -lpthread
    DEPENDS ${objects} pn_base COMMENT "Linking CUDA plug-in" VERBATIM)
endfunction()

# The one to install is found by the system's own search, unless paths are asked for.
get_filename_component(library_folder ${PANACHE_CUBLAS} DIRECTORY)
set(search_path -Xlinker -rpath,${library_folder})
pn_cuda_link(${PANACHE_PLUGIN_DIR}/panache-cuda.so ${search_path})
set(installed ${PANACHE_PLUGIN_DIR}/panache-cuda.so)
if(NOT CMAKE_INSTALL_RPATH_USE_LINK_PATH)
  set(installed ${PROJECT_BINARY_DIR}/cuda/panache-cuda.so)
  pn_cuda_link(${installed})
endif()
add_custom_target(panache-cuda ALL DEPENDS ${PANACHE_PLUGIN_DIR}/panache-cuda.so ${installed})
install(FILES ${installed} DESTINATION ${CMAKE_INSTALL_LIBDIR}/panache)
