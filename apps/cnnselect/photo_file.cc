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

}  // namespace cnnselect
