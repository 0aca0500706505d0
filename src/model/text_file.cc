#include "model/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int value() const { return value_; }
  /// 0 or an errno.
  int close() { return ::close(std::exchange(value_, -1)) == 0 ? 0 : errno; }

 private:
  int value_;
};

/// 0 or an errno.
int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

mode_t permissions_of(const fs::path& file) {
  struct stat found{};
  return ::stat(file.c_str(), &found) == 0 ? found.st_mode & 07777U : 0644U;
}

/// 0 or an errno; leaves nothing behind on failure.
int write_beside_and_rename(const fs::path& file, std::string_view content) {
  std::string temporary = (file.parent_path() / ("." + file.filename().string() + ".XXXXXX"));
  Descriptor descriptor(::mkstemp(temporary.data()));
  if (descriptor.value() < 0) return errno;
  int error = write_all(descriptor.value(), content);
  if (error == 0 && ::fchmod(descriptor.value(), permissions_of(file)) != 0) error = errno;
  if (const int closing = descriptor.close(); error == 0) error = closing;
  if (error == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(temporary.c_str());
  return error;
}

}  // namespace

Result<std::string> read_text_file(std::string_view what, const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) {
    return fail(ErrorCode::kNotFound, fmt::format("no {} '{}'", what, file.string()));
  }
  if (!fs::is_regular_file(status)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} '{}' is not a regular file", what, file.string()));
  }
  const std::uintmax_t bytes = fs::file_size(file, error);
  if (!error && bytes > kMaxTextFileBytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("{} '{}' has {} bytes; at most {} are read", what,
                                                  file.string(), bytes, kMaxTextFileBytes));
  }
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (error || !stream.is_open() || stream.bad()) {
    return fail(ErrorCode::kInternal, fmt::format("{} '{}' cannot be read: {}", what, file.string(),
                                                  error ? error.message() : reason(errno)));
  }
  return text;
}

Status replace_text_file(std::string_view what, const fs::path& file, std::string_view content) {
  std::error_code unresolved;
  const fs::path target = fs::weakly_canonical(file, unresolved);
  const int error = write_beside_and_rename(unresolved ? file : target, content);
  if (error == 0) return {};
  return fail(ErrorCode::kInternal,
              fmt::format("{} '{}' cannot be written: {}", what, file.string(), reason(error)));
}

}  // namespace cnnselect
