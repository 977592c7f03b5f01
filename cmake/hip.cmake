# SPDX-License-Identifier: BSD-3-Clause
# The plug-in for AMD's devices, lib/panache/panache-hip.so, where hipcc is installed: the CUDA
# sources, with src/compute/hip in the place of NVIDIA's headers. rocBLAS is opened at run time and not
# needed here. For an architecture that this hipcc is too old for, the sources are compiled and thrown
# away where a newer clang is found, so that a fault shows.
# PANACHE_HIP_ARCHITECTURES: gfx90a is MI200 (Frontier, LUMI, Adastra), gfx942 MI300 (El Capitan).
if(PANACHE_HIP STREQUAL OFF)
  return()
endif()
if(CMAKE_CROSSCOMPILING)
  pn_feature_missing(HIP "this builds for another machine")
  return()
endif()
find_program(PANACHE_HIPCC hipcc HINTS ENV ROCM_PATH /opt/rocm PATH_SUFFIXES bin)
find_program(PANACHE_HIP_CLANG NAMES clang++-19 clang++-18 clang++-17)
set(PANACHE_HIP_ARCHITECTURES gfx90a gfx942 CACHE STRING
    "AMD's architectures that the HIP plug-in is built for, where hipcc knows them")
mark_as_advanced(PANACHE_HIP_CLANG)
if(NOT PANACHE_HIPCC)
  pn_feature_missing(HIP "no hipcc was found")
  return()
endif()

set(hip_flags -x hip -std=c++17 -O3 -I${PROJECT_SOURCE_DIR}/src/compute/hip -I${PROJECT_SOURCE_DIR}/src
    -fPIC -fvisibility=hidden -Wall -Wextra)
if(PANACHE_WERROR)
  list(APPEND hip_flags -Werror)
endif()

# The architectures known, as arguments, and the others.
set(hip_targets "")
set(hip_unknown "")
file(WRITE ${PROJECT_BINARY_DIR}/hip/empty.hip "__global__ void nothing() {}\n")
foreach(architecture ${PANACHE_HIP_ARCHITECTURES})
  execute_process(COMMAND ${PANACHE_HIPCC} --offload-arch=${architecture} -include hip/hip_runtime.h
                          -c ${PROJECT_BINARY_DIR}/hip/empty.hip -o ${PROJECT_BINARY_DIR}/hip/empty.o
                  RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  if(status EQUAL 0)
    list(APPEND hip_targets --offload-arch=${architecture})
  else()
    list(APPEND hip_unknown ${architecture})
  endif()
endforeach()
if(NOT hip_targets)
  pn_feature_missing(HIP "${PANACHE_HIPCC} compiles for none of ${PANACHE_HIP_ARCHITECTURES}")
  return()
endif()
message(STATUS "HIP plug-in: ${PANACHE_HIPCC}, ${hip_targets}")

# pn_hip_object(source object command...)
function(pn_hip_object source object)
  get_filename_component(name ${object} NAME)
  get_filename_component(folder ${object} DIRECTORY)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${ARGN} ${hip_flags} -MD -MF ${object}.d -MT ${object} ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d COMMENT "Building HIP object ${name}" VERBATIM)
endfunction()

file(GLOB hip_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/compute/cuda/*.cu
     ${PROJECT_SOURCE_DIR}/src/compute/hip/*.cpp)
set(hip_objects "")
set(hip_compiled "")
foreach(source ${hip_sources})
  get_filename_component(name ${source} NAME_WE)
  set(object ${PROJECT_BINARY_DIR}/hip/${name}.o)
  pn_hip_object(${source} ${object} ${PANACHE_HIPCC} ${hip_targets} -c)
  list(APPEND hip_objects ${object})
  foreach(architecture ${hip_unknown})
    if(PANACHE_HIP_CLANG)
      set(object ${PROJECT_BINARY_DIR}/hip/${architecture}/${name}.s)
      pn_hip_object(${source} ${object} ${PANACHE_HIP_CLANG} --offload-arch=${architecture}
                    --cuda-device-only -nogpulib -S)
      list(APPEND hip_compiled ${object})
    endif()
  endforeach()
endforeach()
foreach(architecture ${hip_unknown})
  if(PANACHE_HIP_CLANG)
    message(STATUS "HIP plug-in: ${architecture} is compiled by ${PANACHE_HIP_CLANG} and not linked")
  else()
    message(STATUS "HIP plug-in: not for ${architecture}, which ${PANACHE_HIPCC} does not know")
  endif()
endforeach()

set(plugin ${PANACHE_PLUGIN_DIR}/panache-hip.so)
add_custom_command(
  OUTPUT ${plugin}
  COMMAND ${PANACHE_HIPCC} ${hip_targets} -shared -o ${plugin} ${hip_objects} $<TARGET_FILE:pn_base>
          -Wl,--exclude-libs,ALL -ldl -lpthread
  DEPENDS ${hip_objects} pn_base COMMENT "Linking HIP plug-in" VERBATIM)
add_custom_target(panache-hip ALL DEPENDS ${plugin} ${hip_compiled})
install(FILES ${plugin} DESTINATION ${CMAKE_INSTALL_LIBDIR}/panache)
