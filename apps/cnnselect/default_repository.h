// The repository that `serve` takes when it is told none: the embedded family, as installed with
// the program.
#pragma once

#include <string>

namespace cnnselect {

/// ../share/cnnselect/repository, seen from the program's own folder, so that an installation may
/// lie anywhere; the build tree has a link there. Whether it exists is for the caller to find out.
std::string default_repository();

}  // namespace cnnselect
