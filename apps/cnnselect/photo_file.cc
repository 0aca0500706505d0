#include "photo_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace cnnselect {
namespace {

std::unexpected<Error> unreadable(const std::filesystem::path& file, int error) {
  return fail(ErrorCode::kNotFound,
              fmt::format("{}: {}", file.string(), std::generic_category().message(error)));
}

}  // namespace

// Not FileBytes: a photo may come through a pipe.
Result<std::string> read_photo(const std::filesystem::path& file) {
  std::error_code none;
  if (std::filesystem::is_directory(file, none)) return unreadable(file, EISDIR);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return unreadable(file, errno);
  std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  if (stream.bad()) return unreadable(file, EIO);
  return bytes;
}

std::string_view content_type_of(std::string_view photo) {
  if (photo.starts_with("\xFF\xD8")) return "image/jpeg";
  if (photo.starts_with("\x89PNG")) return "image/png";
  if (photo.starts_with("RIFF") && photo.substr(0, 12).ends_with("WEBP")) return "image/webp";
  return "application/octet-stream";
}

}  // namespace cnnselect
