// A photo's bytes from its file, as they are sent.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

/// Errors: kNotFound, naming the file.
Result<std::string> read_photo(const std::filesystem::path& file);

/// "image/jpeg", "image/png" or "image/webp" by the bytes' signature; application/octet-stream when
/// it is none of these (the server will say so).
std::string_view content_type_of(std::string_view photo);

}  // namespace cnnselect
