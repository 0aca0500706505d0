// JPEG through libjpeg-turbo, scaled down while it is decoded. Pure; any thread.
#pragma once

#include <span>

#include "image/decode.h"

namespace cnnselect {

/// decode() for data that starts like a JPEG.
Result<Image> decode_jpeg(std::span<const std::byte> jpeg, const DecodeLimits& limits, int enough);

}  // namespace cnnselect
