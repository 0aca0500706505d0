# Writes version.h when its text changes; run at every build, so that results name the commit that
# made them. -D SOURCE_DIR, INPUT, OUTPUT, PROJECT_VERSION, COMPILER.
find_package(Git QUIET)
set(CNNSELECT_COMMIT "unknown")
set(CNNSELECT_DATE "unknown")
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=10
    WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE described RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(CNNSELECT_COMMIT ${described})
  endif()
  execute_process(COMMAND ${GIT_EXECUTABLE} log -1 --format=%cs
    WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE date RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(CNNSELECT_DATE ${date})
  endif()
endif()
configure_file(${INPUT} ${OUTPUT} @ONLY)
