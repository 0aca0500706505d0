# The Python module of the simulator (apps/python), where pybind11 is: Debian's pybind11-dev,
# python3-dev and, to run it, python3-numpy. Without it everything else is built.
set(CNNSELECT_PYTHON /usr/bin/python3 CACHE FILEPATH "The interpreter that the Python module is for")
set(CNNSELECT_WITH_PYTHON OFF)
if(CNNSELECT_SANITIZE)
  set(CNNSELECT_WITHOUT_PYTHON "Python itself is built without ${CNNSELECT_SANITIZE}")
  return()
endif()
set(Python_EXECUTABLE ${CNNSELECT_PYTHON})
find_package(Python QUIET COMPONENTS Interpreter Development.Module)
find_package(pybind11 QUIET)
if(NOT Python_FOUND OR NOT pybind11_FOUND)
  set(CNNSELECT_WITHOUT_PYTHON "pybind11-dev or python3-dev is not installed (tools/setup --python)")
  return()
endif()
set(CNNSELECT_WITH_PYTHON ON)
# What the module links, and so is compiled for shared objects; with calls as direct as without.
set(CNNSELECT_PIC_LIBRARIES base model stats image budget trace store select plugin engine report sim)
