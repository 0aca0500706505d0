# ONNX Runtime: -DONNXRUNTIME_ROOT= (an official tarball or a distribution's prefix) comes first,
# what tools/setup unpacked second. Gives the imported target onnxruntime::onnxruntime.
if(DEFINED ENV{CNNSELECT_DEPS})
  set(_cnnselect_deps $ENV{CNNSELECT_DEPS})
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(_cnnselect_deps $ENV{XDG_CACHE_HOME}/cnnselect)
else()
  set(_cnnselect_deps $ENV{HOME}/.cache/cnnselect)
endif()
set(ONNXRUNTIME_ROOT ${_cnnselect_deps}/onnxruntime-1.27.0 CACHE PATH
    "Folder with ONNX Runtime's include/ and lib/")

find_path(ONNXRUNTIME_INCLUDE_DIR onnxruntime_cxx_api.h
          HINTS ${ONNXRUNTIME_ROOT}/include PATH_SUFFIXES onnxruntime onnxruntime/core/session)
find_library(ONNXRUNTIME_LIBRARY NAMES onnxruntime HINTS ${ONNXRUNTIME_ROOT}/lib)
if(NOT ONNXRUNTIME_INCLUDE_DIR OR NOT ONNXRUNTIME_LIBRARY)
  message(FATAL_ERROR "ONNX Runtime not found in ${ONNXRUNTIME_ROOT}: "
                      "run tools/setup, or pass -DONNXRUNTIME_ROOT=")
endif()

add_library(onnxruntime::onnxruntime SHARED IMPORTED)
set_target_properties(onnxruntime::onnxruntime PROPERTIES
  IMPORTED_LOCATION ${ONNXRUNTIME_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${ONNXRUNTIME_INCLUDE_DIR})
