// The layout of BYTES tensors on the wire: each element is a little-endian uint32 length and its
// bytes. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

/// The elements of `tensor`, which must hold exactly `count`. The spans point into `tensor`.
/// Errors: kInvalidArgument, with the element and the sizes.
Result<std::vector<std::span<const std::byte>>> split_bytes_tensor(
    std::span<const std::byte> tensor, std::size_t count);

/// Appends one element.
void append_bytes_element(std::vector<std::byte>& tensor, std::string_view element);

}  // namespace cnnselect
