# What is installed where, and the Debian package made of it (tools/package).
#
# The program finds ONNX Runtime and the embedded family relative to itself, so that what is
# installed can lie anywhere. The library keeps a folder of its own: it is not the distribution's.
set_target_properties(cnnselect PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/cnnselect")
install(TARGETS cnnselect RUNTIME DESTINATION bin COMPONENT server)
get_filename_component(_onnxruntime_file ${ONNXRUNTIME_LIBRARY} REALPATH)
install(FILES ${_onnxruntime_file} DESTINATION lib/cnnselect RENAME libonnxruntime.so.1
  COMPONENT server)
install(DIRECTORY zoo/repository/ DESTINATION share/cnnselect/repository COMPONENT server)
install(FILES README.md DESTINATION share/doc/cnnselect COMPONENT server)
install(DIRECTORY docs/ DESTINATION share/doc/cnnselect COMPONENT server
  FILES_MATCHING PATTERN *.md PATTERN figures EXCLUDE)
install(DIRECTORY ${CMAKE_BINARY_DIR}/apps/cnnselect/man/ DESTINATION share/man/man1
  COMPONENT server FILES_MATCHING PATTERN *.1)
install(FILES apps/cnnselect/completion/cnnselect.bash
  DESTINATION share/bash-completion/completions RENAME cnnselect COMPONENT server)
install(FILES apps/cnnselect/completion/_cnnselect
  DESTINATION share/zsh/vendor-completions COMPONENT server)
install(FILES apps/cnnselect/completion/cnnselect.fish
  DESTINATION share/fish/vendor_completions.d COMPONENT server)
install(FILES deploy/debian/copyright DESTINATION share/doc/cnnselect COMPONENT server)
install(FILES deploy/prometheus/cnnselect.yml DESTINATION share/cnnselect/prometheus
  COMPONENT server)
install(FILES deploy/grafana/cnnselect.json DESTINATION share/cnnselect/grafana COMPONENT server)
install(FILES deploy/cnnselect.service DESTINATION lib/systemd/system COMPONENT server)
install(FILES deploy/serve.toml DESTINATION /etc/cnnselect
  COMPONENT server)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cnnselect)
set(CPACK_PACKAGE_CONTACT "the authors of cnnselect <cnnselect@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
  GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${ONNXRUNTIME_ROOT}/lib)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/deploy/debian/conffiles ${PROJECT_SOURCE_DIR}/deploy/debian/postinst
  ${PROJECT_SOURCE_DIR}/deploy/debian/prerm ${PROJECT_SOURCE_DIR}/deploy/debian/postrm)
# The program and what it needs; headers are for who builds.
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};cnnselect;server;/")
include(CPack)
