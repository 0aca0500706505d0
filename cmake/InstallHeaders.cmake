# What others build policies with: the public headers, and cnnselect::policy for find_package().
# Alone: cmake --install FOLDER --component development
add_library(cnnselect_policy INTERFACE)
add_library(cnnselect::policy ALIAS cnnselect_policy)
set_target_properties(cnnselect_policy PROPERTIES EXPORT_NAME policy)
target_compile_features(cnnselect_policy INTERFACE cxx_std_23)
target_include_directories(cnnselect_policy INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)

include(CMakePackageConfigHelpers)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/cnnselectConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(DIRECTORY include/cnnselect DESTINATION include COMPONENT development
  FILES_MATCHING PATTERN *.h)
install(TARGETS cnnselect_policy EXPORT cnnselect COMPONENT development)
install(EXPORT cnnselect FILE cnnselectConfig.cmake NAMESPACE cnnselect:: DESTINATION lib/cmake/cnnselect
  COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cnnselectConfigVersion.cmake
  DESTINATION lib/cmake/cnnselect COMPONENT development)
