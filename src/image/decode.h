// decode(): an encoded photo (JPEG, PNG, WebP) to pixels, with bounds checked before any
// allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cnnselect/result.h"
#include "image/image.h"

namespace cnnselect {

struct DecodeLimits {
  std::size_t max_bytes = std::size_t{32} << 20U;  ///< of the encoded file
  /// Width x height as the header states them, or as a JPEG is scaled down to while it is decoded.
  /// Before that it may have eight times as many. A JPEG of several scans (progressive) counts
  /// whole, for so it waits in memory for its last scan.
  std::int64_t max_pixels = std::int64_t{64} << 20U;
};

/// Decodes, upright (EXIF orientation applied) and as RGB (grayscale, CMYK and alpha converted).
/// `enough` is the shorter side that the caller needs, in pixels: a photo may come back scaled
/// down, but never below it (0: full size). Errors: kInvalidArgument (empty or truncated),
/// kUnsupportedMedia (not JPEG, PNG or WebP), kTooLarge (over a limit).
Result<Image> decode(std::span<const std::byte> encoded, const DecodeLimits& limits, int enough);

}  // namespace cnnselect
