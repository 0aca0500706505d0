// From pixels to a model's input tensor: fit() resizes and crops, write_tensor() normalises.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cnnselect/backend.h"
#include "cnnselect/input_spec.h"
#include "image/image.h"

namespace cnnselect {

/// Pixels of a decoded photo's shorter side with which fit() loses nothing.
int enough_pixels(const InputSpec& spec);

/// Resized with antialiasing as `spec.fitting` says, then the central `spec.crop`; a letterbox
/// is filled around it. Gray models too get their pixels from RGB, in write_tensor().
Image fit(const Image& image, const InputSpec& spec);

/// The shape of one image's tensor: [1,channels,height,width], or [1,height,width,channels] for
/// NHWC.
std::vector<std::int64_t> tensor_shape(const InputSpec& spec);

/// Bytes of that tensor of `type`.
std::size_t tensor_bytes(const InputSpec& spec, ElementType type);

/// Writes the fitted image, of `spec.crop`, into `tensor`, which has tensor_bytes() bytes and is
/// aligned for `type`. kUint8: the pixels themselves; else (pixel * scale / 255 - mean) / std. The
/// gray of a pixel is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded to a byte.
void write_tensor(const Image& fitted, const InputSpec& spec, ElementType type,
                  std::span<std::byte> tensor);

}  // namespace cnnselect
