# SPDX-License-Identifier: BSD-3-Clause
# What is built where its toolkit is found. Each of PANACHE_MPI, PANACHE_CUDA and PANACHE_HIP is AUTO
# (built where it can be), ON (an error where it cannot) or OFF (not looked for), so that a
# package never depends on what happens to be installed where it is built.

# pn_feature(name what): the variable PANACHE_<name>
function(pn_feature name what)
  set(PANACHE_${name} AUTO CACHE STRING "${what}: AUTO, ON or OFF")
  set_property(CACHE PANACHE_${name} PROPERTY STRINGS AUTO ON OFF)
  if(NOT PANACHE_${name} MATCHES "^(AUTO|ON|OFF)$")
    message(FATAL_ERROR "PANACHE_${name} is \"${PANACHE_${name}}\"; AUTO, ON and OFF are allowed.")
  endif()
endfunction()

# pn_feature_missing(name reason): says what will not be built, and fails where it was asked for.
function(pn_feature_missing name reason)
  if(PANACHE_${name} STREQUAL ON)
    message(FATAL_ERROR "PANACHE_${name} is ON, and ${reason}.")
  elseif(PANACHE_${name} STREQUAL AUTO)
    message(STATUS "PANACHE_${name}: ${reason}")
  endif()
endfunction()

pn_feature(MPI "Plug-ins for the MPIs found")
pn_feature(CUDA "The plug-in for NVIDIA's devices")
pn_feature(HIP "The plug-in for AMD's devices")
