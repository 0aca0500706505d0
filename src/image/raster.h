// PNG and WebP through OpenCV, after their headers were read and judged here. Pure; any thread.
#pragma once

#include <span>

#include "image/decode.h"

namespace cnnselect {

/// decode() for data that starts like a PNG.
Result<Image> decode_png(std::span<const std::byte> png, const DecodeLimits& limits, int enough);
/// decode() for data that starts like a WebP. Animations: kUnsupportedMedia.
Result<Image> decode_webp(std::span<const std::byte> webp, const DecodeLimits& limits, int enough);

}  // namespace cnnselect
