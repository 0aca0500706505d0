// From pixels to a model's input tensor: fit() resizes and crops, write_tensor() normalises.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cnnselect/backend.h"
#include "cnnselect/input_spec.h"
#include "image/image.h"

namespace cnnselect {

/// Shorter side to `spec.resize` with antialiasing, then the central `spec.crop` square.
Image fit(const Image& image, const InputSpec& spec);

/// The shape of one image's tensor: [1,3,crop,crop], or [1,crop,crop,3] for NHWC.
std::vector<std::int64_t> tensor_shape(const InputSpec& spec);

/// Bytes of the tensor [1,3,crop,crop] (or [1,crop,crop,3]) of `type`.
std::size_t tensor_bytes(const InputSpec& spec, ElementType type);

/// Writes the fitted image (`crop` x `crop`) into `tensor`, which has tensor_bytes() bytes and is
/// aligned for `type`. kUint8: the pixels themselves; kFp32: (pixel / 255 - mean) / std.
void write_tensor(const Image& fitted, const InputSpec& spec, ElementType type,
                  std::span<std::byte> tensor);

}  // namespace cnnselect
