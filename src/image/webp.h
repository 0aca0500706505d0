// WebP through libwebp. Pure; any thread.
#pragma once

#include <span>

#include "image/decode.h"

namespace cnnselect {

/// decode() for data that starts like a WebP. Animations: kUnsupportedMedia.
Result<Image> decode_webp(std::span<const std::byte> webp, const DecodeLimits& limits, int enough);

}  // namespace cnnselect
