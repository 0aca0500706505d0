#include "oip/binary_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace cnnselect {
namespace {

/// A shorter body may live inside the std::string itself, and would not survive a move.
constexpr std::size_t kSurelyOnHeap = 64;

}  // namespace

std::span<const std::byte> BinaryTensors::take(std::size_t size, Datatype type) {
  const std::size_t from = next_;
  next_ += size;
  const std::span<std::byte> bytes = in_body(from, size);
  const std::size_t alignment = std::max<std::size_t>(size_of(type), 1);
  const std::size_t shift = reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment;
  if (body_.size() < kSurelyOnHeap || from < free_from_ + shift) {
    storage_.emplace_back(bytes.begin(), bytes.end());
    return storage_.back();
  }
  const std::span<std::byte> aligned = in_body(from - shift, size);
  if (shift != 0) std::memmove(aligned.data(), bytes.data(), size);
  free_from_ = from - shift + size;
  return aligned;
}

Result<std::size_t> count_bytes_elements(std::span<const std::byte> bytes) {
  std::size_t seen = 0;
  for (std::span<const std::byte> rest = bytes; !rest.empty(); ++seen) {
    std::uint32_t length = 0;
    if (rest.size() < sizeof(length)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("BYTES element {}: {} bytes are left, its length alone takes 4", seen,
                              rest.size()));
    }
    std::memcpy(&length, rest.data(), sizeof(length));
    rest = rest.subspan(sizeof(length));
    if (length > rest.size()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("BYTES element {} says it has {} bytes, {} are left", seen, length,
                              rest.size()));
    }
    rest = rest.subspan(length);
  }
  return seen;
}

}  // namespace cnnselect
