// PNG through libpng. Pure; any thread.
#pragma once

#include <span>

#include "image/decode.h"

namespace cnnselect {

/// decode() for data that starts like a PNG.
Result<Image> decode_png(std::span<const std::byte> png, const DecodeLimits& limits, int enough);

}  // namespace cnnselect
