#include "backend/sealed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>

namespace cnnselect {
namespace {

constexpr std::string_view kMark = "CNNSEAL1";

using Seal = std::array<std::byte, 16>;

Seal seal_of(std::span<const std::byte> content, std::string_view name) {
  const XXH64_hash_t hash =
      XXH3_64bits_withSeed(content.data(), content.size(), XXH3_64bits(name.data(), name.size()));
  XXH64_canonical_t canonical;
  XXH64_canonicalFromHash(&canonical, hash);
  static_assert(kMark.size() + sizeof(canonical.digest) == sizeof(Seal));
  Seal seal;
  std::memcpy(seal.data(), kMark.data(), kMark.size());
  std::memcpy(seal.data() + kMark.size(), canonical.digest, sizeof(canonical.digest));
  return seal;
}

/// 0 or errno.
int append_to_disk(const std::filesystem::path& file, const Seal& seal) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const bool written = write(descriptor, seal.data(), seal.size()) == std::ssize(seal);
  int error = written ? 0 : ENOSPC;  // or part of it, which says as much
  if (error == 0 && fsync(descriptor) != 0) error = errno;
  if (close(descriptor) != 0 && error == 0) error = errno;
  return error;
}

}  // namespace

Result<SealedFile> SealedFile::read(const std::filesystem::path& file, std::string_view name) {
  auto bytes = FileBytes::read(file);
  if (!bytes) return std::unexpected(bytes.error());
  const auto all = bytes->bytes();
  const auto content = all.first(all.size() - std::min(all.size(), sizeof(Seal)));
  if (!std::ranges::equal(all.subspan(content.size()), seal_of(content, name))) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{}: its {} bytes are not what was written", file.string(), all.size()));
  }
  return SealedFile(*std::move(bytes));
}

std::span<const std::byte> SealedFile::content() const {
  const auto all = bytes_.bytes();
  return all.first(all.size() - sizeof(Seal));
}

Status seal_file(const std::filesystem::path& file, std::string_view name) {
  const auto content = FileBytes::read(file);
  if (!content) return std::unexpected(content.error());
  const int error = append_to_disk(file, seal_of(content->bytes(), name));
  if (error == 0) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("{}: {}", file.string(), std::generic_category().message(error)));
}

}  // namespace cnnselect
