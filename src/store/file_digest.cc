#include "store/file_digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

namespace cnnselect {
namespace {

std::unexpected<Error> unreadable(const std::filesystem::path& file) {
  return fail(ErrorCode::kNotFound, fmt::format("{}: cannot be read", file.string()));
}

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return (time.tv_sec * kSecond) + time.tv_nsec;
}

}  // namespace

Result<std::string> file_digest(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return unreadable(file);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(),
                                                                     &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  bool well = hash != nullptr && EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> part(std::size_t{1} << 16U);
  while (well && stream) {
    stream.read(part.data(), static_cast<std::streamsize>(part.size()));
    well =
        EVP_DigestUpdate(hash.get(), part.data(), static_cast<std::size_t>(stream.gcount())) == 1;
  }
  if (!well || EVP_DigestFinal_ex(hash.get(), digest.data(), &size) != 1 || stream.bad()) {
    return fail(ErrorCode::kInternal, fmt::format("{}: no digest of it", file.string()));
  }
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

Result<FileState> file_state(const std::filesystem::path& file) {
  struct stat status{};
  if (stat(file.c_str(), &status) != 0) return unreadable(file);
  return FileState{.device = status.st_dev,
                   .inode = status.st_ino,
                   .size = status.st_size,
                   .modified_ns = nanoseconds(status.st_mtim),
                   .changed_ns = nanoseconds(status.st_ctim)};
}

Result<std::string> FileDigests::of(const std::filesystem::path& file) {
  // Before it is read: what is written meanwhile makes it another file the next time.
  const auto state = file_state(file);
  if (!state) return std::unexpected(state.error());
  {
    const MutexLock lock(mutex_);
    const auto known = known_.find(file);
    if (known != known_.end() && known->second.state == *state) return known->second.digest;
  }
  auto digest = file_digest(file);
  if (!digest) return digest;
  const MutexLock lock(mutex_);
  known_[file] = {.state = *state, .digest = *digest};
  return digest;
}

}  // namespace cnnselect
