# One function for every kind of target, so that a folder's CMakeLists.txt is a list of its files.

add_library(cnnselect_options INTERFACE)
target_compile_options(cnnselect_options INTERFACE
  -Wall -Wextra -Wconversion -Wnon-virtual-dtor -Wmissing-declarations -Werror
  $<$<CXX_COMPILER_ID:Clang>:-Wshadow>
  # Sources are compiled several at once (CMAKE_UNITY_BUILD). GCC would then forbid a test's own
  # `struct Row` beside another file's, and types of a source's own in a class that it completes.
  $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local> $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>
  # Designated initialisers name what differs from the default; the rest is meant to be left out.
  -Wno-missing-field-initializers
  # GCC 12 reports overreads in its own std::string and std::vector once it inlines them.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread -Wno-error=restrict -Wno-error=maybe-uninitialized>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
# What is packaged names no folder of the machine that built it; generated sources neither.
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(CNNSELECT_SANITIZE)
  target_compile_options(cnnselect_options INTERFACE
    -fsanitize=${CNNSELECT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(cnnselect_options INTERFACE -fsanitize=${CNNSELECT_SANITIZE})
  if(CNNSELECT_SANITIZE MATCHES thread)
    # ThreadSanitizer does not know fences; Asio's locks order everything that we rely on.
    target_compile_definitions(cnnselect_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()

# cnnselect_library(select SOURCES a.cc b.cc DEPS cnnselect::budget)
# One library per folder under src/; DEPS may name only folders of a lower level.
function(cnnselect_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS")
  add_library(cnnselect_${name} STATIC ${arg_SOURCES})
  add_library(cnnselect::${name} ALIAS cnnselect_${name})
  target_include_directories(cnnselect_${name} PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(cnnselect_${name} PUBLIC ${arg_DEPS} PRIVATE cnnselect_options)
  if(name IN_LIST CNNSELECT_PIC_LIBRARIES)
    set_target_properties(cnnselect_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_options(cnnselect_${name} PRIVATE -fno-semantic-interposition)
  endif()
endfunction()

# cnnselect_tests(select SOURCES a_test.cc DEPS cnnselect::select)
# One test program per folder; ctest runs each of its tests as one test named "select/Suite.Case".
# Tests whose name starts with "Stress" or "Integration" run one at a time: they use both cores.
function(cnnselect_tests name)
  if(NOT CNNSELECT_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS")
  add_executable(cnnselect_${name}_tests ${arg_SOURCES})
  target_include_directories(cnnselect_${name}_tests PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(cnnselect_${name}_tests PRIVATE
    cnnselect_options ${arg_DEPS} GTest::gmock GTest::gtest_main rapidcheck)
  target_compile_definitions(cnnselect_${name}_tests PRIVATE
    CNNSELECT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" CNNSELECT_SANITIZE="${CNNSELECT_SANITIZE}")
  set(timeout 120)
  if(CNNSELECT_SANITIZE)
    set(timeout 600)
  endif()
  gtest_discover_tests(cnnselect_${name}_tests TEST_PREFIX "${name}/"
    DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${timeout})
endfunction()

# cnnselect_bench(select DEPS cnnselect::select): the program bench/select_bench.cc.
function(cnnselect_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPS")
  add_executable(${name}_bench ${name}_bench.cc)
  target_link_libraries(${name}_bench PRIVATE
    cnnselect_options ${arg_DEPS} benchmark::benchmark benchmark::benchmark_main)
endfunction()

# cnnselect_fuzzer(family DEPS cnnselect::model): the libFuzzer program of tests/fuzz/family_fuzz.cc.
function(cnnselect_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPS")
  add_executable(${name}_fuzz ${name}_fuzz.cc)
  target_link_libraries(${name}_fuzz PRIVATE cnnselect_options ${arg_DEPS})
  target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
endfunction()
