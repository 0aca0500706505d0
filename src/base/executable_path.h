// Where this program itself lies, for what is installed beside it.
#pragma once

#include <filesystem>

#include "cnnselect/result.h"

namespace cnnselect {

/// The file that this process was started from, absolute and without symbolic links. Errors:
/// kUnavailable where /proc is not mounted.
Result<std::filesystem::path> executable_path();

}  // namespace cnnselect
