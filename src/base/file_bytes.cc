#include "base/file_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

namespace cnnselect {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20U;
constexpr std::size_t kCacheLine = 64;

std::unexpected<Error> failed(const std::filesystem::path& file, int error) {
  return fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
              fmt::format("{}: {}", file.string(), std::generic_category().message(error)));
}

std::byte* memory_for(std::size_t size) {
  const std::size_t alignment = size < kLargePage ? kCacheLine : kLargePage;
  const std::size_t room = std::max<std::size_t>(1, (size + alignment - 1) / alignment) * alignment;
  void* const memory = std::aligned_alloc(alignment, room);
  if (memory == nullptr) throw std::bad_alloc();
  if (alignment == kLargePage) (void)madvise(memory, room, MADV_HUGEPAGE);  // a wish
  return static_cast<std::byte*>(memory);
}

/// 0, or errno; ENODATA when the file ends early.
int read_all(int descriptor, std::byte* memory, std::size_t size) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = read(descriptor, memory + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return ENODATA;
    done += static_cast<std::size_t>(got);
  }
  return 0;
}

}  // namespace

Result<FileBytes> FileBytes::read(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed(file, errno);
  struct stat status{};
  int error = fstat(descriptor, &status) == 0 ? 0 : errno;
  if (error == 0 && !S_ISREG(status.st_mode)) error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  const auto size = error == 0 ? static_cast<std::size_t>(status.st_size) : 0;
  FileBytes bytes(memory_for(size), size);
  if (error == 0) error = read_all(descriptor, bytes.memory_.get(), size);
  close(descriptor);
  if (error != 0) return failed(file, error);
  return bytes;
}

}  // namespace cnnselect
