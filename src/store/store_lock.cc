#include "store/store_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

/// "process 12 on HOST": processes of containers that share a store may have the same number.
std::string this_process() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("process {} on {}", getpid(), host.data());
}

std::string holder(int descriptor) {
  std::array<char, 300> text{};
  const auto size = pread(descriptor, text.data(), text.size(), 0);
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "unknown process";
}

Error no_lock(const fs::path& file, int error) {
  return {ErrorCode::kInternal,
          fmt::format("store lock {}: {}", file.string(), std::generic_category().message(error))};
}

}  // namespace

Result<StoreLock> StoreLock::take(const fs::path& store) {
  std::error_code unresolved;  // then the open below says what is wrong
  fs::path file = fs::weakly_canonical(store, unresolved);
  if (unresolved) file = store;
  file += ".lock";
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return std::unexpected(no_lock(file, errno));
  StoreLock lock(descriptor);
  // Of the open file, not of the process: that would let go when any copy of it is closed.
  struct flock whole{};
  whole.l_type = F_WRLCK;
  if (fcntl(descriptor, F_OFD_SETLK, &whole) != 0) {
    const int error = errno;
    if (error != EAGAIN && error != EACCES) return std::unexpected(no_lock(file, error));
    return fail(ErrorCode::kUnavailable,
                fmt::format("store {}: another server writes to it: {}, which holds {}; want a "
                            "store of its own for each server",
                            store.string(), holder(descriptor), file.string()));
  }
  // For people only. A disk that is full must not keep the server from starting.
  const std::string self = this_process();
  if (ftruncate(descriptor, 0) == 0) (void)!pwrite(descriptor, self.data(), self.size(), 0);
  return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StoreLock& StoreLock::operator=(StoreLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace cnnselect
