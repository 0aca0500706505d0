#include "photo_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace cnnselect {

Result<std::string> read_photo(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  if (!stream.is_open() || stream.bad()) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: cannot be read", file.string()));
  }
  return bytes;
}

std::string_view content_type_of(std::string_view photo) {
  if (photo.starts_with("\xFF\xD8")) return "image/jpeg";
  if (photo.starts_with("\x89PNG")) return "image/png";
  if (photo.starts_with("RIFF") && photo.substr(0, 12).ends_with("WEBP")) return "image/webp";
  return "application/octet-stream";
}

}  // namespace cnnselect
