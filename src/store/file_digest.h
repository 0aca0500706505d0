// What a file holds, as a name. Any thread.
#pragma once

#include <filesystem>
#include <string>

#include "cnnselect/result.h"

namespace cnnselect {

/// SHA-256 of the file's bytes, 64 hexadecimal digits. Errors: kNotFound, naming the file.
Result<std::string> file_digest(const std::filesystem::path& file);

}  // namespace cnnselect
