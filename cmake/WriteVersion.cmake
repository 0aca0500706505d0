# Writes version.h when its text changes; run at every build, so that results name the commit that
# made them. -D SOURCE_DIR, INPUT, OUTPUT, PROJECT_VERSION.
find_package(Git QUIET)
set(CNNSELECT_COMMIT "unknown")
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=10
    WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE described RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(CNNSELECT_COMMIT ${described})
  endif()
endif()
configure_file(${INPUT} ${OUTPUT} @ONLY)
