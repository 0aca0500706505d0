// A photo's bytes from its file, as they are sent.
#pragma once

#include <filesystem>
#include <string>

#include "cnnselect/result.h"

namespace cnnselect {

/// Errors: kNotFound, naming the file.
Result<std::string> read_photo(const std::filesystem::path& file);

}  // namespace cnnselect
