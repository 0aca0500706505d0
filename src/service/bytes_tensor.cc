#include "service/bytes_tensor.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>

namespace cnnselect {

Result<std::vector<std::span<const std::byte>>> split_bytes_tensor(
    std::span<const std::byte> tensor, std::size_t count) {
  std::vector<std::span<const std::byte>> elements;
  while (!tensor.empty()) {
    std::uint32_t length = 0;
    if (tensor.size() < sizeof(length)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("BYTES element {} has {} bytes left for its 4-byte length",
                              elements.size(), tensor.size()));
    }
    std::memcpy(&length, tensor.data(), sizeof(length));
    tensor = tensor.subspan(sizeof(length));
    if (length > tensor.size()) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("BYTES element {} states {} bytes, {} are left", elements.size(),
                              length, tensor.size()));
    }
    elements.push_back(tensor.first(length));
    tensor = tensor.subspan(length);
  }
  if (elements.size() != count) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("the BYTES tensor holds {} elements, its shape says {}",
                            elements.size(), count));
  }
  return elements;
}

void append_bytes_element(std::vector<std::byte>& tensor, std::string_view element) {
  const auto length = static_cast<std::uint32_t>(element.size());
  const auto length_bytes = std::as_bytes(std::span(&length, 1));
  tensor.insert(tensor.end(), length_bytes.begin(), length_bytes.end());
  const auto bytes = std::as_bytes(std::span(element));
  tensor.insert(tensor.end(), bytes.begin(), bytes.end());
}

}  // namespace cnnselect
